"""The delivery of one batch: a generator without I/O, which threads and coroutines drive alike.

It yields Send (the driver replies with a BatchResponse or a TimelineError), Wait, Abort and Switch (the reply is None),
and returns a DeliveryResult with one outcome for each event. A 2xx response is reconciled by id; events that it leaves
open are sent again with the same ids. A refused batch is sent again without the events that the refusal names, or split
until the invalid events stand alone. What is still ambiguous at the end is Unconfirmed, never a guess.

On a reused connection, a response may belong to an earlier request, or to none; the ids that it contains show that it
does not. A refusal without them is not trusted: the events are sent again, on a connection that is new.
"""

import sys
from collections.abc import Callable, Generator, Sequence, Set

from msgspec import Struct
from msgspec.structs import replace

from hubspot_timeline.apis import Api, Apis
from hubspot_timeline.delivery.batches import Batch, Item
from hubspot_timeline.delivery.outcomes import Duplicates, Outcome, Rejected, Unconfirmed
from hubspot_timeline.delivery.part import Part, failure
from hubspot_timeline.delivery.reconciliation import as_error, reconcile
from hubspot_timeline.delivery.response import BatchResponse, named_ids, quoted_ids
from hubspot_timeline.delivery.retry import Refresh, Retry, RetryPolicy, Split, Stop, decide
from hubspot_timeline.delivery.settlement import settle
from hubspot_timeline.delivery.steps import (
    Abort,
    CreatedBatch,
    Delivery,
    DeliveryResult,
    Reply,
    Send,
    Step,
    Switch,
    Wait,
)
from hubspot_timeline.errors import (
    ApiError,
    AuthenticationError,
    ConflictError,
    ConnectionLostError,
    EventError,
    InvalidResponseError,
    NotConnectedError,
    NotFoundError,
    PayloadTooLargeError,
    StoppedError,
    TimelineError,
    UnexpectedStatusError,
)
from hubspot_timeline.events.ids import NewId

_ADVICE = "it may have been created. Send it again with the same id."
_MISSING = InvalidResponseError(f"The response names the event neither as created nor as refused; {_ADVICE}")
_UNATTRIBUTED = InvalidResponseError(
    f"The response refuses events without naming them, and does not list this one; {_ADVICE}"
)
_EARLIER_RUN = ConnectionLostError(f"An earlier run ended before the response for the event arrived; {_ADVICE}")
_OTHER_API = ConnectionLostError(
    "A response for the event was lost, and the API that it was sent through refuses the access token now, or is not "
    "among the options. It may have been created, and sending it through another API could create it twice: look for "
    "it in the CRM first."
)


class DeliveryOptions(Struct, frozen=True):
    """What all deliveries of a client have in common; `chance` returns a random number from 0 to 1 for each wait."""

    apis: Apis
    retry: RetryPolicy
    chance: Callable[[], float]
    duplicates: Duplicates = "reject"


def unexpected_failure(batch: Batch, error: BaseException) -> DeliveryResult:
    """Return the outcomes of a batch whose delivery raised an error that is not ours: nothing is known of them."""
    reason = ConnectionLostError(f"Delivery failed unexpectedly ({type(error).__name__}: {error}). Please report this.")
    reason.__cause__ = error
    return DeliveryResult([failure(Unconfirmed, item, 1, reason) for item in batch])


def deliver(batch: Batch, options: DeliveryOptions) -> Delivery:
    """Deliver a batch."""
    opened_by = batch[0].opened_by
    part = Part(batch, options.duplicates, opened_by=opened_by)
    if opened_by:
        part = replace(part, is_ambiguous=True, last_error=_EARLIER_RUN)
    delivery = _Delivery(options, options.apis.of(opened_by), _take_fresh_ids(batch))
    yield from delivery.start(part)
    return delivery.result()


def _take_fresh_ids(batch: Batch) -> Set[str]:
    """Return the ids that no request can have carried before, and mark them as sent."""
    fresh = {item.id for item in batch if isinstance(item.id, NewId) and not item.id.is_sent}
    for item in batch:
        if isinstance(item.id, NewId):
            item.id.is_sent = True
    return fresh


class _NextSteps(Struct, frozen=True):
    """What follows a reply: outcomes that are certain now, parts still to send, and a step to take before.

    `unsettled` is a part that a lost request may have created, and that is refused now. `refusal`: the API refuses the
    access token for good, and the fallback takes its place.
    """

    others: list[Outcome] = []
    parts: list[Part] = []
    step: Wait | Abort | None = None
    created_batches: Sequence[CreatedBatch] = ()
    unsettled: Part | None = None
    refusal: TimelineError | None = None


