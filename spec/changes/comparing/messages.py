"""Bodies of requests, and single answers."""

from collections.abc import Iterator
from typing import Any

from changes.change import Change, Place
from changes.change_kinds import Kind
from changes.compare import MISSING, both_mappings, differing, members, other, reference_changed, turned
from changes.compare_schemas import schema_changes
from changes.comparing.defaults import implied
from changes.formatting import code


def body_changes(place: Place, old: Any, new: Any) -> Iterator[Change]:
    """Yield what changed of what an operation is sent."""
    if old is MISSING and isinstance(new, dict):
        required = new.get("required") is True
        kind = Kind.BODY_ADDED_REQUIRED if required else Kind.BODY_ADDED
        yield place.change(kind, "is new" + (", and required" if required else ""))
    elif new is MISSING:
        yield place.change(Kind.BODY_REMOVED, "is gone", removed=True)
    else:
        yield from message_changes(place, old, new)


def message_changes(place: Place, old: Any, new: Any) -> Iterator[Change]:
    """Yield what changed between two bodies, or two answers."""
    if not both_mappings(old, new):
        yield place.change(Kind.UNJUDGED, f"is {turned(old, new)}")
        return
    if another := reference_changed(place, old, new):
        yield another
        return
    for key, before, now in differing(old, new):
        yield from _keyword(place, key, before, now)


def _keyword(place: Place, key: str, old: Any, new: Any) -> Iterator[Change]:
    if note := implied(place, key, old, new):
        yield note
    elif key == "required":
        kind = Kind.BODY_REQUIRED if new is True else Kind.BODY_OPTIONAL
        yield place.below(key).change(kind, "is required now" if new is True else "is optional now")
    elif key == "content":
        yield from _parts(place.below(key), old, new, (Kind.MEDIA_TYPE_ADDED, Kind.MEDIA_TYPE_REMOVED), "media type")
    elif key == "headers":
        yield from _parts(place.below(key), old, new, (Kind.HEADER_ADDED, Kind.HEADER_REMOVED), "header")
    else:
        yield other(place, key, old, new)


def _parts(place: Place, old: Any, new: Any, kinds: tuple[Kind, Kind], word: str) -> Iterator[Change]:
    for name, before, now in members(old, new):
        below = place.below(name)
        if before is MISSING:
            yield below.change(kinds[0], f"has the new {word} {code(name)}")
        elif now is MISSING:
            yield below.change(kinds[1], f"has the {word} {code(name)} no more", removed=True)
        else:
            yield from _with_schema(below, before, now)


def _with_schema(place: Place, old: Any, new: Any) -> Iterator[Change]:
    for key, before, now in members(old, new):
        if key == "schema" and both_mappings(before, now):
            yield from schema_changes(place.below(key), before, now)
        else:
            yield other(place, key, before, now)
