"""The comparison of whole documents: operations, components and servers."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from attrs import evolve

from changes.change_kinds import Kind
from changes.compare import MISSING, Change, Place, Rule, Rules, compare_mappings, compare_members, named_members
from changes.compare_operations import compare_message, compare_parameter, compare_paths
from changes.compare_schemas import compare_schema
from changes.references import Usage, component_usage


def compare_documents(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Return all changes, the most severe first; none only for equal documents."""
    rules: Rules = {**_RULES, "components": partial(_compare_components, component_usage(old, new))}
    changes = compare_mappings(Place((old, new)), old, new, rules)
    return sorted(changes, key=lambda change: -change.level)


def _compare_components(usage: Usage, place: Place, old: Any, new: Any) -> Iterator[Change]:
    def compare_component(place: Place, old: Any, new: Any) -> Iterable[Change]:
        section, name = place.pointer[-2:]
        uses = usage.get(place.pointer, set())
        operations = sorted({operation for _, operation in uses})
        place = evolve(place, subject=name, use=frozenset(use for use, _ in uses), operations=tuple(operations))
        return _SECTIONS[section](place, old, new)

    section = named_members("component", Kind.COMPONENT_ADDED, Kind.COMPONENT_REMOVED, compare_component)
    before, after = ({} if each is MISSING else each for each in (old, new))
    return compare_mappings(evolve(place, subject="components"), before, after, dict.fromkeys(_SECTIONS, section))


def _compare_servers(place: Place, old: Any, new: Any) -> Iterable[Change]:
    if not (isinstance(old, list) and isinstance(new, list) and len(old) == len(new)):
        return [place.replaced(Kind.SERVER_CHANGED, old, new)]
    before, after = ({str(index): each for index, each in enumerate(servers)} for servers in (old, new))
    return compare_members(place, before, after, partial(compare_mappings, rules={}, otherwise=Kind.SERVER_CHANGED))


_SECTIONS: dict[str, Rule] = {
    "schemas": compare_schema,
    "parameters": compare_parameter,
    "responses": compare_message,
    "requestBodies": compare_message,
    "securitySchemes": partial(compare_mappings, rules={}, otherwise=Kind.SECURITY_CHANGED),
    **dict.fromkeys(("headers", "examples", "links", "callbacks", "pathItems"), lambda *_: []),
}
_RULES: Rules = {
    "paths": compare_paths,
    "servers": _compare_servers,
    "security": Kind.SECURITY_CHANGED,
    "info": Kind.NOTE,
}
