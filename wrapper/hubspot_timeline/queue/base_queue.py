"""What both background queues are made of: their state, their limits and the accounting of outcomes."""

import logging
import time
from abc import abstractmethod
from asyncio import CancelledError
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Protocol, TypeVar

from hubspot_timeline.delivery.batches import Batch, BatchLimits
from hubspot_timeline.delivery.engine import DeliveryResult
from hubspot_timeline.delivery.outcomes import Outcome, Report
from hubspot_timeline.delivery.progress import Progress, ReportBuilder, RunCounters
from hubspot_timeline.errors import StoppedError
from hubspot_timeline.execution.run import Abortable, ErrorCounter
from hubspot_timeline.queue.options import QueueOptions
from hubspot_timeline.queue.timed_batcher import TimedBatcher
from hubspot_timeline.templates.validation import TemplateRules

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


class BaseQueue:
    """The state of a queue, which `_condition` guards; `deliver` sends a batch."""

    _condition_type: ClassVar[type[Condition]]

    def __init__(
        self,
        deliver: Callable[[Batch, Any], Any],
        options: QueueOptions,
        *,
        limits: BatchLimits,
        error_count: ErrorCounter,
        max_in_flight: int,
        rules: TemplateRules | None = None,
        on_closed: Callable[[Any], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._deliver = deliver
        self._options = options
        self._limits = limits
        self._error_count = error_count
        self._max_in_flight = max_in_flight
        self._rules = rules
        self._on_closed = on_closed
        self._clock = clock
        self._closing = False
        self._reset()

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
                _log.warning("%d events of a queue are not sent: %s", waiting, reason)
            self._run.abort(reason)
            self._condition.notify_all()

    @abstractmethod
    def _new_run(self, counters: RunCounters) -> Abortable: ...

    @abstractmethod
    def _spawn_worker(self) -> None:
        """Start a worker, and add it to `_workers` until it ends."""

    def _is_worker(self) -> bool:
        """Return whether the caller is a callback, which must not wait for its own end."""
        return False

    def _reset(self) -> None:
        """Begin with an empty queue; also in a forked child, where locks may be held by threads that are not there."""
        self._condition = self._condition_type()
        self._batcher = TimedBatcher(self._limits, self._options, self._clock)
        self._report_builder = ReportBuilder(Report(max_failures=0), None, None, self._clock)
        self._run = self._new_run(self._report_builder.counters)
        self._workers: set[object] = set()
        self._idle = 0  # workers that wait for a batch

    def _start_worker(self) -> None:
        if self._batcher.waiting and not self._idle and len(self._workers) < self._max_in_flight:
            self._spawn_worker()

    def _end_worker(self, worker: object) -> None:
        """Remove a worker that has ended; if it was ended from outside, another one continues its work."""
        with self._condition:
            self._workers.discard(worker)
            self._start_worker()
            self._condition.notify_all()

    def _end_delivery(self, batch: Batch, delivered: DeliveryResult) -> None:
        """Report the outcomes of a delivery; an event that it leaves without one is Unconfirmed."""
        with self._condition:
            outcomes = self._batcher.claim(delivered.outcomes) + self._batcher.abandon_in_flight(batch)
        self._report_outcomes(outcomes, delivered.requests, delivered.retried)

    def _report_outcomes(self, outcomes: Sequence[Outcome], requests: int = 0, retried: int = 0) -> None:
        result = DeliveryResult(outcomes, requests, retried)
        with self._condition:
            if too_many := self._error_count.add(result):
                self.abort(too_many)
        try:
            for outcome in outcomes:
                call_guarded(self._options.on_outcome, outcome)
        finally:
            with self._condition:
                self._batcher.finish(outcomes)
                self._report_builder.add(result)
                self._condition.notify_all()


def call_guarded(function: Callable[[T], object] | None, value: T) -> None:
    """Call a callback of the application, if there is one; what it raises is logged with its traceback."""
    try:
        if function:
            function(value)
    except (Exception, SystemExit, CancelledError):  # noqa: BLE001 - logged; ending the thread would leave its events without an outcome
        _log.exception("A callback of the application failed; the queue goes on")