class _Delivery:
    """The delivery of a batch, or of one event of it, so far."""

    _is_path_checked = False

    def __init__(self, options: DeliveryOptions, api: Api, fresh_ids: Set[str] = frozenset()) -> None:
        self._options = options
        self._api = api
        self._fresh_ids = fresh_ids
        self._others: list[Outcome] = []
        self._created_batches: list[CreatedBatch] = []
        self._requests = 0
        self._retried = 0
        self._refused_in_a_row = 0  # events that were refused alone, since one was created
        self._most = sys.maxsize  # events in a request

    def result(self) -> DeliveryResult:
        """Return the outcomes of all parts that were sent."""
        fallback_api = None if self._api is self._options.apis.primary else self._api.version
        return DeliveryResult(
            self._others,
            self._requests,
            self._retried,
            created_batches=self._created_batches,
            fallback_api=fallback_api,
        )

    def start(self, part: Part) -> Generator[Step, Reply, None]:
        """Send a part until each of its events has its outcome."""
        if part.opened_by not in (None, self._api.version):
            self._others = part.give_up(_OTHER_API)
        elif self._api is self._options.apis.fallback:
            yield from self._send((yield from self._converted([part], None)))
        else:
            yield from self._send([part])

    def _send(self, parts: list[Part]) -> Generator[Step, Reply, None]:
        while parts:
            part = parts.pop()
            if len(part.items) > self._most:
                parts.append(replace(part, items=part.items[self._most :]))
                part = replace(part, items=part.items[: self._most])
            reply = yield from self._reply(part.items, is_again=part.attempts > 0)
            if isinstance(reply, NotFoundError) and not (self._is_path_checked or self._created_batches):
                reply = yield from self._about_path(reply)
            next_steps = _Evaluation(self._options, self._options.chance(), self._api).of(part, reply)
            self._created_batches += next_steps.created_batches
            self._others += next_steps.others
            parts += reversed(next_steps.parts)
            if next_steps.unsettled:
                parts += yield from self._settled(next_steps.unsettled)
            if next_steps.refusal:
                self._api = self._options.apis.fallback or self._api
                parts = yield from self._converted(parts, next_steps.refusal)
            if next_steps.step:
                yield next_steps.step
            self._adapt(part, next_steps)

    def _reply(self, items: Batch, *, is_again: bool) -> Generator[Step, Reply, Reply]:
        apis = self._options.apis
        reply = yield Send(items, self._api, is_again or apis.had_conflict)
        if not isinstance(reply, StoppedError):
            self._requests += 1
            self._retried += is_again and bool(items)
        apis.had_conflict = isinstance(reply, ConflictError)
        return reply

    def _about_path(self, error: NotFoundError) -> Generator[Step, Reply, Reply]:
        """Find out by a batch without events whether a 404 is about one, or about the path, which ends the run."""
        self._is_path_checked = True
        if not isinstance((yield from self._reply((), is_again=True)), NotFoundError):
            return error
        path_error = UnexpectedStatusError(error.status, error.body, text=error.text)
        path_error.advice = (
            f"There is no API {self._api.version} at this base URL: set api (--api) to a version that there is, such "
            "as 2026-09, or correct the base URL."
        )
        return path_error

    def _adapt(self, part: Part, next_steps: _NextSteps) -> None:
        """Send events alone once two in a row were refused alone, and twice as many after each that is created.

        So n events that are all refused take n + log2 n requests, and not 2 n as by splitting alone.
        """
        if next_steps.created_batches:
            self._refused_in_a_row = 0
            self._most = min(self._most * 2, sys.maxsize)
        elif len(part.items) == len(next_steps.others) == 1:
            self._refused_in_a_row += 1
            self._most = 1 if self._refused_in_a_row > 1 else self._most

    def _converted(self, parts: list[Part], error: TimelineError | None) -> Generator[Step, Reply, list[Part]]:
        """Return parts in the format of the fallback, without events that the first API may have created."""
        converted: list[Part] = []
        for part in parts:
            if part.is_open and part.opened_by != self._api.version:
                self._others += part.give_up(_OTHER_API)
                continue
            yield Switch(part.items, error)
            items: list[Item] = []
            for item in part.items:
                try:
                    items.append(replace(item, body=self._api.convert(item.body, item.id).body))
                except EventError as reason:
                    kind = Unconfirmed if part.is_open else Rejected
                    self._others.append(failure(kind, item, part.attempts, reason))
            if items:
                converted.append(replace(part, items=tuple(items)))
        return converted

    def _settled(self, part: Part) -> Generator[Step, Reply, list[Part]]:
        """Find out which events of a part exist, and return those that are certain not to, to be sent again."""

        def deliver_one(item: Item) -> Delivery:
            single = _Delivery(self._options, self._api)
            yield from single._send([Part((item,), attempts=part.attempts)])
            result = single.result()
            self._requests += result.requests
            self._retried += result.retried
            return result

        settlement = yield from settle(part, self._fresh_ids, deliver_one)
        self._others += settlement.outcomes
        return settlement.parts


