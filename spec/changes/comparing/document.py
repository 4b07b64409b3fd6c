"""Two documents, whole."""

from collections.abc import Iterator
from typing import Any

from attrs import evolve

from changes.change import Change, Place
from changes.change_kinds import Kind, Level
from changes.compare import MISSING, differing, other, turned
from changes.compare_documents import component_changes
from changes.compare_operations import operation_changes
from changes.comparing.leftovers import leftovers
from changes.formatting import code
from changes.references import reach

_IN_PARTS = {"paths", "components"}


def compare(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Return everything that changed, worst first, then as it stands in the document; empty only for the same."""
    changes = [*_told(old, new)]
    changes += leftovers(old, new, changes)
    return sorted(changes, key=lambda change: -change.level)


def _told(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    yield from operation_changes(old, new)
    yield from component_changes(old.get("components", MISSING), new.get("components", MISSING), reach(old, new))
    for key, before, now in differing(old, new):
        if key not in _IN_PARTS:
            yield from _top(key, before, now)


def _servers(place: Place, old: Any, new: Any) -> Iterator[Change]:
    lists = isinstance(old, list) and isinstance(new, list)
    if not lists or len(old) != len(new) or not all(isinstance(each, dict) for each in [*old, *new]):
        yield place.change(Kind.SERVER_CHANGED, f"are {turned(old, new)}", removed=new is MISSING)
        return
    for number, pair in enumerate(zip(old, new, strict=True)):
        for key, before, now in differing(*pair):
            changed = other(place.below(str(number)), key, before, now)
            known = changed.kind is not Kind.UNJUDGED
            yield changed if known else evolve(changed, kind=Kind.SERVER_CHANGED, level=Level.BREAKING)


def _top(key: str, old: Any, new: Any) -> Iterator[Change]:
    place = Place((key,), key)
    if key == "servers":
        yield from _servers(place, old, new)
    elif key == "security":
        yield place.change(Kind.SECURITY_CHANGED, f"for all operations is {turned(old, new)}", removed=new is MISSING)
    elif key in {"info", "tags"}:
        yield place.change(Kind.DOCUMENTATION, f"has other words or notes about the whole ({code(key)})")
    else:
        yield other(Place((), "The document"), key, old, new)
