"""Objects that a source hands over again with another event in them: each outcome is to tell the event that it was."""

import json

from attrs import define, field

from hubspot_timeline.delivery.batches import Item
from hubspot_timeline_api.models import TimelineEvent

_MOST = 256
"""How many events are remembered, so that their objects are known again."""


@define
class Drawn:
    """Remembers what was drawn last. Once an object has come again with another event, events are told by copies."""

    comes_again: bool = False
    _items: dict[int, Item] = field(factory=dict)  # by the identity of their objects, which they keep alive

    def note(self, item: Item) -> None:
        """Take an event that was drawn, and read."""
        if self.comes_again:
            item.event = as_it_was(item)
            return
        before = self._items.get(id(item.event))
        if before is not None and before.body != item.body:
            self.changed()
            item.event = as_it_was(item)
            return
        self._items[id(item.event)] = item
        if len(self._items) > _MOST:
            del self._items[next(iter(self._items))]

    def refuse(self, event: object) -> None:
        """Take an event that could not be read."""
        if id(event) in self._items:
            self.changed()

    def changed(self) -> None:
        """Give each event that is remembered an object of its own, as it was."""
        self.comes_again = True
        for item in self._items.values():
            item.event = as_it_was(item)
        self._items.clear()


def as_it_was(item: Item) -> object:
    """Return an event by the bytes that are sent, as a model where a model was given and makes sense of them."""
    wire = json.loads(item.body)
    if not isinstance(item.event, TimelineEvent):
        return wire
    try:
        return TimelineEvent.from_dict(wire)
    except Exception:  # noqa: BLE001 - such as for a field beyond the document that has the name of one
        return wire
