"""The delivery of one batch: a generator without I/O, which threads and coroutines drive alike.

It yields Send (the driver replies with a BatchResponse or a TimelineError), Wait, Abort and Switch (the reply is None),
and returns a DeliveryResult with one outcome for each event. A 2xx response is reconciled by id; events that it leaves
open are sent again with the same ids. A refused batch is sent again without the events that the refusal names, or split
until the invalid events stand alone. What is still ambiguous at the end is Unconfirmed, never a guess.

On a reused connection, a response may belong to an earlier request, or to none; the ids that it contains show that it
does not. A refusal without them is not trusted: the events are sent again, on a connection that is new.
"""

import sys
from collections.abc import Callable, Generator, Set

from msgspec import Struct
from msgspec.structs import replace

from hubspot_timeline.apis import Api, Apis
from hubspot_timeline.delivery.batches import Batch, Item
from hubspot_timeline.delivery.evaluation import ADVICE, Evaluation, NextSteps
from hubspot_timeline.delivery.outcomes import Duplicates, Outcome, Rejected, Unconfirmed
from hubspot_timeline.delivery.part import Part, failure
from hubspot_timeline.delivery.response import BatchResponse
from hubspot_timeline.delivery.retry import RetryPolicy
from hubspot_timeline.delivery.settlement import settle
from hubspot_timeline.delivery.steps import (
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
    ConflictError,
    ConnectionLostError,
    EventError,
    NotFoundError,
    StoppedError,
    TimelineError,
    UnexpectedStatusError,
)
from hubspot_timeline.events.ids import NewId

_EARLIER_RUN = ConnectionLostError(f"An earlier run ended before the response for the event arrived; {ADVICE}")
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


class _Delivery:
    """The delivery of a batch, or of one event of it, so far."""

    _is_path_checked = False

    def __init__(self, options: DeliveryOptions, api: Api, fresh_ids: Set[str] = frozenset()) -> None:
        self._options = options
        self._api = api
        self._fresh_ids = fresh_ids
        self._others: list[Outcome] = []
        self._created_batches: list[CreatedBatch] = []
        self._waits: list[float] = []
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
            if isinstance(reply, NotFoundError) and self._may_be_of_path(part, reply):
                reply = yield from self._about_path(reply)
                if isinstance(reply, StoppedError):
                    part = replace(part, attempts=part.attempts + 1)
            next_steps = self._evaluation().of(part, reply)
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
            if isinstance(next_steps.step, Wait):
                self._waits.append(next_steps.step.seconds)
            self._adapt(part, next_steps)

    def _evaluation(self) -> Evaluation:
        options = self._options
        has_fallback = options.apis.fallback not in (None, self._api)
        return Evaluation(self._api, has_fallback, options.retry, options.chance())

    def _reply(self, items: Batch, *, is_again: bool) -> Generator[Step, Reply, Reply]:
        apis = self._options.apis
        reply = yield Send(items, self._api, is_again or apis.had_conflict)
        if not isinstance(reply, StoppedError):
            self._requests += 1
            self._retried += is_again and bool(items)
        apis.had_conflict = isinstance(reply, ConflictError)
        return reply

    def _may_be_of_path(self, part: Part, error: NotFoundError) -> bool:
        is_verified = part.attempts > 0 or not error.may_be_unsolicited
        return is_verified and not (self._is_path_checked or self._created_batches)

    def _about_path(self, error: NotFoundError) -> Generator[Step, Reply, Reply]:
        """Find out by a batch without events whether a 404 is about one, or about the path, which ends the run."""
        reply = yield from self._reply((), is_again=True)
        if not isinstance(reply, BatchResponse | ApiError):  # stopped, or no connection
            return reply
        self._is_path_checked = True
        if not isinstance(reply, NotFoundError):
            return error
        path_error = UnexpectedStatusError(error.status, error.body, text=error.text)
        path_error.advice = (
            f"The API {self._api.version} is not at this base URL: set api (--api) to a version that is, such as "
            "2026-09, or correct the base URL."
        )
        return path_error

    def _adapt(self, part: Part, next_steps: NextSteps) -> None:
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
        waits: list[float] = []

        def unsent(items: Batch) -> Part:
            retries, waited = part.retries + len(waits), part.waited + sum(waits)
            return Part(items, attempts=part.attempts, retries=retries, waited=waited)

        def deliver_one(item: Item) -> Delivery:
            single = _Delivery(self._options, self._api)
            single._is_path_checked = True  # an API that refuses a batch is there
            single._waits = waits
            yield from single._send([unsent((item,))])
            result = single.result()
            self._requests += result.requests
            self._retried += result.retried
            return result

        settlement = yield from settle(part, self._fresh_ids, deliver_one)
        self._others += settlement.outcomes
        return [replace(unsent(settlement.rest), duplicates=part.duplicates)] if settlement.rest else []
