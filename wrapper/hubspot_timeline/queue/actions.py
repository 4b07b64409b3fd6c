"""The actions of a background queue: put, flush, close, and the work of a worker.

They are coroutines. In the queue for threads what they await blocks, so that each runs to its end without suspending.
"""

import time
from abc import abstractmethod
from collections.abc import Callable, Sequence
from math import inf

from hubspot_timeline.delivery.batches import Batch, Item
from hubspot_timeline.delivery.engine import DeliveryResult
from hubspot_timeline.delivery.outcomes import EventLike, Outcome
from hubspot_timeline.errors import StoppedError
from hubspot_timeline.execution.reader import prepare
from hubspot_timeline.queue.base_queue import BaseQueue, call_guarded


class QueueActions(BaseQueue):
    """The actions of a queue, for callers that block and for callers that await."""

    @abstractmethod
    async def _send(self, batch: Batch) -> DeliveryResult:
        """Deliver a batch."""

    async def _put(self, event: EventLike, timeout: float | None) -> None:
        prepared = prepare(0, event, self._rules)
        if isinstance(prepared, Item):
            if not await self._accept(prepared, timeout):
                call_guarded(self._options.on_drop, event)
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
