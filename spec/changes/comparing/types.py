"""What type a schema has."""

from typing import Any

from changes.change import Change, Place
from changes.change_kinds import Kind
from changes.compare import MISSING, turned

_ALL = frozenset({"string", "number", "integer", "boolean", "array", "object", "null"})


def type_change(place: Place, old: Any, new: Any) -> Change | None:
    """Return how the type changed; None where only the order of a list did."""
    before, now = allowed(old), allowed(new)
    if before == now and before <= _ALL and (old is MISSING) == (new is MISSING):
        return None
    return place.below("type").change(_kind(before, now), f"has the type {turned(old, new)}", removed=new is MISSING)


def nullable_change(place: Place, new: Any) -> Change:
    """Return how a part took to null, or lost it."""
    kind = Kind.TYPE_WIDENED if new is True else Kind.TYPE_NARROWED
    return place.below("nullable").change(kind, "may be null now" if new is True else "is never null now")


def format_change(place: Place, old: Any, new: Any) -> Change:
    """Return the change of a format, which decides of the type in Python."""
    return place.below("format").change(
        Kind.FORMAT_CHANGED, f"has the format {turned(old, new)}", removed=new is MISSING
    )


def allowed(value: Any) -> frozenset[str]:
    """Return the types that a value of the keyword allows; a number may be an integer, and nothing allows all."""
    if value is MISSING:
        return _ALL
    words = frozenset(str(word) for word in (value if isinstance(value, list) else [value]))
    return words | {"integer"} if "number" in words else words


def _kind(before: frozenset[str], now: frozenset[str]) -> Kind:
    if before < now:
        return Kind.TYPE_WIDENED
    return Kind.TYPE_NARROWED if now < before else Kind.TYPE_CHANGED
