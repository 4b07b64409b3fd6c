"""BaseQueue: what both background queues share, which is all but how they wait, deliver and start workers.

Its actions are coroutines. In the queue for threads what they await blocks, so that each ends without suspending.
"""

import logging
import time
from abc import abstractmethod
from asyncio import CancelledError
from collections.abc import Callable, Sequence
from math import inf
from typing import Any, ClassVar, Protocol, TypeVar

from attrs import define, field
from msgspec.structs import replace

from hubspot_timeline.delivery.batches import Batch, BatchLimits, Item
from hubspot_timeline.delivery.observation import Notifier, Observation
from hubspot_timeline.delivery.outcomes import Outcome, Rejected, Report, Unconfirmed
from hubspot_timeline.delivery.progress import Progress, ReportBuilder, RunCounters
from hubspot_timeline.delivery.steps import DeliveryResult
from hubspot_timeline.errors import StoppedError, counted, printable
from hubspot_timeline.execution.reader import Preparation
from hubspot_timeline.execution.run import Abortable, ErrorCounter
from hubspot_timeline.queue.options import QueueOptions
from hubspot_timeline.queue.timed_batcher import TimedBatcher

_log = logging.getLogger(__name__)

T = TypeVar("T")


class Condition(Protocol):
    """A lock with notifications, as threading.Condition is."""

    def __enter__(self) -> Any: ...
    def __exit__(self, kind: Any, error: Any, trace: Any, /) -> Any: ...
    def notify_all(self) -> None:
        """Wake all that wait."""

    async def wait_for_notification(self, seconds: float | None) -> None:
        """Release the lock and wait for a notification, at most so many seconds."""


