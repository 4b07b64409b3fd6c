"""The batcher with a time limit: it cuts batches by count, by bytes and by the age of their oldest event.

It holds the events of a queue until their outcome is known. Nothing here waits or locks.
"""

import sys
from collections import deque
from collections.abc import Callable, Iterable
from math import inf

from attrs import evolve
from msgspec.structs import replace

from hubspot_timeline.delivery.batches import Batch, Batcher, BatchLimits, Item
from hubspot_timeline.delivery.outcomes import Outcome, Rejected, Unconfirmed, Unsent
from hubspot_timeline.errors import ConnectionLostError, QueueFullError, StoppedError, counted
from hubspot_timeline.queue.options import QueueOptions


class TimedBatcher:
    """Holds events from `put` to `finish`; between them an event waits, then it is in flight. `clock`: seconds."""

    def __init__(self, limits: BatchLimits, options: QueueOptions, clock: Callable[[], float]) -> None:
        self.count: int = 0  # of all events that were put
        self._limits = limits
        self._options = options
        self._clock = clock
        self._waiting: deque[tuple[Item, float]] = deque()  # with the time of its put
        self._waiting_bytes = 0
        self._in_flight: dict[int, Item] = {}
        self._sizes: dict[int, int] = {}  # of all unfinished events, by position and in its order
        self._bytes = 0
        self._flush_before = 0  # events before this position are due at once

    def __len__(self) -> int:
        return len(self._sizes)

    @property
    def waiting(self) -> int:
        """How many events are not in flight yet."""
        return len(self._waiting)

    def has_room(self, size: int) -> bool:
        """Return whether an event of so many bytes may be put; one beyond the limit by itself goes alone."""
        fits = len(self) < self._options.max_size and self._bytes + size <= self._options.max_bytes
        return fits or not self._sizes

    def put(self, item: Item) -> bool:
        """Add an event and return True; without room, return False or raise QueueFullError."""
        if not self.has_room(len(item.body)):
            if self._options.on_full == "drop":
                return False
            held = f"{counted(len(self), 'unfinished event')} of {counted(self._bytes, 'byte')}"
            raise QueueFullError(f"The queue is full: it holds {held}; put fewer, or use on_full='block'")
        item = replace(item, position=self._next_position(len(item.body)))
        self._waiting.append((item, self._clock()))
        self._waiting_bytes += len(item.body)
        return True

    def put_rejected(self, outcome: Rejected) -> Rejected:
        """Add an event that is not sent, and return its outcome with its position."""
        return evolve(outcome, position=self._next_position(0))

    def flush(self) -> int:
        """Make the events that wait now due at once, and return the position that the next event will have."""
        self._flush_before = self.count
        return self.count

    def is_finished(self, before: int) -> bool:
        """Return whether all events before a position are finished."""
        return not self._sizes or next(iter(self._sizes)) >= before

    def due_in(self, *, at_once: bool = False) -> float:
        """Return the seconds until a batch is due: inf if nothing waits. `at_once`: a batch need not be full."""
        if not self._waiting:
            return inf
        oldest, put_at = self._waiting[0]
        is_batch_full = len(self._waiting) >= self._limits.max_events or self._waiting_bytes >= self._limits.max_bytes
        is_queue_full = len(self) >= self._options.max_size or self._bytes >= self._options.max_bytes
        if at_once or is_batch_full or is_queue_full or oldest.position < self._flush_before:
            return 0.0
        return max(put_at + self._options.flush_interval - self._clock(), 0.0)

    def take(self) -> Batch:
        """Return the next batch of what waits; it is in flight from now on."""
        batcher = Batcher(self._limits)
        full = next(filter(None, (batcher.add(item) for item, _ in self._waiting)), None)
        batch = full or batcher.rest() or ()
        for item in batch:
            self._waiting.popleft()
            self._waiting_bytes -= len(item.body)
            self._in_flight[item.position] = item
        return batch

    def claim(self, outcomes: Iterable[Outcome]) -> list[Outcome]:
        """Return the outcomes of events that are in flight; they are not any more, so that each is reported once."""
        return [outcome for outcome in outcomes if self._in_flight.pop(outcome.position, None)]

    def abandon_in_flight(self, batch: Batch) -> list[Outcome]:
        """Claim the events of a batch that are still in flight: they are Unconfirmed."""
        error = ConnectionLostError(
            "The delivery ended before the response came; the event may have been created. "
            "Send it again with the same id."
        )
        error.__cause__ = sys.exception()  # what ended the delivery, if it was an error
        left = [item for item in batch if self._in_flight.pop(item.position, None)]
        return [Unconfirmed(item.position, item.event, item.id, 1, error, body=item.body) for item in left]

    def abandon(self) -> list[Outcome]:
        """Claim all events that are left: those that wait are Unsent, those in flight Unconfirmed."""
        left = self.abandon_in_flight(tuple(self._in_flight.values()))
        error = StoppedError("Not sent, because the queue was closed before its turn came")
        left += [Unsent(item.position, item.event, item.id, 0, error, body=item.body) for item, _ in self._waiting]
        self._waiting.clear()
        self._waiting_bytes = 0
        return left

    def finish(self, outcomes: Iterable[Outcome]) -> None:
        """Drop the events of outcomes that were reported."""
        for outcome in outcomes:
            self._bytes -= self._sizes.pop(outcome.position)

    def _next_position(self, size: int) -> int:
        position = self.count
        self.count += 1
        self._sizes[position] = size
        self._bytes += size
        return position
