"""Events on their way into the store."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from attrs import frozen

from hubspot_timeline_testing.sandbox.bodies import encode, event_result
from hubspot_timeline_testing.sandbox.context import World
from hubspot_timeline_testing.sandbox.errors import RefusedError, invalid
from hubspot_timeline_testing.sandbox.storage.records import Landing
from hubspot_timeline_testing.sandbox.storage.store import StoredEvent
from hubspot_timeline_testing.sandbox.times import to_epoch
from hubspot_timeline_testing.sandbox.validation.event_rules import Problem

_PLACEHOLDER = "{{uuid}}"
_OWN_FIELDS = ("objectType", "createdAt")  # of the service, whatever is sent under these names


@frozen
class Sent:
    """An event as it was sent, the same as JSON text, and the record that it lands on."""

    event: Mapping[str, Any]
    text: str
    landing: Landing


def made_ready(sent: Sent, now: datetime, request: int) -> StoredEvent:
    """Return an event as it is to be stored, with {{uuid}} in its id replaced."""
    event, text = sent.event, sent.text
    if _PLACEHOLDER in event["id"] or any(name in event for name in _OWN_FIELDS):  # else the text is right already
        event = {name: value for name, value in event.items() if name not in _OWN_FIELDS}
        event["id"] = event["id"].replace(_PLACEHOLDER, str(uuid4()))
        text = encode(event)
    result = event_result(text, sent.landing.object_type, now)
    return StoredEvent(event["eventTemplateId"], event["id"], request, result, sent.landing, _happened_at(event, now))


def told_to_refuse(world: World, event_id: str) -> Problem | None:
    """Return why an event is refused that breaks no rule, if the plan of faults says so."""
    return Problem("The event is refused, as the sandbox was told to.") if world.faults.refuses(event_id) else None


def keep(events: Sequence[StoredEvent], world: World) -> None:
    """Store events. Raises RefusedError, with none stored, where an id is taken, unless the last one wins."""
    if world.settings.duplicates == "last-wins":
        world.store.replace(events)
        return
    taken = world.store.create(events)
    if taken and world.settings.duplicates == "in-use":
        raise invalid("Event ID already in use", {"id": taken})
    if taken:
        raise RefusedError(409, "Events with these ids exist already; none was created", "CONFLICT", {"id": taken})


def _happened_at(event: Mapping[str, Any], now: datetime) -> int:
    try:
        return to_epoch(datetime.fromisoformat(event["timestamp"].upper()) if "timestamp" in event else now)
    except (ValueError, OverflowError):  # a leap second, or in UTC outside the years 1 to 9999
        return to_epoch(now)
