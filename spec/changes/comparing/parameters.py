"""Parameters of paths and operations: what the functions of the client take."""

from collections.abc import Iterator
from typing import Any

from attrs import evolve

from changes import naming
from changes.change import Change, Place, Touch
from changes.change_kinds import Kind
from changes.compare import MISSING, both_mappings, differing, other, reference_changed, turned
from changes.compare_schemas import schema_changes
from changes.comparing.defaults import implied
from changes.formatting import code
from changes.pointers import resolved

Key = tuple[str, str]


def parameter_lists(place: Place, documents: tuple[Any, Any], old: Any, new: Any) -> Iterator[Change]:
    """Yield what changed between two lists of parameters; one is known by its reference, else by name and place."""
    before, now = _keyed(old), _keyed(new)
    for key in before.keys() - now.keys():
        number, parameter = before[key]
        below = _named(place.below(str(number)), resolved(documents[0], parameter))
        yield below.change(Kind.PARAMETER_REMOVED, "is gone", removed=True)
    for key in now.keys() - before.keys():
        number, parameter = now[key]
        yield _added(place.below(str(number)), resolved(documents[1], parameter))
    for key in before.keys() & now.keys():
        number, parameter = now[key]
        yield from parameter_changes(place.below(str(number)), before[key][1], parameter)


def _keyed(parameters: Any) -> dict[Key, tuple[int, Any]]:
    found = parameters if isinstance(parameters, list) else []
    return {_key(each): (number, each) for number, each in enumerate(found) if isinstance(each, dict)}


def _key(parameter: dict[str, Any]) -> Key:
    if "$ref" in parameter:
        return str(parameter["$ref"]), "$ref"
    return str(parameter.get("name")), str(parameter.get("in"))


def _named(place: Place, parameter: Any) -> Place:
    """Return the place under the name that callers know."""
    name = str(parameter.get("name")) if isinstance(parameter, dict) else "?"
    touches = tuple(Touch(touch.scope, naming.argument(name)) for touch in place.touches)
    return evolve(place, subject=f"{place.subject}({name})", touches=touches)


def _added(place: Place, parameter: Any) -> Change:
    if isinstance(parameter, dict) and parameter.get("required") is True:
        return _named(place, parameter).change(Kind.PARAMETER_ADDED_REQUIRED, "is new, and required")
    return _named(place, parameter).change(Kind.PARAMETER_ADDED, "is a new optional argument")


def parameter_changes(place: Place, old: Any, new: Any) -> Iterator[Change]:
    """Yield what changed between two parameters that are one."""
    if not both_mappings(old, new):
        yield place.change(Kind.UNJUDGED, f"is {turned(old, new)}")
        return
    if another := reference_changed(place, old, new):
        yield another
        return
    named = _named(place, old)
    for key, before, now in differing(old, new):
        yield from _keyword(named, key, before, now)


def _keyword(place: Place, key: str, old: Any, new: Any) -> Iterator[Change]:
    if note := implied(place, key, old, new):
        yield note
    elif key == "schema" and both_mappings(old, new):
        yield from schema_changes(place.below("schema"), old, new)
    elif key == "required":
        kind = Kind.PARAMETER_REQUIRED if new is True else Kind.PARAMETER_OPTIONAL
        yield place.below(key).change(kind, "is required now" if new is True else "is optional now")
    elif key in {"name", "in", "schema", "content", "style", "explode", "allowReserved", "allowEmptyValue"}:
        yield place.below(key).change(
            Kind.PARAMETER_CHANGED, f"has {code(key)} {turned(old, new)}", removed=new is MISSING
        )
    else:
        yield other(place, key, old, new)
