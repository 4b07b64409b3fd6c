"""The way in: each event is put into wire form, checked, encoded once, and laid into a batch."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hubspot_timeline.batching import Batch, Batcher, BatchLimits, Item
from hubspot_timeline.checks import check, check_sizes
from hubspot_timeline.delivery import Delivered
from hubspot_timeline.errors import EventError
from hubspot_timeline.outcomes import Rejected
from hubspot_timeline.wire import encode, to_wire

if TYPE_CHECKING:
    from hubspot_timeline.journal import Journal


def prepare(position: int, event: object) -> Item:
    """Return an event ready for a batch. Raises EventError if the service would refuse it."""
    try:
        wire = to_wire(event)
        check(wire)
        body = encode(wire)
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


class Intake:
    """Takes the events of a run one by one and gives back batches, or what became of an event that is not to be sent.

    `read` counts them. With a journal, what has ended in an earlier run is not to be sent.
    """

    def __init__(self, limits: BatchLimits, journal: "Journal | None" = None) -> None:
        self.read = 0
        self._batcher = Batcher(limits)
        self._journal = journal

    def take(self, event: object) -> Batch | Delivered | None:
        """Take the next event: return a batch that it completed, its outcome if it has one already, or None.

        Raises JournalError where an earlier run had another event in its place.
        """
        position = self.read
        self.read += 1
        try:
            item = prepare(position, event)
        except EventError as error:
            if self._journal:
                self._journal.refuse_if_known(position)
            return Delivered([Rejected(position, event, known_id(event), 0, error)])
        recalled = self._journal.recall(item) if self._journal else item
        return self._batcher.add(recalled) if isinstance(recalled, Item) else Delivered([recalled], is_recalled=True)

    def ended(self, *, early: bool) -> None:
        """Take note that there are no more events. Raises JournalError where an earlier run had more.

        `early`: the run was stopped, and its input may have been cut short for that.
        """
        if self._journal and not early:
            self._journal.check_length(self.read)

    def rest(self) -> Batch | None:
        """Return the last batch, if events are left."""
        return self._batcher.rest()


def known_id(event: Any) -> str | None:
    """Return the id of an event that could not be read as one, if it has any."""
    try:
        found = event["id"] if isinstance(event, Mapping) else event.id
    except Exception:  # noqa: BLE001 - it has none that can be read
        return None
    return found if isinstance(found, str) else None
