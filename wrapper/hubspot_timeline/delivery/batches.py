"""Batches: cut by count and by bytes as events are pushed in."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TypeAlias

from attrs import frozen
from msgspec import Struct

from hubspot_timeline.delivery.outcomes import MadeEvent
from hubspot_timeline.errors import require_count


class Item(Struct, frozen=True):
    """One event to send: its position in the input, the object that was given or a MadeEvent, its id, and its JSON.

    `opened_by`: the version of the API through which an earlier run may have created it.
    """

    position: int
    event: object
    id: str
    body: bytes
    opened_by: str | None = None

    @property
    def account(self) -> str | None:
        """The account that an AccountPool sends the event to; None with a client."""
        return self.event.account if isinstance(self.event, MadeEvent) else None


Batch: TypeAlias = tuple[Item, ...]
"""The events of one request.

No two have the same id, so that the response can be matched, and all have the same `opened_by`.
"""


@frozen
class BatchLimits:
    """The maximum size of a batch.

    `max_events`: the vendor documents none for v3; 100 is that of sibling operations.
    `max_bytes`: of the request body, roughly; one event may have up to 1,000,000.
    Raises OptionError for a value below 1.
    """

    max_events: int = 100
    max_bytes: int = 4_000_000

    def __attrs_post_init__(self) -> None:
        for name in ("max_events", "max_bytes"):
            require_count(name, getattr(self, name))


class Batcher:
    """Cuts events into batches: push events in, get complete batches back."""

    def __init__(self, limits: BatchLimits) -> None:
        self._limits = limits
        self._items: list[Item] = []
        self._ids: set[str] = set()
        self._bytes = 0
        self._average = 1 + limits.max_bytes // 4  # bytes of the last events; large at first

    def __len__(self) -> int:
        return len(self._items)

    @property
    def room(self) -> int:
        """How many events to add next: enough to fill a batch if they are as large as the last ones; at least one."""
        by_bytes = (self._limits.max_bytes - self._bytes) // self._average
        return max(1, min(self._limits.max_events - len(self._items), by_bytes))

    def extend(self, items: Sequence[Item]) -> Iterator[Batch]:
        """Add events, and yield each batch that they complete."""
        if not items:
            return
        size = sum([len(item.body) for item in items]) + len(items)  # each with a comma
        if self._take_all(items, size):
            if len(self._items) == self._limits.max_events:
                yield self.rest() or ()
        else:
            yield from filter(None, map(self.add, items))
        self._average = size // len(items)

    def _take_all(self, items: Sequence[Item], size: int) -> bool:
        """Add all events if they fit into this batch, as they nearly always do; return whether they did."""
        ids = {item.id for item in items}
        has_room = len(self._items) + len(items) <= self._limits.max_events
        is_small = self._bytes + size - 1 <= self._limits.max_bytes
        if not has_room or not is_small or len(ids) < len(items) or not ids.isdisjoint(self._ids):
            return False
        if len({item.opened_by for item in chain(self._items[:1], items)}) > 1:
            return False
        self._items += items
        self._ids |= ids
        self._bytes += size
        return True

    def add(self, item: Item) -> Batch | None:
        """Add an event, and return the batch that it completes, with or without this event, or None."""
        before = None if self._fits(item) else self.rest()
        self._items.append(item)
        self._ids.add(item.id)
        self._bytes += len(item.body) + 1  # and a comma
        return before or (self.rest() if len(self._items) == self._limits.max_events else None)

    def rest(self) -> Batch | None:
        """Return the events that are left as a last batch, or None."""
        batch = tuple(self._items)
        self._items.clear()
        self._ids.clear()
        self._bytes = 0
        return batch or None

    def _fits(self, item: Item) -> bool:
        is_alike = not self._items or item.opened_by == self._items[0].opened_by
        return is_alike and item.id not in self._ids and self._bytes + len(item.body) <= self._limits.max_bytes
