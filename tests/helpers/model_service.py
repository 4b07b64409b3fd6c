"""A model of the service: it keeps what was created, and misbehaves as it is told.

`ModelService.take` is the model; `answer` shows it to a delivery without HTTP, `respond` to a client through httpx.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum, auto
from typing import Any

import httpx
from attrs import evolve, frozen

from hubspot_timeline.delivery.batches import Batch, Item
from hubspot_timeline.delivery.engine import Abort, DeliveryResult, Reply, Send, Wait, deliver
from hubspot_timeline.delivery.response import parse_response
from hubspot_timeline.delivery.retry import RetryPolicy
from hubspot_timeline.errors import ConnectionLostError, NotConnectedError, StoppedError, TimelineError, api_error


class Fault(StrEnum):
    """What can go wrong with one request; `after` means once the events are created."""

    NONE = auto()
    STATUS_200 = auto()
    UNKNOWN_WORD = auto()
    SHUFFLED = auto()
    UNCONNECTED = auto()
    CONNECT_TIMEOUT = auto()
    LOST_BEFORE = auto()
    LOST_AFTER = auto()
    TIMEOUT_AFTER = auto()
    TRUNCATED_AFTER = auto()
    EMPTY_BEFORE = auto()
    EMPTY_AFTER = auto()
    NO_BODY_AFTER = auto()
    UNREADABLE_AFTER = auto()
    HALF_NAMED = auto()
    WRONG_IDS = auto()
    HTML_502_BEFORE = auto()
    BUSY_503_BEFORE = auto()
    HTML_520_AFTER = auto()
    HTML_524_AFTER = auto()
    LIMITED = auto()
    LIMITED_BY_HEADER = auto()
    LIMITED_WITHOUT_A_WORD = auto()
    LOCKED = auto()
    MIGRATING = auto()
    # From here on a run may end, or an event be refused, over what the service would not say of itself.
    HTML_404_BEFORE = auto()
    LIMITED_FOR_THE_DAY = auto()
    MIGRATING_FOR_HOURS = auto()
    UNAUTHORISED = auto()
    SCOPELESS = auto()
    MISROUTED = auto()


PASSING = [fault for fault in Fault if list(Fault).index(fault) < list(Fault).index(Fault.HTML_404_BEFORE)]
"""The faults after which patience creates every good event."""


class Refusal(StrEnum):
    """How invalid events are refused."""

    NAMED = auto()  # a 207 whose errors name their event
    NAMELESS = auto()  # a 207 whose errors name nothing
    ONE_FOR_ALL = auto()  # a 207 with one nameless error, however many are refused
    WHOLE = auto()  # a 400 for the batch


class Duplicates(StrEnum):
    """What becomes of an id that exists already."""

    CONFLICT = auto()
    IN_USE = auto()
    LAST_WINS = auto()
    EACH = auto()  # a 207 with an error for each, named or not as invalid events are


@frozen
class Sent:
    """What comes back of a request: an error of httpx where nothing does."""

    status: int = 201
    content: bytes = b"<html>edge</html>"
    headers: Mapping[str, str] = {}
    lost: type[httpx.TransportError] | None = None

    @property
    def body(self) -> dict[str, Any] | None:
        """The content as a JSON object, if it is one."""
        try:
            found: dict[str, Any] = json.loads(self.content)
        except ValueError:
            return None
        return found


class ModelService:
    """Answers requests; `created` holds what exists by id, `bodies` the events of each request."""

    def __init__(
        self,
        faults: Iterable[Fault] = (),
        *,
        bad: Iterable[str] = (),
        refusal: Refusal = Refusal.NAMED,
        duplicates: Duplicates = Duplicates.CONFLICT,
        largest: int = 1_000_000,
        naming: bool = False,
    ) -> None:
        self.created: dict[str, dict[str, Any]] = {}
        self.bodies: list[Sequence[dict[str, Any]]] = []
        self.faults = list(faults)
        self.bad = set(bad)
        self.refusal = refusal
        self.duplicates = duplicates
        self._largest = largest
        self._naming = naming

    @property
    def requests(self) -> list[list[str]]:
        """The ids of each request."""
        return [[event["id"] for event in events] for events in self.bodies]

    def hold(self, *ids: str) -> None:
        """Have events of these ids from before."""
        self.created.update((name, {"id": name}) for name in ids)

    def answer(self, items: Batch) -> Reply:
        """Take one request and say what a delivery gets to hear."""
        sent = self.take([json.loads(item.body) for item in items], sum(len(item.body) for item in items))
        if sent.lost:
            kind = NotConnectedError if issubclass(sent.lost, httpx.ConnectError | httpx.ConnectTimeout) else None
            return (kind or ConnectionLostError)(sent.lost.__name__)
        if sent.status >= 400:
            seconds = sent.headers.get("Retry-After")
            return api_error(sent.status, sent.body, float(seconds) if seconds else None, sent.content.decode())
        return parse_response(sent.status, sent.content)

    def respond(self, request: httpx.Request) -> httpx.Response:
        """Take one request and answer as a server would."""
        sent = self.take(json.loads(request.content)["inputs"], len(request.content))
        if sent.lost:
            raise sent.lost("as told", request=request)
        kind = "application/json" if sent.body is not None else "text/html"
        headers = {"Content-Type": kind, **sent.headers}
        return httpx.Response(sent.status, headers=headers, content=sent.content)

    def take(self, events: Sequence[dict[str, Any]], size: int) -> Sent:
        """Take the events of one request, do what the next fault leaves of the work, and say what comes back."""
        self.bodies.append(events)
        fault = self.faults.pop(0) if self.faults else Fault.NONE
        if early := _EARLY.get(fault):
            return early
        sent = self._work(events, size)
        if late := _LATE.get(fault):
            return late
        disturb = _DISTURBED.get(fault)
        return disturb(sent) if disturb and sent.status < 400 else sent

    def _work(self, events: Sequence[dict[str, Any]], size: int) -> Sent:
        if size > self._largest:
            return Sent(413)
        refused = [event for event in events if event["id"] in self.bad]
        if refused and self.refusal is Refusal.WHOLE:
            return _json(400, _error("VALIDATION_ERROR", "the batch holds an invalid event"))
        known = [event["id"] for event in events if event["id"] in self.created]
        if known and self.duplicates is Duplicates.CONFLICT:
            return _json(409, _error("CONFLICT", "exists") | ({"context": {"id": known}} if self._naming else {}))
        if known and self.duplicates is Duplicates.IN_USE:
            return _json(400, {"message": "Event ID already in use"})
        if self.duplicates is Duplicates.EACH:
            refused = [event for event in events if event["id"] in self.bad or event["id"] in self.created]
        good = [event for event in events if event not in refused]
        errors = self._errors([event["id"] for event in refused])
        self.created.update((event["id"], event) for event in good)
        return _result(207 if refused else 201, good, errors)

    def _errors(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        errors = [_error("CONFLICT" if name in self.created else "VALIDATION_ERROR", "no") for name in ids]
        if self.refusal is Refusal.NAMED:
            return [error | {"context": {"id": [name]}} for error, name in zip(errors, ids, strict=True)]
        return errors[:1] if self.refusal is Refusal.ONE_FOR_ALL else errors


def _json(status: int, body: object, **headers: str) -> Sent:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Sent(status, json.dumps(body).encode(), named)


def _result(status: int, events: Sequence[dict[str, Any]], errors: Sequence[dict[str, Any]]) -> Sent:
    moments = {"startedAt": "2026-03-10T23:04:41.164Z", "completedAt": "2026-03-10T23:04:41.198211Z"}
    results = [{**event, "objectType": "CONTACT"} for event in events]
    return _json(
        status, {"status": "COMPLETE", "results": results, **({"errors": errors} if errors else {}), **moments}
    )


def _error(category: str, message: str, **more: Any) -> dict[str, Any]:
    return {"status": "error", "category": category, "message": message, "correlationId": "c", **more}


_LIMIT = _error("RATE_LIMIT", "too many", policyName="TEN_SECONDLY_ROLLING")

_EARLY: Mapping[Fault, Sent] = {
    Fault.UNCONNECTED: Sent(lost=httpx.ConnectError),
    Fault.CONNECT_TIMEOUT: Sent(lost=httpx.ConnectTimeout),
    Fault.LOST_BEFORE: Sent(lost=httpx.ReadError),
    Fault.EMPTY_BEFORE: _result(201, [], []),
    Fault.HTML_502_BEFORE: Sent(502),
    Fault.BUSY_503_BEFORE: _json(503, {"message": "busy"}, Retry_After="3"),
    Fault.LIMITED: _json(429, _LIMIT, Retry_After="1"),
    Fault.LIMITED_BY_HEADER: _json(429, _LIMIT, **{"X-HubSpot-RateLimit-Interval-Milliseconds": "2000"}),
    Fault.LIMITED_WITHOUT_A_WORD: Sent(429),
    Fault.LOCKED: _json(423, _error("LOCKED", "wait")),
    Fault.MIGRATING: _json(477, _error("MIGRATION", "moving"), Retry_After="5"),
    Fault.HTML_404_BEFORE: Sent(404),
    Fault.LIMITED_FOR_THE_DAY: _json(429, _error("RATE_LIMIT", "enough", policyName="DAILY")),
    Fault.MIGRATING_FOR_HOURS: _json(477, _error("MIGRATION", "moving"), Retry_After="86400"),
    Fault.UNAUTHORISED: _json(401, _error("EXPIRED_AUTHENTICATION", "expired")),
    Fault.SCOPELESS: _json(403, _error("MISSING_SCOPES", "no", errors=[])),
    Fault.MISROUTED: Sent(302, headers={"Location": "https://elsewhere.example"}),
}

_LATE: Mapping[Fault, Sent] = {
    Fault.LOST_AFTER: Sent(lost=httpx.ReadError),
    Fault.TIMEOUT_AFTER: Sent(lost=httpx.ReadTimeout),
    Fault.TRUNCATED_AFTER: Sent(lost=httpx.RemoteProtocolError),
    Fault.HTML_520_AFTER: Sent(520),
    Fault.HTML_524_AFTER: Sent(524),
}


def _changed(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Sent], Sent]:
    return lambda sent: evolve(sent, content=json.dumps(change(sent.body or {})).encode())


_DISTURBED: Mapping[Fault, Callable[[Sent], Sent]] = {
    Fault.STATUS_200: lambda sent: evolve(sent, status=200),
    Fault.NO_BODY_AFTER: lambda sent: evolve(sent, content=b""),
    Fault.UNREADABLE_AFTER: lambda sent: evolve(sent, content=b"<html>fine</html>"),
    Fault.EMPTY_AFTER: _changed(lambda body: {**body, "results": [], "errors": []}),
    Fault.UNKNOWN_WORD: _changed(lambda body: {**body, "status": "FINISHED"}),
    Fault.SHUFFLED: _changed(lambda body: {**body, "results": body["results"][::-1]}),
    Fault.HALF_NAMED: _changed(lambda body: {**body, "results": body["results"][::2]}),
    Fault.WRONG_IDS: _changed(lambda body: {**body, "results": [{**r, "id": "?" + r["id"]} for r in body["results"]]}),
}


# Far more than any test needs.
_MOST_STEPS = 5_000


def drive(
    batch: Batch,
    service: ModelService,
    policy: RetryPolicy,
    *,
    chance: Callable[[], float] = lambda: 1.0,
    driven: "Driven | None" = None,
) -> "Driven":
    """Drive a delivery to its end without waiting; `driven` says meanwhile what it does."""
    steps = deliver(batch, policy, chance)
    driven = driven or Driven()
    reply: Reply = None
    for _ in range(_MOST_STEPS):
        try:
            step = steps.send(reply)
        except StopIteration as end:
            driven.delivered = end.value
            return driven
        reply = None
        match step:
            case Send(items):
                reply = StoppedError("halted") if driven.halted else service.answer(items)
            case Wait(seconds, _):
                driven.waits.append(seconds)
            case Abort(error):
                driven.halted = error
    raise AssertionError("the delivery does not end")


class Driven:
    """What a delivery did; `halted` is the error that stops its run."""

    def __init__(self) -> None:
        self.delivered = DeliveryResult([])
        self.waits: list[float] = []
        self.halted: TimelineError | None = None


def items(*ids: str, is_ambiguous: bool = False) -> Batch:
    """Return a batch of events with these ids; `is_ambiguous`: an earlier run may have created them."""
    return tuple(
        Item(n, f"event {name}", name, json.dumps({"id": name}).encode(), is_ambiguous) for n, name in enumerate(ids)
    )
