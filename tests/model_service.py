"""A model of the service without HTTP: it keeps what was created, and misbehaves as it is told."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum, auto
from typing import Any

from hubspot_timeline.answers import read_answer
from hubspot_timeline.batching import Batch, Item
from hubspot_timeline.delivery import Delivered, Halt, Reply, Send, Wait, deliver
from hubspot_timeline.errors import ConnectionLostError, NotConnectedError, StoppedError, api_error
from hubspot_timeline.policy import RetryPolicy


class Fault(StrEnum):
    """What can go wrong with one request; `after` means once the events are created."""

    NONE = auto()
    STATUS_200 = auto()
    UNKNOWN_WORD = auto()
    SHUFFLED = auto()
    UNCONNECTED = auto()
    LOST_BEFORE = auto()
    LOST_AFTER = auto()
    EMPTY_BEFORE = auto()
    EMPTY_AFTER = auto()
    UNREADABLE_AFTER = auto()
    HALF_NAMED = auto()
    WRONG_IDS = auto()
    HTML_502_BEFORE = auto()
    HTML_520_AFTER = auto()
    LIMITED = auto()
    LOCKED = auto()


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


class ModelService:
    """Answers Send; `created` holds the ids that exist, `requests` the ids of each request."""

    def __init__(
        self,
        faults: Iterable[Fault] = (),
        *,
        bad: Sequence[str] = (),
        refusal: Refusal = Refusal.NAMED,
        duplicates: Duplicates = Duplicates.CONFLICT,
        largest: int = 1_000_000,
        naming: bool = False,
    ) -> None:
        self.created: set[str] = set()
        self.requests: list[list[str]] = []
        self._faults = iter(faults)
        self._bad = set(bad)
        self._refusal = refusal
        self._duplicates = duplicates
        self._largest = largest
        self._naming = naming

    def answer(self, items: Batch) -> Reply:
        """Take one request and say what the sender gets to see."""
        self.requests.append([item.id for item in items])
        fault = next(self._faults, Fault.NONE)
        early = _EARLY.get(fault)
        return early() if early else self._disturbed(fault, *self._work(items))

    def _work(self, items: Batch) -> tuple[int, dict[str, Any]]:
        if sum(len(item.body) for item in items) > self._largest:
            return 413, {}
        refused = [item for item in items if item.id in self._bad]
        if refused and self._refusal is Refusal.WHOLE:
            return 400, _error("VALIDATION_ERROR", "the batch holds an invalid event")
        known = [item for item in items if item.id in self.created]
        if known and self._duplicates is Duplicates.CONFLICT:
            context = {"context": {"id": [item.id for item in known]}} if self._naming else {}
            return 409, _error("CONFLICT", "an id exists already") | context
        if known and self._duplicates is Duplicates.IN_USE:
            return 400, {"message": "Event ID already in use"}
        if self._duplicates is Duplicates.EACH:
            refused = [item for item in items if item.id in self._bad | self.created]
        good = [item for item in items if item not in refused]
        self.created.update(item.id for item in good)
        body: dict[str, Any] = {"status": "COMPLETE", "results": [_result(item) for item in good]}
        if refused:
            body["errors"] = self._errors(refused)
        return (207 if refused else 201), body

    def _errors(self, refused: Sequence[Item]) -> list[dict[str, Any]]:
        errors = [_error("CONFLICT" if item.id in self.created else "VALIDATION_ERROR", "no") for item in refused]
        if self._refusal is Refusal.NAMED:
            return [{**error, "context": {"id": [item.id]}} for error, item in zip(errors, refused, strict=True)]
        return errors[:1] if self._refusal is Refusal.ONE_FOR_ALL else errors

    def _disturbed(self, fault: Fault, status: int, body: dict[str, Any]) -> Reply:
        if fault is Fault.LOST_AFTER:
            return ConnectionLostError("lost after")
        if fault is Fault.HTML_520_AFTER:
            return api_error(520, text="<html>")
        if status >= 400:
            return api_error(status, body)
        if disturb := _DISTURBED.get(fault):
            body = disturb(body)
        if fault is Fault.UNREADABLE_AFTER:
            return read_answer(status, b"<html>fine</html>")
        return read_answer(200 if fault is Fault.STATUS_200 else status, json.dumps(body).encode())


def _result(item: Item) -> dict[str, Any]:
    return {**json.loads(item.body), "objectType": "CONTACT"}


def _error(category: str, message: str) -> dict[str, Any]:
    return {"status": "error", "category": category, "message": message, "correlationId": "c"}


_EARLY: Mapping[Fault, Callable[[], Reply]] = {
    Fault.UNCONNECTED: lambda: NotConnectedError("refused"),
    Fault.LOST_BEFORE: lambda: ConnectionLostError("lost before"),
    Fault.EMPTY_BEFORE: lambda: read_answer(201, b'{"status":"COMPLETE","results":[]}'),
    Fault.HTML_502_BEFORE: lambda: api_error(502, text="<html>"),
    Fault.LIMITED: lambda: api_error(429, _error("RATE_LIMIT", "too many"), retry_after=1),
    Fault.LOCKED: lambda: api_error(423, _error("LOCKED", "wait")),
}

_DISTURBED: Mapping[Fault, Callable[[dict[str, Any]], dict[str, Any]]] = {
    Fault.EMPTY_AFTER: lambda body: {**body, "results": [], "errors": []},
    Fault.UNKNOWN_WORD: lambda body: {**body, "status": "FINISHED"},
    Fault.SHUFFLED: lambda body: {**body, "results": body["results"][::-1]},
    Fault.HALF_NAMED: lambda body: {**body, "results": body["results"][::2]},
    Fault.WRONG_IDS: lambda body: {**body, "results": [{**r, "id": "?" + r["id"]} for r in body["results"]]},
}


def drive(batch: Batch, service: ModelService, policy: RetryPolicy, *, chance: float = 1.0) -> "Driven":
    """Drive a delivery to its end without waiting."""
    steps = deliver(batch, policy, lambda: chance)
    driven = Driven()
    reply: Reply = None
    while True:
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
            case Halt():
                driven.halted = True


class Driven:
    """What a delivery did."""

    def __init__(self) -> None:
        self.delivered = Delivered([])
        self.waits: list[float] = []
        self.halted = False


def items(*ids: str) -> Batch:
    """Return a batch of events with these ids."""
    return tuple(Item(n, f"event {name}", name, json.dumps({"id": name}).encode()) for n, name in enumerate(ids))
