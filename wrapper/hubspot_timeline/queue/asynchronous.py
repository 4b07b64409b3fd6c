"""The background queue for coroutines, in the same words with await."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from math import inf
from types import TracebackType
from typing import Self

from attrs import evolve

from hubspot_timeline.delivery.batches import Batch, BatchLimits, Item
from hubspot_timeline.delivery.engine import Delivered, undelivered
from hubspot_timeline.delivery.outcomes import EventLike, Outcome, Rejected, Report
from hubspot_timeline.errors import StoppedError
from hubspot_timeline.execution.asynchronous import AsyncRun
from hubspot_timeline.execution.reader import prepare
from hubspot_timeline.execution.run import ErrorCount
from hubspot_timeline.queue.callbacks import call_guarded
from hubspot_timeline.queue.options import QueueOptions
from hubspot_timeline.queue.timed_batcher import Pending

log = logging.getLogger(__name__)

_CUT = RuntimeError("a task of the queue was cancelled from outside")


class AsyncTimelineQueue:
    """Takes events one at a time, in one event loop, and sends them in batches in the background.

    Made by `AsyncTimelineClient.queue()`; it is to coroutines what TimelineQueue is to threads, but for the end of the
    program, when no loop is left to send with: leave its `async with`, or await `close()`.
    """

    def __init__(
        self,
        deliver: Callable[[Batch, AsyncRun], Awaitable[Delivered]],
        options: QueueOptions,
        *,
        limits: BatchLimits,
        errors: ErrorCount,
        workers: int,
        on_closed: Callable[["AsyncTimelineQueue"], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._deliver = deliver
        self._options = options
        self._errors = errors
        self._workers = workers
        self._on_closed = on_closed
        self._pending = Pending(limits, options, clock)
        self._report = Report(max_failures=0)
        self._clock = clock
        self._began = clock()
        self._run = AsyncRun()
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle = 0
        self._closing = False
        self._changes = _Changes()

    async def put(self, event: EventLike, *, timeout: float | None = None) -> None:
        """Take an event, as it is now; the same as `TimelineQueue.put` with await."""
        taken = prepare(0, event)
        self._refuse_if_closed()
        if isinstance(taken, Rejected):
            self._tell([self._pending.pass_by(taken)])
        elif not await self._accept(taken, timeout):
            call_guarded(self._options.on_drop, event)

    async def flush(self, timeout: float | None = None) -> bool:
        """Send what waits, and return whether all that was put until now has ended within `timeout` seconds."""
        before = self._pending.hurry()
        self._start_worker()
        self._changes.tell()
        return await self._changes.until(lambda: self._pending.has_ended(before), timeout)

    async def close(self, timeout: float | None = None) -> Sequence[Outcome]:
        """Take no more events, send what waits, and return the outcomes of those that are left after `timeout` seconds.

        What waited then is Unsent, what was under way Unconfirmed; `on_outcome` is given these too.
        """
        self._closing = True
        self._pending.hurry()
        self._start_worker()
        self._changes.tell()
        left: Sequence[Outcome] = []
        if not await self._changes.until(lambda: not self._pending, timeout):
            self._run.halt(StoppedError("the queue was closed before all was sent"))
            left = self._pending.give_up()
        self._tell(left)
        self._on_closed(self)
        return left

    @property
    def pending(self) -> int:
        """How many events have not ended."""
        return len(self._pending)

    @property
    def report(self) -> Report:
        """The sum of what became of the events so far, without the failures themselves."""
        return evolve(self._report.copy(), seconds=self._clock() - self._began)

    @property
    def stopped(self) -> StoppedError | None:
        """Why nothing more is sent, if that is so."""
        return self._run.stopped

    def halt(self, reason: BaseException) -> None:
        """Let no further request begin: what waits is Unsent."""
        self._run.halt(reason)
        if waiting := self._pending.waiting:
            log.warning("%d events of a queue are not sent: %s", waiting, reason)
        self._changes.tell()

    async def drain(self) -> None:
        """Wait until everything has ended."""
        self._start_worker()
        await self._changes.until(lambda: not self._pending, None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self.halt(error)
        await self.close()

    async def _accept(self, item: Item, seconds: float | None) -> bool:
        """Put an event, or return whether it has to be dropped instead."""
        size = len(item.body)
        if not self._pending.has_room(size):  # what waits must not wait for its age, nor this put for that
            self._pending.hurry()
            self._start_worker()
            self._changes.tell()
        if self._options.on_full == "block":
            await self._changes.until(lambda: self._closing or self._pending.has_room(size), seconds)
        self._refuse_if_closed()
        if not self._pending.put(item):
            return False
        self._start_worker()
        self._changes.tell()
        return True

    def _refuse_if_closed(self) -> None:
        if self._closing:
            raise StoppedError("the queue is closed")

    def _start_worker(self) -> None:
        if self._pending.waiting and not self._idle and len(self._tasks) < self._workers:
            task = asyncio.create_task(self._work(), name="hubspot-timeline-queue")
            self._tasks.add(task)  # a loop alone would let it be collected
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.get_loop().is_closed():  # a task that was cancelled leaves its work to another
            self._start_worker()

    async def _work(self) -> None:
        while batch := await self._next():
            delivered = undelivered(batch, _CUT)
            try:
                delivered = await self._deliver(batch, self._run)
            finally:  # whoever cancels this task, the events have an outcome
                self._end(delivered)

    async def _next(self) -> Batch | None:
        """Wait for the next batch that is due; return None once there will be none."""
        self._idle += 1
        try:
            while (seconds := self._due_in()) > 0:
                if self._closing:
                    return None
                await self._changes.next(None if seconds == inf else seconds)
            batch = self._pending.take()
        finally:
            self._idle -= 1
        if self._due_in() <= 0:  # the idle worker that kept others from being started was this one
            self._start_worker()
        return batch

    def _due_in(self) -> float:
        return self._pending.due_in(at_once=self._closing or bool(self._run.stopped))

    def _end(self, delivered: Delivered) -> None:
        outcomes = self._pending.claim(delivered.outcomes)
        self._report.requests += delivered.requests
        self._report.retried += delivered.retried
        if too_many := self._errors.passed(Delivered(outcomes)):
            self.halt(too_many)
        self._tell(outcomes)

    def _tell(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            call_guarded(self._options.on_outcome, outcome)
            self._report.add(outcome)
        self._pending.told(outcomes)
        self._changes.tell()


class _Changes:
    """Lets tasks wait for the next change of a state; a change is told to all that wait, without awaiting."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def tell(self) -> None:
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    async def next(self, seconds: float | None) -> bool:
        """Wait for a change; return False if none came within so many seconds."""
        change = asyncio.get_running_loop().create_future()
        self._waiting.add(change)
        try:
            await asyncio.wait_for(change, seconds)
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(change)
        return True

    async def until(self, is_so: Callable[[], bool], seconds: float | None) -> bool:
        """Wait until something is so; return whether it is after so many seconds."""
        loop = asyncio.get_running_loop()
        deadline = None if seconds is None else loop.time() + seconds
        while not is_so():
            left = None if deadline is None else deadline - loop.time()
            if (left is not None and left <= 0) or not await self.next(left):
                return is_so()
        return True
