"""Departures from the document that are known, and can be told not to count."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

ANY_TOKEN = "any-token"  # noqa: S105 - a word for it
LENIENT_TYPES = "lenient-types"

ALLOWANCES: Mapping[str, str] = {
    ANY_TOKEN: "the server takes every token; only that one is asked for is checked",
    LENIENT_TYPES: "numbers and booleans are taken as values of an event's tokens, and epoch milliseconds as its "
    "timestamp, as the service itself does",
}
"""The words of --allow, with what each covers."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def as_documented(body: Any) -> Any:
    """Return the parsed body of a request with the types that lenient-types covers brought into the document's."""
    if not isinstance(body, dict):
        return body
    if isinstance(body.get("inputs"), list):
        return body | {"inputs": [_event(event) for event in body["inputs"]]}
    return _event(body)


def _event(event: Any) -> Any:
    if not isinstance(event, dict):
        return event
    changed = {"timestamp": _timestamp(event["timestamp"])} if "timestamp" in event else {}
    tokens = event.get("tokens")
    if isinstance(tokens, dict):
        changed["tokens"] = {name: _text(value) for name, value in tokens.items()}
    return event | changed


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) else value  # a bool is an int


def _timestamp(value: Any) -> Any:
    if type(value) is not int:
        return value
    try:
        return (_EPOCH + timedelta(milliseconds=value)).isoformat()
    except OverflowError:
        return value
