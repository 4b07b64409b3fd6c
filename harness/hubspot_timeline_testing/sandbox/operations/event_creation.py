"""The operations that create events of either API: validate them, reject duplicates, store the others.

Events are joined as the JSON text that is stored: each is encoded once, and one that is nested almost too deeply cannot
fail in the response after it was created.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from attrs import evolve, field, frozen

from hubspot_timeline_testing.sandbox.apis import V3, is_since
from hubspot_timeline_testing.sandbox.clock import rfc3339, to_epoch
from hubspot_timeline_testing.sandbox.context import RequestContext, SandboxContext
from hubspot_timeline_testing.sandbox.error_texts import measured
from hubspot_timeline_testing.sandbox.errors import ServiceError, validation_error
from hubspot_timeline_testing.sandbox.http.response import HttpResponse, encode_json, json_text_response
from hubspot_timeline_testing.sandbox.settings import ErrorNameMode
from hubspot_timeline_testing.sandbox.storage.store import StoredEvent
from hubspot_timeline_testing.sandbox.validation.event_validator import EventValidator

_UUID_PLACEHOLDER = "{{uuid}}"

LOCATION_SINCE = "2026-09"
"""The version since which the 201 for a single app event has a Location header."""

_SERVICE_FIELDS = ("objectType", "createdAt")  # set by the service, whatever is sent in them


@frozen
class _ValidatedBatch:
    accepted: list[StoredEvent] = field(factory=list)
    rejected: list[tuple[ServiceError, str]] = field(factory=list)


def create_events(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Create the events of a batch: 201, or 207 if some or all of them break a rule; of app events always 200.

    Raises ServiceError, with nothing created, for a body that has too many events (400), for an event that breaks a
    rule where the settings require it (400), and for duplicates (409 or 400).
    """
    settings, started, events = sandbox.settings, sandbox.clock.now(), request.value["inputs"]
    if settings.max_events is not None and len(events) > settings.max_events:
        message = f"The batch has {len(events)} events; at most {settings.max_events} are allowed"
        raise validation_error(message, kind="too_many")
    batch = _validate(events, sandbox, request)
    rules = settings if request.api is V3 else settings.app_events
    if batch.rejected and rules.invalid_events == "refuse-batch":
        raise _refusal(batch, sandbox, request)
    _store(batch.accepted, sandbox, request)
    errors = [_batch_error(rejection, event_id, settings.error_names) for rejection, event_id in batch.rejected]
    request.event_count = len(events)
    status = 200 if request.api is not V3 else 207 if errors else 201
    return json_text_response(status, _batch_body(batch.accepted, errors, started, sandbox.clock.now()))


def create_event(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Create one event; raises ServiceError (400) if it breaks a rule."""
    batch = _validate([request.value], sandbox, request)
    if batch.rejected:
        raise _refusal(batch, sandbox, request)
    _store(batch.accepted, sandbox, request)
    request.event_count = 1
    if request.api is not V3 and sandbox.settings.app_events.single_response == "accepted":
        return HttpResponse(200)
    created = json_text_response(201, batch.accepted[0].result)
    if request.api is V3 or not is_since(request.version, LOCATION_SINCE):
        return created
    location = f"{request.raw.url.path}/{quote(batch.accepted[0].id, safe='')}"
    return evolve(created, headers={**created.headers, "location": location})


def _validate(events: Sequence[dict[str, Any]], sandbox: SandboxContext, request: RequestContext) -> _ValidatedBatch:
    batch, api, store, now = _ValidatedBatch(), request.api, sandbox.store, sandbox.clock.now()
    types = store.templates if api is V3 else sandbox.event_types
    validator = EventValidator(api, types, store.records, sandbox.settings, request.app)
    for event in events:
        text, identity = encode_json(event), validator.record_identity(event)
        try:
            validator.validate(event, text, identity)
            if request.has_faults and sandbox.faults.refuses(event["id"]):
                raise validation_error("The event is refused by the plan of faults.")
        except ServiceError as rejection:
            batch.rejected.append((measured(rejection, sandbox.settings.errors, api, [event]), event["id"]))
            continue
        event_id, result = _result(event, text, identity.object_type, now) if api is V3 else (event["id"], text)
        key, happened_at = validator.type_id(event), _happened_at(event, now)
        stored = StoredEvent(key, event_id, request.entry.number, result, api.document, happened_at, identity)
        batch.accepted.append(stored)
    return batch


def _refusal(batch: _ValidatedBatch, sandbox: SandboxContext, request: RequestContext) -> ServiceError:
    """Return the 400 for a whole request; for app events it can name the invalid ones, as in a sample of the vendor."""
    rejection = batch.rejected[0][0]
    if request.api is V3 or not sandbox.settings.app_events.invalid_names:
        return rejection
    errors = [{"message": f"Event {event_id} failed with validation error(s)"} for _, event_id in batch.rejected]
    return ServiceError(400, rejection.message, rejection.category, errors=errors)


def _store(events: Sequence[StoredEvent], sandbox: SandboxContext, request: RequestContext) -> None:
    """Store events. Raises ServiceError, with none stored, for duplicates, unless the last one wins."""
    if request.api is not V3:
        _store_app_events(events, sandbox)
    elif sandbox.settings.duplicates == "last-wins":
        sandbox.store.replace(events)
    elif duplicates := sandbox.store.create(events):
        if sandbox.settings.duplicates == "in-use":
            raise validation_error("Event ID already in use", {"id": duplicates}, kind="duplicate")
        raise _conflict({"id": duplicates})


def _store_app_events(events: Sequence[StoredEvent], sandbox: SandboxContext) -> None:
    rules, ids = sandbox.settings.app_events, [event.id for event in events]
    is_repeated = len({(event.event_template_id, event.id) for event in events}) < len(events)
    if is_repeated and rules.repeated_ids == "invalid":
        raise validation_error("The batch has an id twice; none was created", kind="repeated")
    duplicates = sandbox.store.ids_in_use(ids, V3.document) if rules.v3_ids_are_taken else []
    duplicates = duplicates or sandbox.store.create(events)
    if duplicates:
        raise _conflict({"id": duplicates} if rules.conflict_names else None)


def _conflict(context: Mapping[str, Sequence[str]] | None) -> ServiceError:
    message = "Events with these ids exist already; none was created"
    return ServiceError(409, message, "CONFLICT", context, kind="duplicate")


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
