"""What the service refuses in a single event though the document allows it.

From the vendor's documentation: sizes as limited since 2025-03-17, and which record an event lands on. Whether the
K of the sizes is 1000 or 1024 is not said, so the smaller holds.
"""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from hubspot_timeline_testing.sandbox.storage.records import CONTACT

MAX_ID_BYTES = 500
MAX_TOKEN_BYTES = 510_000
MAX_EVENT_BYTES = 1_000_000

_IDENTITIES = ("objectId", "utk", "email")


@frozen
class Problem:
    """Why one event is refused; the rest of its batch is not affected. The categories are guessed."""

    message: str
    category: str = "VALIDATION_ERROR"


def find_problem(event: Mapping[str, Any], text: str, object_type: str) -> Problem | None:
    """Return the first rule that an event breaks. It must conform to the document; `text` is the event as JSON.

    `object_type` is that of the record that it lands on, by the name of `records.object_type_name`.
    """
    return _no_record(event, object_type) or _long_id(event["id"]) or _long_token(event["tokens"]) or _long_event(text)


def _no_record(event: Mapping[str, Any], object_type: str) -> Problem | None:
    if not any(event.get(name) for name in _IDENTITIES):
        return Problem(f"The event names no record to land on: it has none of {', '.join(_IDENTITIES)}.")
    if object_type != CONTACT and not event.get("objectId"):
        return Problem(f"An event on a record of type {object_type[:100]} needs an objectId.")
    return None


def _long_id(event_id: str) -> Problem | None:
    return _too_long("The event's id", event_id, MAX_ID_BYTES)


def _long_token(tokens: Mapping[str, str]) -> Problem | None:
    for name, value in tokens.items():
        problem = _too_long(f"The token {name[:100]}", value, MAX_TOKEN_BYTES)
        if problem:
            return problem
    return None


def _long_event(text: str) -> Problem | None:
    return _too_long("The event as JSON", text, MAX_EVENT_BYTES)


def _too_long(what: str, text: str, limit: int) -> Problem | None:
    if len(text) * 4 <= limit:  # a character has at most 4 bytes, so that most texts need not be encoded
        return None
    size = len(text.encode())
    return Problem(f"{what} has {size} bytes; at most {limit} are allowed.") if size > limit else None
