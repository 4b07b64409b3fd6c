"""Lanes: the events of each account of a run, cut into batches of their own."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from heapq import nlargest
from typing import TypeAlias

from attrs import frozen

from hubspot_timeline.delivery.batches import Batch, Batcher, BatchLimits, Item
from hubspot_timeline.delivery.progress import RunCounters
from hubspot_timeline.delivery.retry import ErrorLimit
from hubspot_timeline.execution.async_executor import AsyncExecutor, AsyncRun
from hubspot_timeline.execution.run import HOPELESS_BATCHES, ErrorCounter

MAX_SIZE, MAX_BYTES = 20_000, 64_000_000
"""How many events, and bytes of them, a pool holds by default."""

MIN_BUSY = 64
"""While the reading waits, at least so many accounts send, if necessary batches that are not full.

That is enough to keep a process busy.
"""

# How many events to read at first, when their size is unknown.
_FIRST = 10

# The most events that are read at once.
_MAX_READ = 500

Record: TypeAlias = Callable[["Lane", AsyncExecutor, Batch], Awaitable[None]]
"""Records in the journal that the events of a lane are about to be sent."""


@frozen
class PoolLimits:
    """How many events and bytes a run may hold, and what it may send to each account."""

    max_size: int
    max_bytes: int
    batch: BatchLimits
    max_in_flight: int
    error_limit: ErrorLimit


class Lane(AsyncRun):
    """What a run sends to one account, until something stops it.

    `slots` limits how many of its batches are under way at once; `under_way` counts also those that wait for a slot.
    """

    def __init__(self, account: str, limits: PoolLimits, counters: RunCounters, record: Record) -> None:
        super().__init__(counters)
        self._account = account
        self.batcher: Batcher = Batcher(limits.batch)
        self.slots: asyncio.Semaphore = asyncio.Semaphore(limits.max_in_flight)
        self.errors: ErrorCounter = ErrorCounter(limits.error_limit, HOPELESS_BATCHES)
        self.under_way: int = 0
        self._record = record
        self.executor: AsyncExecutor | None = None  # while the account is open

    @property
    def account(self) -> str:
        """The account."""
        return self._account

    async def record_sent(self, items: Batch) -> None:
        """Record that events are about to be sent, or sent through another API."""
        if self.executor:
            await self._record(self, self.executor, items)


class Lanes:
    """The lanes of a run, by account; `events` and `bytes` is how much they hold, in batches under way or not yet."""

    def __init__(self, limits: PoolLimits, open_lane: Callable[[str], Lane]) -> None:
        self.events: int = 0
        self.bytes: int = 0
        self._limits = limits
        self._open_lane = open_lane
        self._lanes: dict[str, Lane] = {}
        self._unfinished: dict[str, Lane] = {}  # those whose batcher holds events

    def __iter__(self) -> Iterator[Lane]:
        return iter(self._lanes.values())

    @property
    def is_full(self) -> bool:
        """Return whether no more events may be added."""
        return self.events >= self._limits.max_size or self.bytes >= self._limits.max_bytes

    @property
    def room(self) -> int:
        """How many events to read next: at most a batch, and at least one."""
        return max(1, min(self._limits.batch.max_events, self._free()))

    def fits_more(self, count: int) -> bool:
        """Return whether so many events fit, and as many as are to be read next."""
        return count + self.room <= min(self._free(), _MAX_READ)

    def of(self, account: str | None) -> Lane:
        """Return the lane of an account."""
        account = account or ""
        if not (lane := self._lanes.get(account)):
            lane = self._lanes[account] = self._open_lane(account)
        return lane

    def extend(self, items: Sequence[Item]) -> Iterator[Batch]:
        """Add events, and yield the batches that they complete."""
        for item in items:
            lane = self.of(item.account)
            self.events += 1
            self.bytes += len(item.body)
            if batch := lane.batcher.add(item):
                yield batch
            self._unfinished[lane.account] = lane

    def rest(self) -> Batch | None:
        """Return a batch of events that are left, None if there are none."""
        while self._unfinished:
            _, lane = self._unfinished.popitem()
            if batch := lane.batcher.rest():
                return batch
        return None

    def of_idle_accounts(self, number: int) -> Iterator[Batch]:
        """Yield up to so many batches that are not full, of accounts with nothing under way.

        The first is that of the account that has waited the longest, then come the largest.
        """
        idle = [lane for lane in self._unfinished.values() if not lane.under_way]
        largest = nlargest(number, idle[1:], key=lambda lane: len(lane.batcher))
        for lane in (idle[:1] + largest)[:number]:
            del self._unfinished[lane.account]
            if batch := lane.batcher.rest():
                yield batch

    def _free(self) -> int:
        """Return how many events fit if they are as large as the ones held."""
        average = self.bytes // (self.events or 1) or self._limits.max_bytes // _FIRST
        return min(self._limits.max_size - self.events, (self._limits.max_bytes - self.bytes) // (average or 1))

    def remove(self, batch: Batch) -> None:
        """Count the events of a batch no more."""
        self.events -= len(batch)
        self.bytes -= sum([len(item.body) for item in batch])
