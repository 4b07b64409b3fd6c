"""What operations refer to: schemas, parameters, answers, bodies, security schemes."""

from collections.abc import Callable, Iterator
from typing import Any

from attrs import evolve

from changes import naming
from changes.change import Change, Place, Touch
from changes.change_kinds import Kind
from changes.compare import MISSING, members, other, turned
from changes.compare_schemas import schema_changes
from changes.comparing.messages import message_changes
from changes.comparing.parameters import parameter_changes
from changes.formatting import code
from changes.references import Reach
from changes.routes import routes

Compare = Callable[[Place, Any, Any], Iterator[Change]]


def component_changes(old: Any, new: Any, reach: Reach) -> Iterator[Change]:
    """Yield what changed of each part under `components`; `reach` says where each is used."""
    modules = {route.name: route.touch for route in routes(old)}
    for section, before, now in members(old, new):
        if section.startswith("x-"):
            yield other(Place(("components",), "components"), section, before, now)
        for name, one, two in members(before, now):
            yield from _part(_place(section, name, reach, modules), section, one, two)


def _place(section: str, name: str, reach: Reach, modules: dict[str, Touch]) -> Place:
    pointer = ("components", section, name)
    operations = tuple(sorted(reach.operations.get(pointer, ())))
    touches = tuple(modules[each] for each in operations if each in modules)
    if section == "schemas":
        touches = (naming.of_schema(name),)
    return Place(pointer, name, frozenset(reach.uses.get(pointer, ())), operations, touches, name)


def _part(place: Place, section: str, old: Any, new: Any) -> Iterator[Change]:
    if old is MISSING:
        yield place.change(Kind.PART_ADDED, f"is new in {code(section)}")
    elif new is MISSING:
        yield place.change(Kind.PART_REMOVED, f"is gone from {code(section)}", removed=True)
    else:
        yield from _COMPARE.get(section, _unjudged)(place, old, new)


def _schemes(place: Place, old: Any, new: Any) -> Iterator[Change]:
    for key, before, now in members(old, new):
        changed = other(place, key, before, now)
        if changed.kind is Kind.UNJUDGED:
            changed = place.below(key).change(Kind.SECURITY_CHANGED, f"has {code(key)} {turned(before, now)}")
        yield changed


def _parameter(place: Place, old: Any, new: Any) -> Iterator[Change]:
    yield from parameter_changes(evolve(place, subject="parameter"), old, new)


def _unjudged(place: Place, old: Any, new: Any) -> Iterator[Change]:
    yield place.change(Kind.UNJUDGED, f"is {turned(old, new)}")


_COMPARE: dict[str, Compare] = {
    "schemas": schema_changes,
    "parameters": _parameter,
    "responses": message_changes,
    "requestBodies": message_changes,
    "securitySchemes": _schemes,
}
