"""Validation of snapshots beyond the types of columns: templates and events that readers of the tables can rely on."""

import json
from collections.abc import Mapping
from typing import Any

from hubspot_timeline_testing.sandbox.clock import from_epoch
from hubspot_timeline_testing.sandbox.storage.snapshots import SnapshotError
from hubspot_timeline_testing.sandbox.validation.schemas import validator

_MAX_TIMES = 2**31  # how often an event was created; far below the limit of SQLite


def validate_snapshot(snapshot: Any) -> None:
    """Raise SnapshotError for a template or an event that no sandbox has written; other shapes are not checked."""
    tables = snapshot.get("tables") if isinstance(snapshot, dict) else None
    for name, is_valid in (("templates", _is_template), ("events", _is_event)):
        rows = tables.get(name) if isinstance(tables, dict) else None
        for number, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, dict) and not is_valid(row):
                raise SnapshotError(f"{name}[{number}] was not written by a sandbox")


def _is_template(row: Mapping[str, Any]) -> bool:
    body = _valid_json(row.get("body"), "TimelineEventTemplate")
    if body is None or body["id"] != row.get("id"):
        return False
    has_times = all({"createdAt", "updatedAt"} <= set(part) for part in (body, *body["tokens"]))
    return has_times and all("options" in token for token in body["tokens"])


def _is_event(row: Mapping[str, Any]) -> bool:
    result = _valid_json(row.get("result"), "TimelineEventResult")
    times, happened_at = row.get("times"), row.get("happened_at")
    if result is None or "createdAt" not in result or not isinstance(times, int) or not isinstance(happened_at, int):
        return False
    try:
        from_epoch(happened_at)
    except OverflowError:
        return False
    return 0 < times < _MAX_TIMES


def _valid_json(text: Any, schema: str) -> dict[str, Any] | None:
    """Return the value of a JSON text if it is valid by a schema."""
    try:
        value = json.loads(text)
        return value if validator(schema).is_valid(value) else None
    except (TypeError, ValueError, RecursionError):
        return None
