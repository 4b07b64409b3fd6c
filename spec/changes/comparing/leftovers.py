"""What no rule spoke of: every difference is told, whatever it means."""

from collections.abc import Iterator
from typing import Any

from changes.change import Change, Place
from changes.change_kinds import Kind
from changes.compare import MISSING, differing, same, turned
from changes.pointers import Pointer, text, touches

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
    if len(old) != len(new):
        yield pointer, old, new
        return
    for number, pair in enumerate(zip(old, new, strict=True)):
        yield from differences(*pair, (*pointer, str(number)))
