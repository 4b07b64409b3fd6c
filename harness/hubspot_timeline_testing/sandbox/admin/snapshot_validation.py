"""What a snapshot must hold beyond the types of its columns, so that whatever reads the tables can rely on it."""

import json
from collections.abc import Mapping
from typing import Any

from hubspot_timeline_testing.sandbox.storage.snapshots import SnapshotError
from hubspot_timeline_testing.sandbox.times import from_epoch
from hubspot_timeline_testing.sandbox.validation.schemas import validator

_MOST = 2**31  # times that an event was created: far from what SQLite cannot count


def check(snapshot: Any) -> None:
    """Raise SnapshotError for a template or an event that no sandbox would have written; its shape is not checked."""
    tables = snapshot.get("tables") if isinstance(snapshot, dict) else None
    for name, is_right in (("templates", _is_template), ("events", _is_event)):
        rows = tables.get(name) if isinstance(tables, dict) else None
        for number, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, dict) and not is_right(row):
                raise SnapshotError(f"{name}[{number}] is none that a sandbox has written")


def _is_template(row: Mapping[str, Any]) -> bool:
    body = _json(row.get("body"), "TimelineEventTemplate")
    if body is None or body["id"] != row.get("id"):
        return False
    return all({"createdAt", "updatedAt"} <= set(made) for made in (body, *body["tokens"])) and all(
        "options" in token for token in body["tokens"]
    )


def _is_event(row: Mapping[str, Any]) -> bool:
    result, times, happened_at = (
        _json(row.get("result"), "TimelineEventResult"),
        row.get("times"),
        row.get("happened_at"),
    )
    if result is None or "createdAt" not in result or not isinstance(times, int) or not isinstance(happened_at, int):
        return False
    try:
        from_epoch(happened_at)
    except OverflowError:
        return False
    return 0 < times < _MOST


def _json(text: Any, schema: str) -> dict[str, Any] | None:
    """Return the object that a text holds, if it is one of that schema."""
    try:
        found = json.loads(text)
        return found if validator(schema).is_valid(found) else None
    except (TypeError, ValueError, RecursionError):
        return None
