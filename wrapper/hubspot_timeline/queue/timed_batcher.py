"""The events of a queue that have not ended: which wait, which are under way, and when the next batch is due.

Nothing here waits, so that the queue for threads and the one for coroutines share it.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from math import inf

from attrs import evolve

from hubspot_timeline.delivery.batches import Batch, Batcher, BatchLimits, Item
from hubspot_timeline.delivery.outcomes import Outcome, Rejected, Unconfirmed, Unsent
from hubspot_timeline.errors import ConnectionLostError, QueueFullError, StoppedError
from hubspot_timeline.queue.options import QueueOptions


class Pending:
    """Events from `put` to their end. `clock` returns seconds."""

    def __init__(self, limits: BatchLimits, options: QueueOptions, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._options = options
        self._clock = clock
        self._count = 0  # of all that were put
        self._waiting: deque[tuple[Item, float]] = deque()  # with the time of its put
        self._waiting_bytes = 0
        self._under_way: dict[int, Item] = {}
        self._sizes: dict[int, int] = {}  # of all that have not ended, by position and in its order
        self._bytes = 0
        self._hurry = 0  # events before this position do not wait for their age

    def __len__(self) -> int:
        return len(self._sizes)

    @property
    def waiting(self) -> int:
        """How many events are not under way yet."""
        return len(self._waiting)

    def has_room(self, size: int) -> bool:
        """Tell whether an event of so many bytes may be put; one beyond the bound by itself goes alone."""
        fits = len(self) < self._options.max_size and self._bytes + size <= self._options.max_bytes
        return fits or not self._sizes

    def put(self, item: Item) -> bool:
        """Take an event and return True; where there is no room, return False or raise QueueFullError."""
        if not self.has_room(len(item.body)):
            if self._options.on_full == "drop":
                return False
            raise QueueFullError(f"The queue is full: {len(self)} events of {self._bytes} bytes have not ended yet")
        item = evolve(item, position=self._open(len(item.body)))
        self._waiting.append((item, self._clock()))
        self._waiting_bytes += len(item.body)
        return True

    def pass_by(self, outcome: Rejected) -> Rejected:
        """Give an event that needs no sending its position; its outcome is to be told now."""
        return evolve(outcome, position=self._open(0))

    def hurry(self) -> int:
        """Let what waits now be due at once, and return the position that the next event will have."""
        self._hurry = self._count
        return self._count

    def has_ended(self, before: int) -> bool:
        """Tell whether everything that was put before a position has ended."""
        return not self._sizes or next(iter(self._sizes)) >= before

    def due_in(self, *, at_once: bool) -> float:
        """Return the seconds until a batch is due: 0 for now, inf if nothing waits. `at_once`: do not wait for more."""
        if not self._waiting:
            return inf
        oldest, since = self._waiting[0]
        is_full = len(self._waiting) >= self._limits.max_events or self._waiting_bytes >= self._limits.max_bytes
        has_no_room = len(self) >= self._options.max_size or self._bytes >= self._options.max_bytes
        if at_once or is_full or has_no_room or oldest.position < self._hurry:
            return 0.0
        return max(since + self._options.flush_interval - self._clock(), 0.0)

    def take(self) -> Batch:
        """Return the next batch of what waits; it is under way from now on."""
        batcher = Batcher(self._limits)
        full = next(filter(None, (batcher.add(item) for item, _ in self._waiting)), None)
        batch = full or batcher.rest() or ()
        for item in batch:
            self._waiting.popleft()
            self._waiting_bytes -= len(item.body)
            self._under_way[item.position] = item
        return batch

    def claim(self, outcomes: Iterable[Outcome]) -> Sequence[Outcome]:
        """Return those outcomes that are still to be told; whoever gets them tells them."""
        return [outcome for outcome in outcomes if self._under_way.pop(outcome.position, None)]

    def give_up(self) -> Sequence[Outcome]:
        """Claim all that is left: what waits is Unsent, what is under way Unconfirmed."""
        unclear = ConnectionLostError("The queue was closed before the answer came; the event may have been created.")
        unsent = StoppedError("Not sent, because the queue was closed before its turn came")
        left: list[Outcome] = [
            Unconfirmed(i.position, i.event, i.id, 1, unclear, body=i.body) for i in self._under_way.values()
        ]
        left += [Unsent(i.position, i.event, i.id, 0, unsent, body=i.body) for i, _ in self._waiting]
        self._waiting.clear()
        self._waiting_bytes = 0
        self._under_way.clear()
        return left

    def told(self, outcomes: Iterable[Outcome]) -> None:
        """Take note that outcomes were told: their events have ended."""
        for outcome in outcomes:
            self._bytes -= self._sizes.pop(outcome.position)

    def _open(self, size: int) -> int:
        position = self._count
        self._count += 1
        self._sizes[position] = size
        self._bytes += size
        return position
