"""The way in: each event is put into wire form, checked, encoded once, and laid into a batch."""

from collections.abc import Mapping
from typing import Any

from hubspot_timeline.batching import Batch, Batcher, BatchLimits, Item
from hubspot_timeline.checks import check, check_sizes
from hubspot_timeline.errors import EventError
from hubspot_timeline.outcomes import Rejected
from hubspot_timeline.wire import encode, to_wire


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
        raise EventError(f"cannot be read ({type(error).__name__}: {error})") from error
    return Item(position, event, wire["id"], body)


class Intake:
    """Takes the events of a run one by one and gives back batches, or the outcome of an event that cannot be sent."""

    def __init__(self, limits: BatchLimits) -> None:
        self._batcher = Batcher(limits)
        self._position = -1

    def take(self, event: object) -> Batch | Rejected | None:
        """Take the next event: return a batch that it completed, its rejection, or None."""
        self._position += 1
        try:
            return self._batcher.add(prepare(self._position, event))
        except EventError as error:
            return Rejected(self._position, event, known_id(event), 0, error)

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
