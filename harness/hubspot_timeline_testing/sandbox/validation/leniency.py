"""What the service takes beyond the document, brought into the document's shape. What does not fit is left as it is."""

from typing import Any

from hubspot_timeline_testing.sandbox.bodies import encode
from hubspot_timeline_testing.sandbox.times import from_epoch, rfc3339


def normalise(body: Any) -> None:
    """Change the events of a parsed request, of a batch or of a single event, in place.

    Token values that are numbers or booleans become strings as JSON writes them, an epoch in milliseconds becomes a
    date-time. The body may be any JSON value.
    """
    events = body.get("inputs", [body]) if isinstance(body, dict) else None
    for event in events if isinstance(events, list) else ():
        if isinstance(event, dict):
            _normalise_event(event)


def _normalise_event(event: dict[str, Any]) -> None:
    tokens = event.get("tokens")
    if isinstance(tokens, dict):
        for name, value in tokens.items():
            if isinstance(value, int | float):  # a bool is an int
                tokens[name] = encode(value)
    if type(event.get("timestamp")) is int:
        event["timestamp"] = _date_time(event["timestamp"])


def _date_time(epoch: int) -> str | int:
    try:
        return rfc3339(from_epoch(epoch))
    except OverflowError:
        return epoch  # for the document to refuse
