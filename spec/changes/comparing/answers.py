"""The answers of an operation, by status."""

from collections.abc import Iterator
from typing import Any

from attrs import evolve

from changes.change import Change, Place
from changes.change_kinds import Kind, Level
from changes.compare import MISSING, both_mappings, members
from changes.comparing.messages import message_changes
from changes.formatting import code
from changes.pointers import resolved


def answer_changes(place: Place, documents: tuple[Any, Any], old: Any, new: Any) -> Iterator[Change]:
    """Yield what changed of the answers of an operation."""
    for status, before, now in members(old, new):
        below = place.below(status, subject=f"{place.subject} → {status}")
        whole = evolve(below, subject=place.subject)
        if before is MISSING:
            yield _added(whole, status, documents, old, now)
        elif now is MISSING:
            yield whole.change(Kind.STATUS_REMOVED, f"answers {code(status)} no more", removed=True)
        else:
            yield from message_changes(below, before, now)


def _added(place: Place, status: str, documents: tuple[Any, Any], old: Any, new: Any) -> Change:
    """Return how a status is new: so far it was read as what is said of its range, or of all others."""
    said = f"may answer {code(status)} now"
    for cover in [each for each in (f"{status[:1]}XX", "default") if isinstance(old, dict) and each in old][:1]:
        if not _read_alike(place, resolved(documents[0], old[cover]), resolved(documents[1], new)):
            return place.change(Kind.STATUS_ADDED_COVERED, f"{said}, which was read as {code(cover)} before")
    return place.change(Kind.STATUS_ADDED, said)


def _read_alike(place: Place, old: Any, new: Any) -> bool:
    """Say whether readers of one answer read the other, too; a body where there was none is another type."""
    if not both_mappings(old, new) or bool(old.get("content")) != bool(new.get("content")):
        return False
    return all(change.level < Level.BREAKING for change in message_changes(place, old, new))
