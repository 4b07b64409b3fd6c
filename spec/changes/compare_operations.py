"""The comparison of operations: paths, parameters, bodies, responses and security."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from attrs import evolve

from changes.change_kinds import Kind, Use
from changes.compare import (
    MISSING,
    Change,
    Place,
    Rule,
    Rules,
    compare_mappings,
    compare_members,
    named_members,
    only_in,
    same,
)  # fmt: skip
from changes.compare_schemas import compare_schema
from changes.formatting import code
from changes.references import METHODS, endpoints, resolve

_REQUEST, _RESPONSE = frozenset({Use.REQUEST}), frozenset({Use.RESPONSE})


def compare_paths(place: Place, old: Any, new: Any) -> Iterator[Change]:
    """Yield what changed in the operations, which are identified by name, and in what a path has for all methods."""
    operations, new_operations = ({each.name: each for each in endpoints(document)} for document in place.documents)
    for name in operations | new_operations:
        before, after = operations.get(name), new_operations.get(name)
        endpoint = after or operations[name]
        at = evolve(place.below(endpoint.path, endpoint.method), subject=name, operations=(name,))
        if not before:
            yield at.change(Kind.OPERATION_ADDED, f"({code(endpoint.request)}) is a new operation")
        elif not after:
            yield at.change(Kind.OPERATION_REMOVED, f"({code(endpoint.request)}) was removed")
        else:
            if before.request != after.request:
                text = f"moved from {code(before.request)} to {code(after.request)}"
                yield at.change(Kind.OPERATION_MOVED, text)
            yield from compare_mappings(at, before.spec, after.spec, _OPERATION_RULES)
    items, new_items = (paths if isinstance(paths, dict) else {} for paths in (old, new))
    for path in items | new_items:
        yield from _compare_path(place.below(path), items.get(path, MISSING), new_items.get(path, MISSING))


def _compare_path(place: Place, old: Any, new: Any) -> Iterable[Change]:
    names = {each.name for document in place.documents for each in endpoints(document) if each.path == place.key}
    if MISSING in (old, new):
        return [] if names else [place.replaced(Kind.UNCLASSIFIED, old, new)]
    place = evolve(place, subject=place.key, operations=tuple(sorted(names)))
    rules: Rules = {"parameters": _compare_parameters}
    return compare_mappings(place, _without_operations(old), _without_operations(new), rules)


def _without_operations(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    return {key: value for key, value in item.items() if key not in METHODS or not isinstance(value, dict)}


def _compare_security(place: Place, old: Any, new: Any) -> Iterable[Change]:
    extended = isinstance(old, list) and isinstance(new, list) and old and not only_in(old, new)
    return [place.replaced(Kind.SECURITY_ADDED if extended else Kind.SECURITY_CHANGED, old, new)]


def _compare_parameters(place: Place, old: Any, new: Any) -> Iterator[Change]:
    """Compare lists of parameters, each identified by its reference, or else by its name and location."""
    parameters, new_parameters = _by_identity(old), _by_identity(new)
    for identity in parameters | new_parameters:
        index, before = parameters.get(identity, ("", MISSING))
        new_index, after = new_parameters.get(identity, (index, MISSING))
        yield from compare_parameter(place.below(new_index), before, after)


def _by_identity(parameters: Any) -> dict[tuple[str, ...], tuple[str, Any]]:
    return {
        tuple(str(each.get(key)) for key in ("$ref", "name", "in")): (str(index), each)
        for index, each in enumerate(parameters if isinstance(parameters, list) else [])
        if isinstance(each, dict)
    }


def compare_parameter(place: Place, old: Any, new: Any) -> Iterable[Change]:
    """Return what differs between two parameters, of which one may be missing."""
    parameter = resolve(place.documents[0], old) if new is MISSING else resolve(place.documents[1], new)
    name = parameter.get("name") if isinstance(parameter, dict) else None
    return _compare_argument(str(name), _PARAMETER_RULES, place, old, new)


def _compare_argument(name: str, rules: Rules, place: Place, old: Any, new: Any) -> Iterable[Change]:
    """Compare a parameter or a body: both are arguments of the generated function."""
    place = evolve(place, subject=f"{place.subject}({name})", use=_REQUEST)
    if new is MISSING:
        return [place.change(Kind.PARAMETER_REMOVED, "was removed")]
    if old is not MISSING:
        return compare_mappings(place, old, new, rules)
    added = resolve(place.documents[1], new)
    if isinstance(added, dict) and added.get("required") is not True:
        return [place.change(Kind.PARAMETER_ADDED, "is a new optional argument")]
    return [place.change(Kind.PARAMETER_REQUIRED, "is a new required argument")]


def _compare_required(place: Place, _: Any, new: Any) -> Iterable[Change]:
    if new is True:
        return [place.change(Kind.PARAMETER_REQUIRED, "is now required")]
    return [place.change(Kind.PARAMETER_OPTIONAL, "is now optional")]


def _compare_responses(place: Place, old: Any, new: Any) -> Iterator[Change]:
    place = evolve(place, use=_RESPONSE)
    return compare_members(place, old, new, partial(_compare_status, old if isinstance(old, dict) else {}))


def _compare_status(responses: dict[str, Any], place: Place, old: Any, new: Any) -> Iterable[Change]:
    """Compare the responses of a status; until it was added, it had that of its range or of `default`, if any."""
    status = place.key
    if new is MISSING:
        return [place.change(Kind.STATUS_REMOVED, f"no longer has the status {code(status)}")]
    if old is not MISSING:
        return compare_message(evolve(place, subject=f"{place.subject} → {status}"), old, new)
    general = next((each for each in (f"{status[:1]}XX", "default") if each in responses), None)
    if general and not same(responses[general], new):
        text = f"has the new status {code(status)}, which {code(general)} described before"
        return [place.change(Kind.STATUS_OVERRIDES_DEFAULT, text)]
    return [place.change(Kind.STATUS_ADDED, f"has the new status {code(status)}")]


_CHANGED = ("name", "in", "content", "style", "explode", "allowReserved", "allowEmptyValue")
_PARAMETER_RULES: Rules = {
    "required": _compare_required,
    "schema": compare_schema,
    **dict.fromkeys(_CHANGED, Kind.PARAMETER_CHANGED),
}
_compare_content: Rule = partial(compare_mappings, rules={"schema": compare_schema})
_MESSAGE_RULES: Rules = {
    "required": _compare_required,
    "content": named_members("media type", Kind.MEDIA_TYPE_ADDED, Kind.MEDIA_TYPE_REMOVED, _compare_content),
    "headers": named_members("header", Kind.HEADER_ADDED, Kind.HEADER_REMOVED, _compare_content),
}
compare_message: Rule = partial(compare_mappings, rules=_MESSAGE_RULES)
_OPERATION_RULES: Rules = {
    "security": _compare_security,
    "parameters": _compare_parameters,
    "requestBody": partial(_compare_argument, "body", _MESSAGE_RULES),
    "responses": _compare_responses,
}
