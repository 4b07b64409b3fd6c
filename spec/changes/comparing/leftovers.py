"""What no rule spoke of: every difference is told, whatever it means."""

from collections.abc import Iterator
from typing import Any

from changes.change import Change, Place
from changes.comparing.plain import MISSING, differing, same, turned
from changes.kinds import Kind
from changes.pointers import Pointer, text, touches

_SETS = {"required", "enum", "type"}  # as lists, they say the same in any order

Difference = tuple[Pointer, Any, Any]


def leftovers(old: Any, new: Any, told: list[Change]) -> Iterator[Change]:
    """Yield a change for each difference that no change covers."""
    covered = [pointer for change in told for pointer in (change.pointer, *change.covers)]
    for pointer, before, now in differences(old, new):
        if not any(touches(pointer, each) for each in covered):
            place = Place(pointer, text(pointer))
            yield place.change(Kind.UNJUDGED, f"is {turned(before, now)}", removed=now is MISSING)


def differences(old: Any, new: Any, pointer: Pointer = ()) -> Iterator[Difference]:
    """Yield the smallest places where two documents differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key, before, now in differing(old, new):
            yield from differences(before, now, (*pointer, key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _in_lists(old, new, pointer)
    elif not same(old, new):
        yield pointer, old, new


def _in_lists(old: list[Any], new: list[Any], pointer: Pointer) -> Iterator[Difference]:
    if pointer[-1] in _SETS and _as_set(old) == _as_set(new) and len(old) == len(new):
        return
    if len(old) != len(new) or pointer[-1] in _SETS:
        yield pointer, old, new
        return
    for number, pair in enumerate(zip(old, new, strict=True)):
        yield from differences(*pair, (*pointer, str(number)))


def _as_set(items: list[Any]) -> set[str]:
    return {repr(item) for item in items}
