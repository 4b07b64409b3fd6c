"""The operation: a request body in, an answer out, the store changed in between."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from attrs import field, frozen

from hubspot_timeline.sandbox.bodies import batch_error, batch_result, encode, event_result
from hubspot_timeline.sandbox.judging.reading import read_events
from hubspot_timeline.sandbox.judging.rules import Problem, find_problem
from hubspot_timeline.sandbox.refusals import RefusedError, invalid
from hubspot_timeline.sandbox.settings import SandboxSettings
from hubspot_timeline.sandbox.state.store import Store, StoredEvent

_PLACEHOLDER = "{{uuid}}"
_TOLD = Problem("The sandbox was told to refuse this event.")


@frozen
class Answer:
    """What is sent back: the HTTP status and the body as JSON text."""

    status: int
    body: str


@frozen
class _Sorted:
    """The events of a batch: those to create, and an error for each of the others."""

    accepted: list[StoredEvent] = field(factory=list)
    errors: list[dict[str, Any]] = field(factory=list)


def create_events(
    raw: bytes,
    request: int,
    *,
    store: Store,
    settings: SandboxSettings,
    now: Callable[[], datetime],
    refuses: Callable[[str], bool] = lambda _: False,
) -> Answer:
    """Create the events of a request body and return the 201, or the 207 if some or all of them break a rule.

    `request` is the number that the events are stored under; `refuses` says of an id that its event is refused though
    it breaks no rule. Raises RefusedError, with nothing created, for a body that breaks the document (400) and, unless
    the last one wins, for an id that is taken (409 or 400).
    """
    started = now()
    try:
        batch = _sort(read_events(raw), request, started, refuses)
    except RecursionError as error:
        raise invalid("Invalid input JSON: it is nested too deeply") from error
    _save(batch.accepted, store, settings)
    results = [event.result for event in batch.accepted]
    body = batch_result(results, batch.errors, started, completed=now())
    return Answer(207 if batch.errors else 201, body)


def _sort(
    events: Sequence[dict[str, Any]], request: int, created_at: datetime, refuses: Callable[[str], bool]
) -> _Sorted:
    batch = _Sorted()
    for event in events:
        text = encode(event)
        problem = find_problem(event, text) or (_TOLD if refuses(event["id"]) else None)
        if problem:
            batch.errors.append(batch_error(problem, event["id"]))
        else:
            batch.accepted.append(_stored(event, text, request, created_at))
    return batch


def _stored(event: dict[str, Any], text: str, request: int, created_at: datetime) -> StoredEvent:
    if _PLACEHOLDER in event["id"]:
        event["id"] = event["id"].replace(_PLACEHOLDER, str(uuid4()))
        text = encode(event)
    object_type = event.get("customObjectTypeId") or "CONTACT"
    result = event_result(text, object_type, created_at)
    return StoredEvent(event["eventTemplateId"], event["id"], request, result)


def _save(events: Sequence[StoredEvent], store: Store, settings: SandboxSettings) -> None:
    if settings.duplicates == "last-wins":
        store.replace(events)
        return
    taken = store.create(events)
    if taken and settings.duplicates == "in-use":
        raise invalid("Event ID already in use", {"id": taken})
    if taken:
        raise RefusedError(409, "Events with these ids exist already; none was created", "CONFLICT", {"id": taken})
