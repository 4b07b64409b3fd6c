"""Schemas: what may be sent, what may be read."""

from collections.abc import Iterator
from typing import Any

from changes.change import Change, Place
from changes.change_kinds import Kind
from changes.compare import MISSING, both_mappings, differing, other, reference_changed, same, turned
from changes.comparing.alternatives import ALTERNATIVES, alternative_changes
from changes.comparing.defaults import implied
from changes.comparing.limits import LIMITS, limit_change, word_changes
from changes.comparing.properties import property_changes
from changes.comparing.types import format_change, nullable_change, type_change
from changes.formatting import code

_INSIDE = {"items": "[]", "additionalProperties": "{}", "propertyNames": " (names)"}


def schema_changes(place: Place, old: Any, new: Any) -> Iterator[Change]:
    """Yield what changed between two schemas."""
    if same(old, new):
        return
    if not both_mappings(old, new):
        yield place.change(Kind.UNJUDGED, f"is {turned(old, new)}")
        return
    if another := reference_changed(place, old, new):
        yield another
        return
    if not all(isinstance(each.get("properties", {}), dict) for each in (old, new)):
        yield place.below("properties").change(Kind.UNJUDGED, "has properties that are no mapping")
    yield from property_changes(place, old, new, schema_changes)
    for key, before, now in differing(old, new):
        yield from _keyword(place, key, before, now)


def _keyword(place: Place, key: str, old: Any, new: Any) -> Iterator[Change]:
    if note := implied(place, key, old, new):
        yield note
    elif key == "type":
        changed = type_change(place, old, new)
        yield from [changed] if changed else []
    elif key == "enum":
        yield from word_changes(place, old, new)
    elif key in LIMITS:
        yield limit_change(place, key, old, new)
    elif key in _INSIDE:
        yield from _inside(place, key, old, new)
    elif key in ALTERNATIVES:
        yield from alternative_changes(place, key, old, new)
    elif key not in {"properties", "required"}:
        yield _other(place, key, old, new)


def _other(place: Place, key: str, old: Any, new: Any) -> Change:
    if key == "title":
        return place.below(key).change(Kind.CLASS_RENAMED, f"has the title {turned(old, new)}")
    if key == "default":
        return place.below(key).change(Kind.DEFAULT_CHANGED, f"has the default {turned(old, new)}")
    if key == "nullable" and isinstance(new, bool | type(MISSING)):
        return nullable_change(place, new)
    return format_change(place, old, new) if key == "format" else other(place, key, old, new)


def _inside(place: Place, key: str, old: Any, new: Any) -> Iterator[Change]:
    """Compare what is in a list or a map; a schema where any value was allowed allows less."""
    if both_mappings(old, new):
        yield from schema_changes(place.below(key, subject=place.subject + _INSIDE[key]), old, new)
    elif {_anything(old), _anything(new)} == {True, False}:
        kind = Kind.LIMIT_LOOSER if _anything(new) else Kind.LIMIT_TIGHTER
        yield place.below(key).change(kind, f"has {code(key)} {turned(old, new)}", removed=new is MISSING)
    else:
        yield place.below(key).change(Kind.LIMIT_CHANGED, f"has {code(key)} {turned(old, new)}", removed=new is MISSING)


def _anything(value: Any) -> bool:
    return value is MISSING or value is True or value == {}
