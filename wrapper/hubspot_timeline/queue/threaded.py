"""The background queue for threads: an application puts one event at a time, others send them in batches."""

import atexit
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from math import inf
from threading import TIMEOUT_MAX, Condition, Thread, current_thread
from types import TracebackType
from typing import Self
from weakref import ref

from attrs import evolve

from hubspot_timeline.delivery.batches import Batch, BatchLimits, Item
from hubspot_timeline.delivery.engine import Delivered, undelivered
from hubspot_timeline.delivery.outcomes import EventLike, Outcome, Rejected, Report
from hubspot_timeline.errors import StoppedError
from hubspot_timeline.execution.forks import renew_after_fork
from hubspot_timeline.execution.reader import prepare
from hubspot_timeline.execution.run import ErrorCount
from hubspot_timeline.execution.sync import Run
from hubspot_timeline.queue.callbacks import call_guarded
from hubspot_timeline.queue.options import QueueOptions
from hubspot_timeline.queue.timed_batcher import Pending

log = logging.getLogger(__name__)


class TimelineQueue:
    """Takes events one at a time, from any thread, and sends them in batches in the background.

    Made by `TimelineClient.queue()`. Every event that is put ends in one outcome, which `on_outcome` is given in some
    thread. Use it as a context manager, or close it: leaving normally sends what waits, leaving on an exception sends
    nothing more. A program that ends without either waits for it, up to `exit_timeout` seconds. The events are in
    memory: what a killed process had not sent is lost.

    Once the client has stopped, say over a refused token or a daily limit, what waits is Unsent, and so is what is put
    later: an application goes on, and `stopped` says why. After a fork the child begins with an empty queue; the
    parent sends what it had.
    """

    def __init__(
        self,
        deliver: Callable[[Batch, Run], Delivered],
        options: QueueOptions,
        *,
        limits: BatchLimits,
        errors: ErrorCount,
        workers: int,
        on_closed: Callable[["TimelineQueue"], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._deliver = deliver
        self._options = options
        self._errors = errors
        self._workers = workers
        self._on_closed = on_closed
        self._new_pending = partial(Pending, limits, options, clock)
        self._closing = False
        self._clock = clock
        self._begin()
        self._at_exit = _closing_at_exit(self)
        atexit.register(self._at_exit)
        renew_after_fork(self, TimelineQueue._begin)

    def put(self, event: EventLike, *, timeout: float | None = None) -> None:
        """Take an event, as it is now.

        Where the queue is full, wait up to `timeout` seconds for room (None: as long as it takes), or do what `on_full`
        says; `on_outcome` never waits, since it would wait for itself. An event that cannot be sent is Rejected and
        raises nothing. Raises QueueFullError, and StoppedError once the queue is closed.
        """
        taken = prepare(0, event)
        if isinstance(taken, Rejected):
            self._reject(taken)
        elif not self._accept(taken, timeout):
            call_guarded(self._options.on_drop, event)

    def flush(self, timeout: float | None = None) -> bool:
        """Send what waits, and return whether all that was put until now has ended within `timeout` seconds."""
        with self._changed:
            before = self._pending.hurry()
            self._start_worker()
            self._changed.notify_all()
            if current_thread() in self._threads:  # a callback would wait for its own end
                return False
            # Without a worker, since none can be started any more, the end of the program sends what waits.
            self._changed.wait_for(lambda: self._pending.has_ended(before) or not self._threads, _bounded(timeout))
            return self._pending.has_ended(before)

    def close(self, timeout: float | None = None) -> Sequence[Outcome]:
        """Take no more events, send what waits, and return the outcomes of those that are left after `timeout` seconds.

        What waited then is Unsent, what was under way Unconfirmed; `on_outcome` is given these too. Called by
        `on_outcome` it does not wait. Closing again does no harm.
        """
        with self._changed:
            self._closing = True
            self._pending.hurry()
            self._start_worker()
            self._changed.notify_all()
            if current_thread() in self._threads:
                return []
        if not self._threads:  # none could be started, since the program is ending
            self._work()
        left = self._left_after(timeout)
        self._tell(left)
        atexit.unregister(self._at_exit)
        self._on_closed(self)
        return left

    @property
    def pending(self) -> int:
        """How many events have not ended."""
        with self._changed:
            return len(self._pending)

    @property
    def report(self) -> Report:
        """The sum of what became of the events so far, without the failures themselves."""
        with self._changed:
            return evolve(self._report.copy(), seconds=self._clock() - self._began)

    @property
    def stopped(self) -> StoppedError | None:
        """Why nothing more is sent, if that is so."""
        return self._run.stopped

    def halt(self, reason: BaseException) -> None:
        """Let no further request begin: what waits is Unsent."""
        with self._changed:
            if waiting := self._pending.waiting:
                log.warning("%d events of a queue are not sent: %s", waiting, reason)
            self._run.halt(reason)
            self._changed.notify_all()

    def drain(self) -> None:
        """Wait until everything has ended, unless this is called by `on_outcome`."""
        with self._changed:
            self._start_worker()
            if current_thread() in self._threads:
                return
            if not self._threads:  # and none can be started
                self._tell(self._pending.give_up())
            self._changed.wait_for(lambda: not self._pending)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self.halt(error)
        self.close()

    def _begin(self) -> None:
        """Begin with nothing; also in a forked child, where locks may be held by threads that are not there."""
        self._changed = Condition()  # guards what follows
        self._pending = self._new_pending()
        self._report = Report(max_failures=0)
        self._began = self._clock()
        self._run = Run()
        self._threads: list[Thread] = []
        self._idle = 0

    def _reject(self, rejected: Rejected) -> None:
        with self._changed:
            self._refuse_if_closed()
            outcome = self._pending.pass_by(rejected)
        self._tell([outcome])

    def _accept(self, item: Item, timeout: float | None) -> bool:
        """Put an event, or return whether it has to be dropped instead."""
        size = len(item.body)
        with self._changed:
            if not self._pending.has_room(size):  # what waits must not wait for its age, nor this put for that
                self._pending.hurry()
                self._start_worker()
                self._changed.notify_all()
            if self._options.on_full == "block" and current_thread() not in self._threads:
                self._changed.wait_for(
                    lambda: self._closing or self._pending.has_room(size) or not self._threads, _bounded(timeout)
                )
            self._refuse_if_closed()
            if not self._pending.put(item):
                return False
            self._start_worker()
            self._changed.notify_all()
            return True

    def _refuse_if_closed(self) -> None:
        if self._closing:
            raise StoppedError("the queue is closed")

    def _start_worker(self) -> None:
        if not self._pending.waiting or self._idle or len(self._threads) >= self._workers:
            return
        thread = Thread(target=self._work, name="hubspot-timeline-queue", daemon=True)
        with suppress(RuntimeError):  # the program is ending; close() will do the work
            thread.start()
            self._threads.append(thread)

    def _work(self) -> None:
        try:
            while batch := self._next():
                self._end(self._delivered(batch))
        finally:
            with self._changed:
                with suppress(ValueError):  # close() works in a thread that is none of these
                    self._threads.remove(current_thread())
                self._changed.notify_all()

    def _delivered(self, batch: Batch) -> Delivered:
        try:
            return self._deliver(batch, self._run)
        except BaseException as error:
            log.exception("A delivery was ended from outside")
            return undelivered(batch, error)

    def _next(self) -> Batch | None:
        """Wait for the next batch that is due; return None once there will be none."""
        with self._changed:
            self._idle += 1
            try:
                while (seconds := self._due_in()) > 0:
                    if self._closing:
                        return None
                    self._changed.wait(None if seconds == inf else seconds)
                batch = self._pending.take()
            finally:
                self._idle -= 1
            if self._due_in() <= 0:  # the idle worker that kept others from being started was this one
                self._start_worker()
            return batch

    def _due_in(self) -> float:
        return self._pending.due_in(at_once=self._closing or bool(self._run.stopped))

    def _end(self, delivered: Delivered) -> None:
        with self._changed:
            outcomes = self._pending.claim(delivered.outcomes)
            self._report.requests += delivered.requests
            self._report.retried += delivered.retried
            if too_many := self._errors.passed(Delivered(outcomes)):
                self.halt(too_many)
        self._tell(outcomes)

    def _tell(self, outcomes: Sequence[Outcome]) -> None:
        try:
            for outcome in outcomes:
                call_guarded(self._options.on_outcome, outcome)
        finally:
            with self._changed:
                self._pending.told(outcomes)
                for outcome in outcomes:
                    self._report.add(outcome)
                self._changed.notify_all()

    def _left_after(self, timeout: float | None) -> Sequence[Outcome]:
        with self._changed:
            if self._changed.wait_for(lambda: not self._pending, _bounded(timeout)):
                return []
            self._run.halt(StoppedError("the queue was closed before all was sent"))
            return self._pending.give_up()

    def _close_at_exit(self) -> None:
        if left := self.close(self._options.exit_timeout):
            log.warning("The program ended with %d events in a queue that was not closed", len(left))


def _bounded(timeout: float | None) -> float | None:
    return None if timeout is None else min(timeout, TIMEOUT_MAX)


def _closing_at_exit(queue: TimelineQueue) -> Callable[[], None]:
    """Return what closes a queue at the end of the program, without keeping it alive until then."""
    weak = ref(queue)

    def close() -> None:
        if found := weak():
            found._close_at_exit()  # noqa: SLF001 - a part of the queue that must not hold it

    return close
