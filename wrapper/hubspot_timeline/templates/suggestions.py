"""Suggestions in error messages: the nearest of the known names, and values cut to a readable length."""

from collections.abc import Collection
from difflib import get_close_matches
from itertools import islice

_MAX_LISTED = 10
_MAX_LENGTH = 60


def suggestion(name: str, known: Collection[str], prefix: str = "use one of") -> str:
    """Return "did you mean …?" with the nearest known name, else the known names after a prefix."""
    near = get_close_matches(name[:_MAX_LENGTH], known, 1)
    return f"did you mean {near[0]}?" if near else f"{prefix} {listed(known)}"


def listed(names: Collection[str]) -> str:
    """Return the first of some names as a list, or "none"."""
    return (", ".join(islice(names, _MAX_LISTED)) or "none") + (", …" if len(names) > _MAX_LISTED else "")


def shortened(value: object) -> str:
    """Return the repr of a value, cut where it is long."""
    text = repr(value)
    return text if len(text) <= _MAX_LENGTH else f"{text[:_MAX_LENGTH]}…"
