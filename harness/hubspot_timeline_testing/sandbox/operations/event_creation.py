"""create_events and create_event: validate events, reject duplicates, store the others.

Events are joined as the JSON text that is stored: each is encoded once, and one that is nested almost too deeply cannot
fail in the response after it was created.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import uuid4

from attrs import field, frozen

from hubspot_timeline_testing.sandbox.clock import rfc3339, to_epoch
from hubspot_timeline_testing.sandbox.context import RequestContext, SandboxContext
from hubspot_timeline_testing.sandbox.errors import ServiceError, validation_error
from hubspot_timeline_testing.sandbox.http.response import HttpResponse, encode_json, json_text_response
from hubspot_timeline_testing.sandbox.settings import ErrorNameMode
from hubspot_timeline_testing.sandbox.storage.store import StoredEvent
from hubspot_timeline_testing.sandbox.validation.event_validator import EventValidator
from hubspot_timeline_testing.sandbox.validation.request_body import validated_body

_UUID_PLACEHOLDER = "{{uuid}}"
_SERVICE_FIELDS = ("objectType", "createdAt")  # set by the service, whatever is sent in them


@frozen
class _ValidatedBatch:
    accepted: list[StoredEvent] = field(factory=list)
    rejected: list[tuple[ServiceError, str]] = field(factory=list)


def create_events(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Create the events of a batch: 201, or 207 if some or all of them break a rule.

    Raises ServiceError, with nothing created, for a body that breaks the document or has too many events (400), for
    an event that breaks a rule where the settings require it (400), and for duplicates (409 or 400).
    """
    settings, started = sandbox.settings, sandbox.clock.now()
    events = validated_body(request.body, "TimelineEventBatch", lenient=settings.types == "lenient")["inputs"]
    if settings.max_events is not None and len(events) > settings.max_events:
        raise validation_error(f"The batch has {len(events)} events; at most {settings.max_events} are allowed")
    batch = _validate(events, sandbox, request)
    if batch.rejected and settings.invalid_events == "refuse-batch":
        raise batch.rejected[0][0]
    _store(batch.accepted, sandbox)
    errors = [_batch_error(rejection, event_id, settings.error_names) for rejection, event_id in batch.rejected]
    request.event_count = len(events)
    return json_text_response(207 if errors else 201, _batch_body(batch.accepted, errors, started, sandbox.clock.now()))


def create_event(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Create one event; raises ServiceError (400) if it breaks a rule."""
    event = validated_body(request.body, "TimelineEvent", lenient=sandbox.settings.types == "lenient")
    batch = _validate([event], sandbox, request)
    if batch.rejected:
        raise batch.rejected[0][0]
    _store(batch.accepted, sandbox)
    request.event_count = 1
    return json_text_response(201, batch.accepted[0].result)


def _validate(events: Sequence[dict[str, Any]], sandbox: SandboxContext, request: RequestContext) -> _ValidatedBatch:
    batch = _ValidatedBatch()
    validator = EventValidator(sandbox.store, sandbox.settings, request.app)
    now = sandbox.clock.now()
    for event in events:
        text, identity = encode_json(event), validator.record_identity(event)
        try:
            validator.validate(event, text, identity)
            if sandbox.faults.refuses(event["id"]):
                raise validation_error("The event is refused by the plan of faults.")
        except ServiceError as rejection:
            batch.rejected.append((rejection, event["id"]))
            continue
        event_id, result = _result(event, text, identity.object_type, now)
        happened_at = _happened_at(event, now)
        stored = StoredEvent(event["eventTemplateId"], event_id, request.number, result, identity, happened_at)
        batch.accepted.append(stored)
    return batch


def _store(events: Sequence[StoredEvent], sandbox: SandboxContext) -> None:
    """Store events. Raises ServiceError, with none stored, for duplicates, unless the last one wins."""
    if sandbox.settings.duplicates == "last-wins":
        sandbox.store.replace(events)
        return
    duplicates = sandbox.store.create(events)
    if duplicates and sandbox.settings.duplicates == "in-use":
        raise validation_error("Event ID already in use", {"id": duplicates})
    if duplicates:
        message = "Events with these ids exist already; none was created"
        raise ServiceError(409, message, "CONFLICT", {"id": duplicates})


def _result(event: Mapping[str, Any], text: str, object_type: str, now: datetime) -> tuple[str, str]:
    """Return the id and the result of an event as JSON text, with {{uuid}} in the id replaced."""
    if _UUID_PLACEHOLDER in event["id"] or any(name in event for name in _SERVICE_FIELDS):  # else the text is right
        event = {name: value for name, value in event.items() if name not in _SERVICE_FIELDS}
        event["id"] = event["id"].replace(_UUID_PLACEHOLDER, str(uuid4()))
        text = encode_json(event)
    return event["id"], text[:-1] + _service_fields(object_type, now)


@lru_cache(maxsize=16)  # the same for most events of a batch
def _service_fields(object_type: str, now: datetime) -> str:
    return f',"objectType":{encode_json(object_type)},"createdAt":{encode_json(rfc3339(now))}}}'


def _happened_at(event: Mapping[str, Any], now: datetime) -> int:
    try:
        return to_epoch(datetime.fromisoformat(event["timestamp"].upper()) if "timestamp" in event else now)
    except (ValueError, OverflowError):  # a leap second, or in UTC outside the years 1 to 9999
        return to_epoch(now)


def _batch_body(
    events: Sequence[StoredEvent], errors: Sequence[dict[str, Any]], started: datetime, completed: datetime
) -> str:
    times = {"requestedAt": rfc3339(started), "startedAt": rfc3339(started), "completedAt": rfc3339(completed)}
    counted = {"numErrors": len(errors), "errors": errors} if errors else {}
    text = encode_json({"status": "COMPLETE"} | times | counted)
    return f'{text[:-1]},"results":[{",".join(event.result for event in events)}]}}'


def _batch_error(rejection: ServiceError, event_id: str, mode: ErrorNameMode) -> dict[str, Any]:
    """Return the entry of a 207 for one rejected event."""
    names: dict[str, dict[str, Any]] = {
        "context": {"context": {"id": [event_id]}},
        "id": {"id": event_id},
        "message": {"message": f"{rejection.message} The event is {event_id}."},
        "nothing": {},
    }
    return {"status": "error", "category": rejection.category, "message": rejection.message} | names[mode]