class _Evaluation(Struct, frozen=True):
    """How a delivery continues after a reply; `chance` is a random number from 0 to 1."""

    options: DeliveryOptions
    chance: float
    api: Api

    def of(self, part: Part, reply: Reply) -> _NextSteps:
        if isinstance(reply, StoppedError):
            return _NextSteps(part.give_up(reply))
        refused_again = part.is_refreshed and isinstance(reply, AuthenticationError)
        unverified = part.unverified
        part = replace(part, attempts=part.attempts + 1, is_refreshed=refused_again, unverified=None)
        # Two conflicts in a row say nothing: what exists now may have been created by the request before.
        is_conflict = isinstance(unverified, ConflictError) and isinstance(reply, ConflictError)
        if unverified and (is_conflict or not _is_repeated(unverified, reply)):
            part = replace(part, is_unattributed=True)
        if is_conflict and len(part.items) > 1:
            return _NextSteps(unsettled=part)
        if refusal := self._unverified_refusal(part, reply):
            return _NextSteps(parts=[replace(part, unverified=refusal, last_error=refusal)])
        if isinstance(reply, BatchResponse):
            return self._after_error(part, reply.error) if reply.error else self._after_response(part, reply)
        return self._after_error(part, reply or InvalidResponseError("There was no response"))

    def _unverified_refusal(self, part: Part, reply: Reply) -> ApiError | None:
        """Return the refusal in a reply if it must be repeated on a new connection before it ends an event.

        Only the first request of a part may use another connection; a transport that ignores that causes no loop.
        """
        match reply:
            case BatchResponse() if reply.errors:
                refusal: ApiError = as_error(reply.errors)
            case ApiError():
                refusal = reply
            case _:
                return None
        if part.attempts > 1 or not reply.may_be_unsolicited or _contains_id(reply, refusal, part.items):
            return None
        return None if isinstance(decide(refusal, part.attempts, self.options.retry, self.chance), Retry) else refusal

    def _after_error(self, part: Part, error: TimelineError) -> _NextSteps:
        first, *others = part.items
        decision = decide(error, part.retries + 1, self.options.retry, self.chance)
        match decision:
            case Split() if others and isinstance(error, ApiError):
                if part.is_ambiguous and self.api.is_atomic:
                    return _NextSteps(unsettled=part)
                return self._after_refusal(part, error)
            case Split() if isinstance(error, ApiError):
                return _NextSteps([part.refused(first, error)])
            case Refresh() if not part.is_refreshed:
                return _NextSteps(parts=[replace(part, is_refreshed=True)])
            case Split() | Refresh() | Stop():
                if isinstance(error, AuthenticationError) and self.options.apis.fallback not in (None, self.api):
                    return _NextSteps(parts=[part], refusal=error)
                return _NextSteps(part.give_up(error), step=Abort(error))
        part = replace(
            part,
            retries=part.retries + 1,
            waited=part.waited + decision.seconds,
            is_ambiguous=part.is_ambiguous or decision.is_ambiguous,
            last_error=error if decision.is_ambiguous else part.last_error,
        )
        if part.retries >= self.options.retry.attempts or part.waited > self.options.retry.wait_total:
            is_unreachable = isinstance(error, NotConnectedError)
            return _NextSteps(part.give_up(error), step=Abort(error) if is_unreachable else None)
        return _NextSteps(parts=[part], step=Wait(decision.seconds, error))

    def _after_refusal(self, part: Part, error: ApiError) -> _NextSteps:
        """Settle the events that the refusal names and send the others again; if it names none, split."""
        named = named_ids(error.body, [item.id for item in part.items])
        refused = [part.refused(item, error) for item in part.items if item.id in named]
        others = tuple(item for item in part.items if item.id not in named)
        if not named:
            return _NextSteps(parts=part.split(by_bytes=isinstance(error, PayloadTooLargeError)))
        return _NextSteps(refused, [replace(part, items=others)] if others else [])

    def _after_response(self, part: Part, response: BatchResponse) -> _NextSteps:
        is_mixed = part.duplicates == "ok" and len({as_error([each]).says_exists for each in response.errors}) > 1
        result = reconcile(part.items, response, is_ambiguous=part.is_ambiguous or part.is_unattributed or is_mixed)
        created_batches = [CreatedBatch(result.created, part.attempts, response)] if result.created else []
        refused = [part.refused(item, as_error(errors)) for item, errors in result.refused]
        rest = self._after_error(replace(part, items=result.missing), _MISSING) if result.missing else _NextSteps()
        # Any of the unattributed may be created and only not be listed: then "exists already" will confirm it.
        unattributed = replace(part, items=result.unattributed, is_unattributed=True, last_error=_UNATTRIBUTED)
        parts = unattributed.split() if result.unattributed else []
        return _NextSteps(refused + rest.others, parts + rest.parts, rest.step, created_batches)


def _is_repeated(refusal: ApiError, reply: Reply) -> bool:
    """Return whether a reply refuses all events for the same reason, and none because it exists now."""
    errors = [as_error([each]) for each in reply.errors] if isinstance(reply, BatchResponse) else [reply]
    return all(type(error) is type(refusal) for error in errors)


def _contains_id(reply: BatchResponse | ApiError, refusal: ApiError, items: Batch) -> bool:
    """Return whether a reply with a refusal contains an id of the request, so that it belongs to no other."""
    ids = [item.id for item in items]
    is_listed = isinstance(reply, BatchResponse) and not reply.created_ids.isdisjoint(ids)
    return is_listed or bool(quoted_ids(refusal.body, ids))
