"""What a background queue does, without waiting and sending: put, flush, close, drain and the work of a worker.

Each action is a generator that yields Change and Deliver; the queues for threads and for coroutines differ by how they
do these two.
"""

import time
from collections.abc import Callable, Generator, Sequence
from math import inf
from typing import Any, TypeAlias, TypeVar

from msgspec import Struct

from hubspot_timeline.delivery.batches import Batch, Item
from hubspot_timeline.delivery.engine import unexpected_failure
from hubspot_timeline.delivery.outcomes import EventLike, Outcome
from hubspot_timeline.errors import StoppedError
from hubspot_timeline.execution.reader import prepare
from hubspot_timeline.queue.base_queue import BaseQueue, C, R, call_guarded

_CANCELLED = RuntimeError("a worker of the queue was cancelled from outside")


class Change(Struct, frozen=True):
    """Wait for a notification, or until so many seconds have passed."""

    seconds: float | None


class Deliver(Struct, frozen=True):
    """Deliver a batch; the reply is a DeliveryResult."""

    batch: Batch


T = TypeVar("T")
Steps: TypeAlias = Generator[Change | Deliver, Any, T]


class QueueActions(BaseQueue[C, R]):
    """The actions of a queue, step by step."""

    def _is_worker(self) -> bool:
        """Return whether the caller is a callback, which must not wait for its own end."""
        return False

    def _can_send(self) -> bool:
        """Return whether there is a worker for what is to be sent."""
        return True

    def _put(self, event: EventLike, timeout: float | None) -> Steps[None]:
        prepared = prepare(0, event, self._rules)
        if isinstance(prepared, Item):
            if not (yield from self._accept(prepared, timeout)):
                call_guarded(self._options.on_drop, event)
            return
        with self._condition:
            self._require_open()
            outcome = self._batcher.put_rejected(prepared)
        self._report_outcomes([outcome])

    def _accept(self, item: Item, timeout: float | None) -> Steps[bool]:
        """Add an event, or return that it has to be dropped."""
        size = len(item.body)
        with self._condition:
            if not self._batcher.has_room(size):  # neither what waits nor this put has to wait for the flush interval
                self._flush_waiting()
                if self._options.on_full == "block" and not self._is_worker():
                    yield from self._until(
                        lambda: self._closing or self._batcher.has_room(size) or not self._can_send(), timeout
                    )
            self._require_open()
            if not self._batcher.put(item):
                return False
            self._start_worker()
            if self._batcher.waiting == 1 or self._batcher.due_in() <= 0:  # else an idle worker need not wake up
                self._condition.notify_all()
            return True

    def _flush(self, timeout: float | None) -> Steps[bool]:
        with self._condition:
            before = self._flush_waiting()
            if self._is_worker():
                return False
            # Without a worker, since none can be started any more, the end of the program sends what waits.
            yield from self._until(lambda: self._batcher.is_finished(before) or not self._can_send(), timeout)
            return self._batcher.is_finished(before)

    def _close(self, timeout: float | None) -> Steps[Sequence[Outcome]]:
        with self._condition:
            self._closing = True
            self._flush_waiting()
            if self._is_worker():
                return []
        if not self._can_send():
            yield from self._work()
        left: Sequence[Outcome] = []
        with self._condition:
            if not (yield from self._until(lambda: not self._batcher, timeout)):
                self._run.abort(StoppedError("the queue was closed before all was sent"))
                left = self._batcher.abandon()
        self._report_outcomes(left)
        self._on_closed(self)
        return left

    def _drain(self) -> Steps[None]:
        with self._condition:
            self._start_worker()
            if self._is_worker():
                return
            if not self._can_send():
                self._report_outcomes(self._batcher.abandon())
            yield from self._until(lambda: not self._batcher, None)

    def _work(self) -> Steps[None]:
        while batch := (yield from self._next_batch()):
            delivered = unexpected_failure(batch, _CANCELLED)
            try:
                delivered = yield Deliver(batch)
            finally:  # a worker that is cancelled leaves no event without an outcome
                self._end(delivered)

    def _next_batch(self) -> Steps[Batch | None]:
        """Wait for the next batch that is due; return None once there will be none."""
        with self._condition:
            self._idle += 1
            try:
                while (seconds := self._due_in()) > 0:
                    if self._closing:
                        return None
                    yield Change(None if seconds == inf else seconds)
                batch = self._batcher.take()
            finally:
                self._idle -= 1
            if self._due_in() <= 0:  # no other worker was started while this one was idle
                self._start_worker()
            return batch

    def _due_in(self) -> float:
        return self._batcher.due_in(at_once=self._closing or bool(self._run.stopped))

    def _until(self, condition: Callable[[], bool], timeout: float | None) -> Steps[bool]:
        """Wait until a condition holds; return whether it does after `timeout` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while not condition():
            seconds = None if deadline is None else deadline - time.monotonic()
            if seconds is not None and seconds <= 0:
                return False
            yield Change(seconds)
        return True

    def _flush_waiting(self) -> int:
        before = self._batcher.flush()
        self._start_worker()
        self._condition.notify_all()
        return before

    def _require_open(self) -> None:
        if self._closing:
            raise StoppedError("the queue is closed")
