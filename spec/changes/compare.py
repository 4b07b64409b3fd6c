"""What is the same in every part of a document: words for people, notes, keys that nothing here can judge."""

from collections.abc import Iterator
from typing import Any

from changes.change import Change, Place
from changes.change_kinds import Kind
from changes.formatting import code

MISSING: Any = type("Missing", (), {"__repr__": lambda _: "nothing"})()

_FOR_PEOPLE = {"description", "summary", "externalDocs", "termsOfService", "contact", "license"}
_SETS = {"required", "enum", "type"}  # as lists, they say the same in any order
_NOTES = {"example", "examples", "$comment"}


def same(old: Any, new: Any) -> bool:
    """Say whether two values are one as JSON: the order of keys and sets is nothing, true is not 1, and nan is nan."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(_same_below(key, old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(same, old, new))
    return type(old) is type(new) and (old == new or (old != old and new != new))  # noqa: PLR0124 - nan


def _same_below(key: str, old: Any, new: Any) -> bool:
    if key in _SETS and isinstance(old, list) and isinstance(new, list):
        return sorted(map(repr, old)) == sorted(map(repr, new))
    return same(old, new)


def differing(old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield each key whose values differ, with both; MISSING where there is none."""
    for key in [*old, *(key for key in new if key not in old)]:
        pair = old.get(key, MISSING), new.get(key, MISSING)
        if not _same_below(key, *pair):
            yield key, *pair


def members(old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield what differs between two mappings; where one is something else, the key check above it tells."""
    if isinstance(old, dict | type(MISSING)) and isinstance(new, dict | type(MISSING)):
        yield from differing(old if isinstance(old, dict) else {}, new if isinstance(new, dict) else {})


def other(place: Place, key: str, old: Any, new: Any) -> Change:
    """Return the change of a key that has no rule of its own."""
    gone = new is MISSING
    below = place.below(key)
    if key in _FOR_PEOPLE:
        return below.change(Kind.DOCUMENTATION, f"is described in other words ({code(key)})", removed=gone)
    if key in _NOTES or key.startswith("x-"):
        return below.change(Kind.NOTE, f"has another {code(key)}", removed=gone)
    if key == "deprecated":
        return below.change(Kind.DEPRECATION, f"has {code('deprecated')} {turned(old, new)}", removed=gone)
    return below.change(Kind.UNJUDGED, f"has {code(key)} {turned(old, new)}", removed=gone)


def turned(old: Any, new: Any) -> str:
    """Return how a value changed, in words."""
    if old is MISSING:
        return f"now: {code(new)}"
    if new is MISSING:
        return f"no more; it was {code(old)}"
    return f"{code(new)} instead of {code(old)}"


def both_mappings(old: Any, new: Any) -> bool:
    """Say whether there are two mappings to be compared key by key."""
    return isinstance(old, dict) and isinstance(new, dict)


def reference_changed(place: Place, old: Any, new: Any) -> Change | None:
    """Return the change of what a part refers to; a reference is not followed, so that another is taken as breaking."""
    before, now = old.get("$ref", MISSING), new.get("$ref", MISSING)
    if same(before, now):
        return None
    return place.change(Kind.REFERENCE_CHANGED, f"has {code('$ref')} {turned(before, now)}")