@define(eq=False, slots=False, repr=False)
class BaseQueue:
    """A queue, whose state `_condition` guards; `deliver` sends a batch, `on_closed` is called with the queue."""

    _condition_type: ClassVar[type[Condition]]

    _deliver: Callable[[Batch, Any], Any] = field(alias="deliver")
    _options: QueueOptions = field(alias="options")
    _limits: BatchLimits = field(kw_only=True, alias="limits")
    _error_count: ErrorCounter = field(kw_only=True, alias="error_count")
    _max_in_flight: int = field(kw_only=True, alias="max_in_flight")
    _preparation: Preparation = field(kw_only=True, alias="preparation")
    _on_closed: Callable[[Any], object] = field(kw_only=True, alias="on_closed")
    _clock: Callable[[], float] = field(default=time.monotonic, kw_only=True, alias="clock")
    _notifier: Notifier | None = field(default=None, kw_only=True, alias="notifier")

    def __attrs_post_init__(self) -> None:
        self._closing = False
        self._reset()
        if self._notifier:
            self._notifier(self._notifier.observer.queue_opened, self)

    @property
    def pending(self) -> int:
        """How many events have no outcome yet."""
        with self._condition:
            return len(self._batcher)

    @property
    def report(self) -> Report:
        """The sum of the outcomes so far, without the failures themselves."""
        with self._condition:
            return self._report_builder.report.copy()

    @property
    def progress(self) -> Progress:
        """A snapshot of the queue."""
        with self._condition:
            self._report_builder.counters.read = self._batcher.count
            return self._report_builder.progress()

    @property
    def stopped(self) -> StoppedError | None:
        """Why nothing more is sent, or None."""
        return self._run.stopped

    def abort(self, reason: BaseException) -> None:
        """Let no further request begin: the events that wait are Unsent."""
        with self._condition:
            if waiting := self._batcher.waiting:
                _log.warning("%s of a queue will not be sent: %s", counted(waiting, "event"), reason)
            self._run.abort(reason)
            self._condition.notify_all()

    @abstractmethod
    def _new_run(self, counters: RunCounters) -> Abortable: ...

    @abstractmethod
    def _spawn_worker(self) -> None:
        """Start a worker, and add it to `_workers` until it ends."""

    @abstractmethod
    async def _send(self, batch: Batch) -> DeliveryResult:
        """Deliver a batch."""

    def _is_worker(self) -> bool:
        """Return whether the caller is a callback, which must not wait for its own end."""
        return False

    def _reset(self) -> None:
        """Begin with an empty queue; also in a forked child, where locks may be held by threads that are not there."""
        self._condition = self._condition_type()
        self._batcher = TimedBatcher(self._limits, self._options, self._clock)
        self._report_builder = ReportBuilder(Report(max_failures=0), clock=self._clock)
        if self._notifier:
            self._report_builder.counters.observation = Observation(self._notifier)
        self._run = self._new_run(self._report_builder.counters)
        self._workers: set[object] = set()
        self._idle = 0  # workers that wait for a batch

    async def _put(self, event: object, timeout: float | None) -> None:
        prepared = self._preparation.of(0, event)
        if isinstance(prepared, Item):
            if not await self._accept(prepared, timeout):
                call_guarded(self._options.on_drop, event)
                if self._notifier:
                    self._notifier(self._notifier.observer.event_dropped)
            return
        with self._condition:
            self._require_open()
            outcome = self._batcher.put_rejected(prepared)
        self._report_outcomes([outcome])

    async def _accept(self, item: Item, timeout: float | None) -> bool:
        """Add an event, or return False if it has to be dropped."""
        size = len(item.body)
        with self._condition:
            if not self._batcher.has_room(size):  # neither what waits nor this put has to wait for the flush interval
                self._flush_waiting()
                if self._options.on_full == "block" and not self._is_worker():
                    await self._until(lambda: self._closing or self._batcher.has_room(size), timeout)
            self._require_open()
            if not self._batcher.put(item):
                return False
            self._start_worker()
            if self._batcher.waiting == 1 or self._batcher.due_in() <= 0:  # else an idle worker need not wake up
                self._condition.notify_all()
            return True

    async def _flush(self, timeout: float | None) -> bool:
        with self._condition:
            before = self._flush_waiting()
            return not self._is_worker() and await self._until(lambda: self._batcher.is_finished(before), timeout)

    async def _close(self, timeout: float | None) -> Sequence[Outcome]:
        with self._condition:
            self._closing = True
            self._flush_waiting()
        if self._is_worker():
            return []
        if not self._workers:  # none can be started at the end of a program
            await self._work()
        left: Sequence[Outcome] = []
        with self._condition:
            if not await self._until(lambda: not self._batcher, timeout):
                self._run.abort(StoppedError("the queue was closed before all was sent"))
                left = self._batcher.abandon()
        self._report_outcomes(left)
        self._on_closed(self)
        return left

    async def _work(self) -> None:
        while batch := await self._next_batch():
            delivered = DeliveryResult(())
            try:
                delivered = await self._send(batch)
            finally:  # whatever ended the delivery or this worker, no event is left without an outcome
                self._end_delivery(batch, delivered)

    async def _next_batch(self) -> Batch | None:
        """Wait for the next batch that is due; return None once there will be none."""
        with self._condition:
            self._idle += 1
            try:
                while (seconds := self._due_in()) > 0:
                    if self._closing:
                        return None
                    await self._condition.wait_for_notification(None if seconds == inf else seconds)
                batch = self._batcher.take()
            finally:
                self._idle -= 1
            if self._due_in() <= 0:  # no other worker was started while this one was idle
                self._start_worker()
            return batch

    def _end_delivery(self, batch: Batch, delivered: DeliveryResult) -> None:
        """Report the outcomes of a delivery; an event that it leaves without one is Unconfirmed."""
        with self._condition:
            outcomes = self._batcher.claim(delivered.outcomes) + self._batcher.abandon_in_flight(batch)
        self._report_outcomes(outcomes, delivered)

    def _report_outcomes(self, outcomes: Sequence[Outcome], delivered: DeliveryResult | None = None) -> None:
        """Report outcomes, which may be fewer than those of their delivery: others were abandoned before."""
        result = replace(delivered or DeliveryResult(()), others=outcomes, created_batches=())
        with self._condition:
            if too_many := self._error_count.add(result):
                self.abort(too_many)
        try:
            for outcome in outcomes:
                call_guarded(self._options.on_outcome or _log_failure, outcome)
        finally:
            with self._condition:
                self._batcher.finish(outcomes)
                self._report_builder.add(result)
                self._condition.notify_all()

    def _start_worker(self) -> None:
        if self._batcher.waiting and not self._idle and len(self._workers) < self._max_in_flight:
            self._spawn_worker()

    def _end_worker(self, worker: object) -> None:
        """Remove a worker that has ended; if it was ended from outside, another one continues its work."""
        with self._condition:
            self._workers.discard(worker)
            self._start_worker()
            self._condition.notify_all()

    def _due_in(self) -> float:
        return self._batcher.due_in(at_once=self._closing or bool(self._run.stopped))

    async def _until(self, condition: Callable[[], bool], timeout: float | None) -> bool:
        """Wait until a condition holds; return False after `timeout` seconds, or if no worker can be started."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while not condition():
            seconds = None if deadline is None else deadline - time.monotonic()
            if (seconds is not None and seconds <= 0) or (self._batcher.waiting and not self._workers):
                return False
            await self._condition.wait_for_notification(seconds)
        return True

    def _flush_waiting(self) -> int:
        before = self._batcher.flush()
        self._start_worker()
        self._condition.notify_all()
        return before

    def _require_open(self) -> None:
        if self._closing:
            raise StoppedError("the queue is closed")


def call_guarded(function: Callable[[T], object] | None, value: T) -> None:
    """Call a callback of the application, if there is one; what it raises is logged with its traceback."""
    try:
        if function:
            function(value)
    except (Exception, SystemExit, CancelledError):  # noqa: BLE001 - logged; ending the thread would leave its events without an outcome
        _log.exception("A callback of the application failed; the queue goes on")


def _log_failure(outcome: Outcome) -> None:
    """Log an event that is not created, since nothing else would show it. Those that are Unsent are logged together."""
    if isinstance(outcome, Rejected | Unconfirmed):
        _log.warning(
            "%s event of a queue, id %s: %s", type(outcome).__name__, printable(str(outcome.id)), outcome.error.brief
        )
