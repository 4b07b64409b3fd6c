"""The way in: events are put into wire form, checked, encoded once, and laid into batches."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from hubspot_timeline.delivery.batches import Batch, Batcher, BatchLimits, Item
from hubspot_timeline.delivery.engine import Delivered
from hubspot_timeline.delivery.outcomes import Rejected
from hubspot_timeline.errors import EventError
from hubspot_timeline.events.checks import MAX_ID_BYTES, check, check_sizes
from hubspot_timeline.events.drawn import Drawn
from hubspot_timeline.events.plain import plain_item
from hubspot_timeline.events.wire import encode, to_wire
from hubspot_timeline.templates.validation import TemplateRules
from hubspot_timeline_api.models import TimelineEvent

if TYPE_CHECKING:
    from hubspot_timeline.journal.store import Journal

Looked: TypeAlias = Item | Rejected
"""An event that was drawn: ready for a batch, or refused before it is sent."""


def prepare(position: int, event: object, rules: TemplateRules | None = None) -> Item:
    """Return an event ready for a batch. Raises EventError if the service, or the rules, would refuse it."""
    try:
        wire = to_wire(event)
        check(wire)
        if rules:
            rules.check(wire["eventTemplateId"], wire["tokens"])
        body = encode(wire)
        if len(body) > MAX_ID_BYTES:  # the least of the limits
            check_sizes(wire, len(body))
    except EventError:
        raise
    except Exception as error:  # whatever an object does when it is looked at is its own fault, not the run's
        raise EventError(f"cannot be read ({_named(error)})") from error
    return Item(position, event, wire["id"], body)


def _named(error: Exception) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 - it cannot even say what it is
        return type(error).__name__


def chunked(events: Iterable[object], intake: "Intake") -> Iterator[list[Looked]]:
    """Yield events in lists of as many as are wanted then; what came before an error is not lost to it."""
    source, look = iter(events), intake.look
    while True:
        some: list[Looked] = []
        room = intake.wanted
        try:
            for event in islice(source, room):
                some.append(look(event))  # noqa: PERF401 - a comprehension would not keep them
        except Exception:
            if some:
                yield some
            raise
        if some:
            yield some
        if len(some) < room:  # it has ended, and must not be asked again
            return


async def chunked_async(
    events: Iterable[object] | AsyncIterable[object], intake: "Intake"
) -> AsyncIterator[list[Looked]]:
    """Yield events in lists; the same for what has to be awaited."""
    if not isinstance(events, AsyncIterable):
        for some in chunked(events, intake):
            await asyncio.sleep(0)  # others get their turn, though nothing had to be waited for
            yield some
        return
    some, room, look = [], intake.wanted, intake.look
    try:
        async for event in events:
            some.append(look(event))
            if len(some) >= room:
                yield some
                some, room = [], intake.wanted
    except Exception:
        if some:
            yield some
        raise
    if some:
        yield some


class Intake:
    """Takes the events of a run, some at a time, and gives back batches, or what became of events not to be sent.

    `read` counts them. With a journal, what has ended in an earlier run is not to be sent.
    What the rules refuse is not sent, but for what an earlier run has sent: it is not judged anew.
    """

    def __init__(
        self, limits: BatchLimits, journal: "Journal | None" = None, rules: TemplateRules | None = None
    ) -> None:
        self.read = 0
        self._batcher = Batcher(limits)
        self._items: list[Item] = []  # to be sent, and in no batch yet
        self._journal = journal
        self._rules = rules
        self._drawn = Drawn()

    @property
    def wanted(self) -> int:
        """How many events to take next: no more than fill a batch."""
        return self._batcher.room

    def look(self, event: object) -> Looked:
        """Take an event as soon as it is drawn, since its source may write the next one into the same object."""
        position = self.read
        self.read = position + 1
        try:
            item = plain_item(position, event) if self._rules is None else None
            item = item or prepare(position, event, self._rules_at(position))
        except EventError as error:
            self._drawn.refuse(event)
            return Rejected(position, copy_of(event), known_id(event), 0, error)
        self._drawn.note(item)
        return item

    def take(self, some: Sequence[Looked]) -> Iterator[Batch | Delivered]:
        """Take the next events: yield the batches that they complete, and what became of those not to be sent.

        Raises JournalError where an earlier run had another event in the place of one.
        """
        for found in some:
            if isinstance(found, Rejected):
                if self._journal:
                    self._journal.refuse_if_known(found.position)
                yield Delivered([found])
                continue
            resumed = self._journal.recall(found) if self._journal else found
            if isinstance(resumed, Item):
                self._items.append(resumed)
            else:
                yield Delivered([resumed], is_resumed=True)
        items, self._items = self._items, []
        yield from self._batcher.extend(items)

    def _rules_at(self, position: int) -> TemplateRules | None:
        if self._rules and self._journal and self._journal.knows(position):
            return None
        return self._rules

    def ended(self, *, early: bool) -> None:
        """Take note that there are no more events. Raises JournalError where an earlier run had more.

        `early`: the run was stopped, and its input may have been cut short for that.
        """
        if self._journal and not early:
            self._journal.check_length(self.read)

    def rest(self) -> Iterator[Batch]:
        """Yield the last batch, if events are left; several, where the journal refused an event after them."""
        yield from self._batcher.extend(self._items)
        if batch := self._batcher.rest():
            yield batch


def copy_of(event: object) -> object:
    """Return a copy of an event of which there are no bytes, if it may change."""
    if not isinstance(event, dict | TimelineEvent):
        return event
    try:
        return deepcopy(event)
    except Exception:  # noqa: BLE001 - something in it cannot be copied
        return event


def known_id(event: Any) -> str | None:
    """Return the id of an event that could not be read as one, if it has any."""
    try:
        found = event["id"] if isinstance(event, Mapping) else event.id
    except Exception:  # noqa: BLE001 - it has none that can be read
        return None
    return found if isinstance(found, str) else None
