"""A model of the service, which stores the events that it creates, and fails as it is configured to.

`ModelService.process` is the model; `reply` connects it to a delivery without HTTP, `respond` to a client.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum, auto
from typing import Any, Literal

import httpx
from attrs import evolve, frozen

from hubspot_timeline.apis import Apis, open_apis
from hubspot_timeline.delivery.batches import Batch, Item
from hubspot_timeline.delivery.engine import DeliveryOptions, deliver
from hubspot_timeline.delivery.outcomes import Outcome
from hubspot_timeline.delivery.response import parse_response
from hubspot_timeline.delivery.retry import RetryPolicy
from hubspot_timeline.delivery.steps import Abort, DeliveryResult, Reply, Send, Switch, Wait
from hubspot_timeline.errors import ConnectionLostError, NotConnectedError, StoppedError, TimelineError, api_error


class Fault(StrEnum):
    """What can go wrong with one request."""

    NONE = auto()
    STATUS_200 = auto()
    UNKNOWN_STATUS = auto()
    SHUFFLED_RESULTS = auto()
    CONNECTION_REFUSED = auto()
    CONNECT_TIMEOUT = auto()
    RESET_BEFORE_CREATION = auto()
    RESET_AFTER_CREATION = auto()
    READ_TIMEOUT = auto()
    TRUNCATED = auto()
    NO_RESULTS_BEFORE_CREATION = auto()
    NO_RESULTS_AFTER_CREATION = auto()
    NO_BODY = auto()
    UNREADABLE_BODY = auto()
    MISSING_RESULTS = auto()
    WRONG_IDS = auto()
    HTML_502 = auto()
    JSON_503 = auto()
    HTML_520 = auto()
    HTML_524 = auto()
    RATE_LIMITED = auto()
    RATE_LIMITED_WITH_INTERVAL = auto()
    HTML_429 = auto()
    LOCKED = auto()
    MIGRATING = auto()
    # The faults below end a run, or reject an event that is valid.
    HTML_404 = auto()
    DAILY_LIMIT = auto()
    MIGRATING_FOR_HOURS = auto()
    UNAUTHORIZED = auto()
    MISSING_SCOPES = auto()
    REDIRECTED = auto()


TEMPORARY = list(Fault)[: list(Fault).index(Fault.HTML_404)]
"""The faults after which enough retries create every valid event."""


class Refusal(StrEnum):
    """How invalid events are refused."""

    NAMED = auto()  # a 207 with an error for each event, which names it
    UNNAMED = auto()  # a 207 with an error for each event, which names nothing
    SINGLE_UNNAMED = auto()  # a 207 with one error that names nothing, however many events are refused
    WHOLE_BATCH = auto()  # a 400 for the batch


class Duplicates(StrEnum):
    """How the service treats an id that exists already."""

    CONFLICT = auto()
    IN_USE = auto()
    LAST_WINS = auto()
    PER_EVENT = auto()  # a 207 with an error for each, as for invalid events


@frozen
class ModelResponse:
    """The response to one request, or the error of httpx that is raised instead."""

    status: int = 201
    content: bytes = b"<html>edge</html>"
    headers: Mapping[str, str] = {}
    error: type[httpx.TransportError] | None = None

    @property
    def body(self) -> dict[str, Any] | None:
        """The content as a JSON object, None if it is not JSON."""
        try:
            body: dict[str, Any] = json.loads(self.content)
        except ValueError:
            return None
        return body


class ModelService:
    """Handles requests: `created` holds the existing events by id, `requests` the events of each request.

    Each request takes the next of the `faults`. `invalid` are the ids of events that are refused. With
    `names_duplicates`, a 409 lists the ids that exist. A request of more than `max_bytes` gets a 413. The successor of
    v3 refuses whole batches, with Refusal.WHOLE_BATCH and Duplicates.CONFLICT; its requests come to the same model.
    """

    def __init__(
        self,
        faults: Iterable[Fault] = (),
        *,
        invalid: Iterable[str] = (),
        existing: Iterable[str] = (),
        refusal: Refusal = Refusal.NAMED,
        duplicates: Duplicates = Duplicates.CONFLICT,
        max_bytes: int = 1_000_000,
        names_duplicates: bool = False,
    ) -> None:
        self.created: dict[str, dict[str, Any]] = {event_id: {"id": event_id} for event_id in existing}
        self.requests: list[Sequence[dict[str, Any]]] = []
        self.faults = list(faults)
        self.invalid = set(invalid)
        self.refusal = refusal
        self.duplicates = duplicates
        self._max_bytes = max_bytes
        self._names_duplicates = names_duplicates

    @property
    def requested_ids(self) -> list[list[str]]:
        """The ids of each request."""
        return [[event["id"] for event in events] for events in self.requests]

    def reply(self, items: Batch) -> Reply:
        """Process one request, and return what the executor passes to the delivery."""
        response = self.process([json.loads(item.body) for item in items], sum(len(item.body) for item in items))
        if response.error:
            is_connected = not issubclass(response.error, httpx.ConnectError | httpx.ConnectTimeout)
            return (ConnectionLostError if is_connected else NotConnectedError)(response.error.__name__)
        if response.status >= 400:
            seconds = response.headers.get("Retry-After")
            retry_after = float(seconds) if seconds else None
            return api_error(response.status, response.body, retry_after, response.content.decode())
        return parse_response(response.status, response.content)

    def respond(self, request: httpx.Request) -> httpx.Response:
        """Process one request of httpx."""
        response = self.process(json.loads(request.content)["inputs"], len(request.content))
        if response.error:
            raise response.error("a fault", request=request)
        media_type = "text/html" if response.body is None else "application/json"
        headers = {"Content-Type": media_type, **response.headers}
        return httpx.Response(response.status, headers=headers, content=response.content)

    def process(self, events: Sequence[dict[str, Any]], size: int) -> ModelResponse:
        """Process the events of one request as far as the next fault allows, and return the response."""
        self.requests.append(events)
        fault = self.faults.pop(0) if self.faults else Fault.NONE
        if fault in _INSTEAD_OF_CREATION:
            return _INSTEAD_OF_CREATION[fault]
        response = self._create(events, size)
        if fault in _AFTER_CREATION:
            return _AFTER_CREATION[fault]
        change = _CHANGED_RESPONSES.get(fault)
        return change(response) if change and response.status < 400 else response

    def _create(self, events: Sequence[dict[str, Any]], size: int) -> ModelResponse:
        if size > self._max_bytes:
            return ModelResponse(413)
        refused = [event for event in events if event["id"] in self.invalid]
        if refused and self.refusal is Refusal.WHOLE_BATCH:
            return _json(400, _error("VALIDATION_ERROR", "the batch has an invalid event"))
        existing = [event["id"] for event in events if event["id"] in self.created]
        if existing and self.duplicates is Duplicates.CONFLICT:
            context = {"context": {"id": existing}} if self._names_duplicates else {}
            return _json(409, _error("CONFLICT", "exists", **context))
        if existing and self.duplicates is Duplicates.IN_USE:
            return _json(400, {"message": "Event ID already in use"})
        if self.duplicates is Duplicates.PER_EVENT:
            refused = [event for event in events if event["id"] in self.invalid or event["id"] in self.created]
        valid = [event for event in events if event not in refused]
        errors = self._errors([event["id"] for event in refused])
        self.created.update((event["id"], event) for event in valid)
        return _batch_result(207 if refused else 201, valid, errors)

    def _errors(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        errors = [_error("CONFLICT" if name in self.created else "VALIDATION_ERROR", "no") for name in ids]
        if self.refusal is Refusal.NAMED:
            return [error | {"context": {"id": [name]}} for error, name in zip(errors, ids, strict=True)]
        return errors[:1] if self.refusal is Refusal.SINGLE_UNNAMED else errors


def _json(status: int, body: object, **headers: str) -> ModelResponse:
    return ModelResponse(status, json.dumps(body).encode(), {name.replace("_", "-"): headers[name] for name in headers})


def _batch_result(
    status: int, events: Sequence[dict[str, Any]], errors: Sequence[dict[str, Any]] = ()
) -> ModelResponse:
    times = {"startedAt": "2026-03-10T23:04:41.164Z", "completedAt": "2026-03-10T23:04:41.198211Z"}
    results = [{**event, "objectType": "CONTACT"} for event in events]
    body = {"status": "COMPLETE", "results": results, **times}
    return _json(status, body | ({"errors": errors} if errors else {}))


def _error(category: str, message: str, **fields: Any) -> dict[str, Any]:
    return {"status": "error", "category": category, "message": message, "correlationId": "c", **fields}


_RATE_LIMIT_ERROR = _error("RATE_LIMIT", "too many", policyName="TEN_SECONDLY_ROLLING")

_INSTEAD_OF_CREATION: Mapping[Fault, ModelResponse] = {
    Fault.CONNECTION_REFUSED: ModelResponse(error=httpx.ConnectError),
    Fault.CONNECT_TIMEOUT: ModelResponse(error=httpx.ConnectTimeout),
    Fault.RESET_BEFORE_CREATION: ModelResponse(error=httpx.ReadError),
    Fault.NO_RESULTS_BEFORE_CREATION: _batch_result(201, []),
    Fault.HTML_502: ModelResponse(502),
    Fault.JSON_503: _json(503, {"message": "busy"}, Retry_After="3"),
    Fault.RATE_LIMITED: _json(429, _RATE_LIMIT_ERROR, Retry_After="1"),
    Fault.RATE_LIMITED_WITH_INTERVAL: _json(
        429, _RATE_LIMIT_ERROR, **{"X-HubSpot-RateLimit-Interval-Milliseconds": "2000"}
    ),
    Fault.HTML_429: ModelResponse(429),
    Fault.LOCKED: _json(423, _error("LOCKED", "wait")),
    Fault.MIGRATING: _json(477, _error("MIGRATION", "moving"), Retry_After="5"),
    Fault.HTML_404: ModelResponse(404),
    Fault.DAILY_LIMIT: _json(429, _error("RATE_LIMIT", "enough", policyName="DAILY")),
    Fault.MIGRATING_FOR_HOURS: _json(477, _error("MIGRATION", "moving"), Retry_After="86400"),
    Fault.UNAUTHORIZED: _json(401, _error("EXPIRED_AUTHENTICATION", "expired")),
    Fault.MISSING_SCOPES: _json(403, _error("MISSING_SCOPES", "no", errors=[])),
    Fault.REDIRECTED: ModelResponse(302, headers={"Location": "https://elsewhere.example"}),
}

_AFTER_CREATION: Mapping[Fault, ModelResponse] = {
    Fault.RESET_AFTER_CREATION: ModelResponse(error=httpx.ReadError),
    Fault.READ_TIMEOUT: ModelResponse(error=httpx.ReadTimeout),
    Fault.TRUNCATED: ModelResponse(error=httpx.RemoteProtocolError),
    Fault.HTML_520: ModelResponse(520),
    Fault.HTML_524: ModelResponse(524),
}


def _with_body(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[ModelResponse], ModelResponse]:
    """Return a function that changes the body of a response."""
    return lambda response: evolve(response, content=json.dumps(change(response.body or {})).encode())


_CHANGED_RESPONSES: Mapping[Fault, Callable[[ModelResponse], ModelResponse]] = {
    Fault.STATUS_200: lambda response: evolve(response, status=200),
    Fault.NO_BODY: lambda response: evolve(response, content=b""),
    Fault.UNREADABLE_BODY: lambda response: evolve(response, content=b"<html>fine</html>"),
    Fault.NO_RESULTS_AFTER_CREATION: _with_body(lambda body: body | {"results": [], "errors": []}),
    Fault.UNKNOWN_STATUS: _with_body(lambda body: body | {"status": "FINISHED"}),
    Fault.SHUFFLED_RESULTS: _with_body(lambda body: body | {"results": body["results"][::-1]}),
    Fault.MISSING_RESULTS: _with_body(lambda body: body | {"results": body["results"][::2]}),
    Fault.WRONG_IDS: _with_body(
        lambda body: body | {"results": [result | {"id": "?" + result["id"]} for result in body["results"]]}
    ),
}


class DeliveryRun:
    """What a delivery did: its result, its waits in seconds, the error that aborted its run, the events it switched.

    `new_connections`: which of its requests need a connection of their own.
    """

    def __init__(self) -> None:
        self.result = DeliveryResult([])
        self.waits: list[float] = []
        self.new_connections: list[bool] = []
        self.abort_error: TimelineError | None = None
        self.switched: Batch = ()

    @property
    def outcome_types(self) -> dict[str | None, type[Outcome]]:
        """The type of each outcome by the id of its event."""
        return {outcome.id: type(outcome) for outcome in self.result.outcomes}


# Far more than any test needs.
_MAX_STEPS = 5_000


def drive(
    batch: Batch,
    reply_to: Callable[[Batch], Reply],
    policy: RetryPolicy,
    *,
    chance: Callable[[], float] = lambda: 1.0,
    duplicates: Literal["ok", "reject"] = "reject",
    apis: Apis | None = None,
    run: DeliveryRun | None = None,
) -> DeliveryRun:
    """Drive a delivery to its end without waiting, and return what it did; `run` shows it meanwhile."""
    options = DeliveryOptions(apis or open_apis("v3", None, None), policy, chance, duplicates)
    steps, run = deliver(batch, options), run or DeliveryRun()
    reply: Reply = None
    for _ in range(_MAX_STEPS):
        try:
            step = steps.send(reply)
        except StopIteration as end:
            run.result = end.value
            return run
        reply = None
        match step:
            case Send(items, _, new_connection):
                run.new_connections.append(new_connection)
                reply = StoppedError("aborted") if run.abort_error else reply_to(items)
            case Wait(seconds, _):
                run.waits.append(seconds)
            case Abort(error):
                run.abort_error = error
            case Switch(switched, error):
                if error:
                    options.apis.switch()
                run.switched += switched
    raise AssertionError("the delivery does not end")


def scripted_replies(*replies: Reply) -> Callable[[Batch], Reply]:
    """Return a service that gives these replies one after the other, then creates everything."""
    remaining, service = iter(replies), ModelService()
    return lambda items: next(remaining, None) or service.reply(items)


def items(*ids: str, is_ambiguous: bool = False) -> Batch:
    """Return a batch of events with these ids; `is_ambiguous`: an earlier run may have created them."""
    return tuple(
        Item(n, f"event {name}", name, json.dumps({"id": name}).encode(), "v3" if is_ambiguous else None)
        for n, name in enumerate(ids)
    )
