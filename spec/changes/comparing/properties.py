"""The properties of a schema, and which of them are required."""

from collections.abc import Callable, Iterator
from typing import Any

from attrs import evolve

from changes import naming
from changes.change import Change, Place
from changes.change_kinds import Kind, Level
from changes.compare import MISSING, members
from changes.formatting import code
from changes.pointers import Pointer

Compare = Callable[[Place, Any, Any], Iterator[Change]]


def property_changes(place: Place, old: Any, new: Any, compare: Compare) -> Iterator[Change]:
    """Yield what changed of each property; `compare` compares their schemas."""
    added: set[str] = set()
    removed: set[str] = set()
    for name, before, now in members(old.get("properties", MISSING), new.get("properties", MISSING)):
        below = property_place(place, name)
        if before is MISSING:
            added.add(name)
            covers = (place.below("required").pointer,) if name in _required(new) else ()
            yield _added(below, old, now, covers, compare)
        elif now is MISSING:
            removed.add(name)
            covers = (place.below("required").pointer,) if name in _required(old) else ()
            yield below.change(Kind.PROPERTY_REMOVED, "is gone", removed=True, covers=covers)
        else:
            yield from compare(below, before, now)
    yield from _required_changes(place, _required(old), _required(new), added | removed)


def property_place(place: Place, name: str) -> Place:
    """Return the place of a property."""
    inner = place.below("properties", name, subject=f"{place.subject}.{name}")
    return evolve(inner, schema=f"{place.schema}_{name}", touches=naming.of_property(place.schema, name))


def _added(below: Place, old: Any, schema: Any, covers: tuple[Pointer, ...], compare: Compare) -> Change:
    """Return how a property is new; `covers` has the list of those that are required, if it stands there."""
    said = "is new, and required" if covers else "is a new optional field"
    cover = old.get("additionalProperties")
    if isinstance(cover, dict) and any(change.level is Level.BREAKING for change in compare(below, cover, schema)):
        fact = f"{said}, for which {code('additionalProperties')} spoke before: {code(cover)}"
        return below.change(Kind.PROPERTY_ADDED_COVERED, fact, covers=covers)
    return below.change(Kind.PROPERTY_ADDED_REQUIRED if covers else Kind.PROPERTY_ADDED, said, covers=covers)


def _required(schema: Any) -> list[str]:
    words = schema.get("required")
    return [word for word in words if isinstance(word, str)] if isinstance(words, list) else []


def _required_changes(place: Place, old: list[str], new: list[str], told: set[str]) -> Iterator[Change]:
    for name in (name for name in new if name not in {*old, *told}):
        yield _of_required(place, name).change(Kind.PROPERTY_REQUIRED, "is required now")
    for name in (name for name in old if name not in {*new, *told}):
        yield _of_required(place, name).change(Kind.PROPERTY_OPTIONAL, f"is optional now ({code('required')} no more)")


def _of_required(place: Place, name: str) -> Place:
    """Return the place of the list; what people call it is the property."""
    return evolve(property_place(place, name), pointer=place.below("required").pointer)
