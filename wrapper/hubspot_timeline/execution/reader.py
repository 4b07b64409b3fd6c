"""Reading: events are taken from an iterable, prepared one by one as they come, and cut into batches."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from attrs import evolve
from msgspec import Struct
from msgspec.structs import replace

from hubspot_timeline.apis import Api
from hubspot_timeline.delivery.batches import Batch, Item
from hubspot_timeline.delivery.outcomes import EventLike, MadeEvent, Rejected
from hubspot_timeline.delivery.steps import DeliveryResult
from hubspot_timeline.errors import EventError
from hubspot_timeline.events.payload import described, prepare_event
from hubspot_timeline.templates.validation import TemplateRules

if TYPE_CHECKING:
    from hubspot_timeline.journal.store import Journal

Prepared: TypeAlias = Item | Rejected
"""An event that was read: ready for a batch, or rejected before it is sent."""

Make: TypeAlias = Callable[[Any], EventLike]
"""Returns the event for an object from the input, such as a row of a database."""

Assign: TypeAlias = Callable[[Any], tuple[str, object]]
"""Returns the account of an object from the input, and the object without what named it. Raises EventError."""


class Preparation(Struct, frozen=True):
    """How events are made ready to send through an API.

    Those that do not fit the `rules` of their template are rejected. With `make`, what is read are the objects that it
    is called with. `assign` is set if the events are those of several accounts.
    """

    api: Api
    rules: TemplateRules | None = None
    make: Make | None = None
    assign: Assign | None = None

    def of(self, position: int, source: object, *, is_sent: bool = False) -> Prepared:
        """Return an event ready for a batch, or its rejection; one that `is_sent` already is not held to the rules."""
        rules = None if is_sent else self.rules
        if self.make is None and self.assign is None:
            return self._prepared(position, source, rules)
        account, event = None, source
        try:
            if self.assign:
                account, event = self.assign(source)
            if self.make:
                event = self.make(source)
        except Exception as error:  # noqa: BLE001 - whatever a row does to these functions, the run goes on
            return Rejected(position, MadeEvent(None, source, account), None, 0, _row_error(error))
        prepared, given = self._prepared(position, event, rules), MadeEvent(event, source, account)
        return replace(prepared, event=given) if isinstance(prepared, Item) else evolve(prepared, event=given)

    def _prepared(self, position: int, event: object, rules: TemplateRules | None) -> Prepared:
        try:
            prepared = prepare_event(event, self.api.event_format)
            if rules:
                rules.check(prepared.payload.event_template_id, prepared.payload.tokens)
            prepared = self.api.accept(prepared)
        except EventError as error:
            return Rejected(position, event, _id_of(event), 0, error)
        return Item(position, event, prepared.payload.id, prepared.body)


def _row_error(error: Exception) -> EventError:
    if isinstance(error, EventError):
        return error
    reason = EventError(f"cannot be made of its row ({described(error)})")
    reason.__cause__ = error
    return reason


def read_chunks(events: Iterable[object], reader: "EventReader") -> Iterator[list[Prepared]]:
    """Yield prepared events in lists that fill a batch. What was read before the source raised is not lost."""
    source = iter(events)
    while True:
        chunk: list[Prepared] = []
        size = reader.chunk_size
        try:
            for event in islice(source, size):
                chunk.append(reader.prepare(event))  # noqa: PERF401 - a comprehension would lose them
        except Exception:
            if chunk:
                yield chunk
            raise
        if chunk:
            yield chunk
        if len(chunk) < size:  # the source is exhausted, and must not be read again
            return


async def read_chunks_async(
    events: Iterable[object] | AsyncIterable[object], reader: "EventReader"
) -> AsyncIterator[list[Prepared]]:
    """Yield prepared events in lists; as `read_chunks`, for asynchronous iterables too."""
    if not isinstance(events, AsyncIterable):
        for chunk in read_chunks(events, reader):
            await asyncio.sleep(0)  # nothing had to be awaited, and other tasks need their turn
            yield chunk
        return
    chunk, size = [], reader.chunk_size
    try:
        async for event in events:
            chunk.append(reader.prepare(event))
            if len(chunk) >= size:
                yield chunk
                chunk, size = [], reader.chunk_size
    except Exception:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


class EventBatcher(Protocol):
    """Cuts events into batches."""

    @property
    def room(self) -> int:
        """How many events to add next."""
        ...

    def extend(self, items: Sequence[Item]) -> Iterable[Batch]:
        """Add events, and return the batches that they complete."""
        ...

    def rest(self) -> Batch | None:
        """Return events that are left as a batch, None if there are none."""
        ...


class EventReader:
    """Prepares the events of a run and cuts them into batches.

    `count` is how many were read. With a journal, events that an earlier run settled are not sent.
    """

    def __init__(self, batcher: EventBatcher, preparation: Preparation, journal: "Journal | None" = None) -> None:
        self.count: int = 0
        self._batcher = batcher
        self._unbatched: list[Item] = []
        self.journal: Journal | None = journal
        self._preparation = preparation

    @property
    def chunk_size(self) -> int:
        """How many events to read next: no more than fill a batch."""
        return self._batcher.room

    def prepare(self, event: object) -> Prepared:
        """Prepare an event as soon as it is read, since its source may reuse the object for the next one."""
        position = self.count
        self.count = position + 1
        rules = self._preparation.rules
        is_sent = rules is not None and self.journal is not None and self.journal.contains(position)
        return self._preparation.of(position, event, is_sent=is_sent)

    def batches(self, chunk: Sequence[Prepared]) -> Iterator[Batch | DeliveryResult]:
        """Yield the batches that a chunk completes, and the outcomes of events that are not to be sent.

        Raises JournalError if an earlier run had another event at the position of one.
        """
        if self.journal:
            for prepared in chunk:
                yield from self._resume(prepared, self.journal)
        else:
            self._unbatched = [prepared for prepared in chunk if isinstance(prepared, Item)]
            yield from (DeliveryResult([prepared]) for prepared in chunk if isinstance(prepared, Rejected))
        items, self._unbatched = self._unbatched, []
        yield from self._batcher.extend(items)

    def _resume(self, prepared: Prepared, journal: "Journal") -> Iterator[DeliveryResult]:
        """Yield the outcome of an event that is invalid, or that an earlier run settled; keep others for a batch."""
        if isinstance(prepared, Rejected):
            journal.check_not_recorded(prepared.position)
            yield DeliveryResult([prepared])
        elif isinstance(resumed := journal.resume(prepared), Item):
            self._unbatched.append(resumed)
        else:
            yield DeliveryResult([resumed], is_resumed=True)

    def last_batches(self) -> Iterator[Batch]:
        """Yield the last batch, if events are left; several if the journal refused an event after them."""
        yield from self._batcher.extend(self._unbatched)
        while batch := self._batcher.rest():
            yield batch

    def check_length(self) -> None:
        """Raise JournalError if the input has ended with fewer events than an earlier run of it had."""
        if self.journal:
            self.journal.check_length(self.count)


def _id_of(event: Any) -> str | None:
    """Return the id of an invalid event, None if it has no usable one."""
    try:
        event_id = event["id"] if isinstance(event, Mapping) else event.id
    except Exception:  # noqa: BLE001 - whatever the object does
        return None
    return event_id if isinstance(event_id, str) else None
