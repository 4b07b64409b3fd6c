"""Which events of a lost batch exist, where batches are atomic and no event can be read back.

Either all events of the batch were created or none. Sending it again was refused, which may be for one event that
existed before. So events are sent alone until one of them settles the whole batch. An event that is created now shows
that the lost request has created nothing, and never will, since it would be refused as a whole. An event that exists,
and whose id no other request can have carried, shows that it has created all. It takes at most one request for each.
"""

from collections.abc import Callable, Generator, Sequence, Set
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from hubspot_timeline.delivery.batches import Item
from hubspot_timeline.delivery.outcomes import Created, Outcome, Rejected, Unconfirmed, Unsent
from hubspot_timeline.delivery.part import Part
from hubspot_timeline.delivery.steps import DeliveryResult, Reply, Step

DeliverOne: TypeAlias = Callable[[Item], Generator[Step, Reply, DeliveryResult]]
"""Delivers one event as if no earlier request had carried it; one that exists already is Rejected."""


class Settlement(Struct, frozen=True):
    """The outcomes of events, and a part of others that are certain not to exist."""

    outcomes: Sequence[Outcome]
    parts: list[Part] = []


def settle(part: Part, fresh_ids: Set[str], deliver_one: DeliverOne) -> Generator[Step, Reply, Settlement]:
    """Settle the events of a part that a lost request may have created, and a later one was refused.

    `fresh_ids`: those that no request of another delivery can have carried.
    """
    # An earlier run may have sent them in several batches, so that one event shows nothing about another.
    is_one_batch = part.opened_by is None
    items = sorted(part.items, key=lambda item: item.id not in fresh_ids)
    alone: list[tuple[Part, Outcome]] = []
    others: Sequence[Outcome] = ()
    for position, item in enumerate(items, 1):
        result = yield from deliver_one(item)
        [outcome] = result.outcomes
        alone.append((replace(part, items=(item,), attempts=outcome.attempts), outcome))
        rest = tuple(items[position:])
        match outcome:
            case Created() if result.created_batches and is_one_batch:
                outcomes = [_if_nothing_was_created(*each) for each in alone]
                return Settlement(outcomes, [Part(rest, part.duplicates, part.attempts)] if rest else [])
            case Rejected(is_duplicate=True) if item.id in fresh_ids:
                others = [part.created(each) for each in rest]
                break
            case Unconfirmed() | Unsent():
                others = replace(part, items=rest).give_up(outcome.error)
                break
    return Settlement([*(_if_unknown(*each) for each in alone), *others])


def _if_nothing_was_created(sent: Part, outcome: Outcome) -> Outcome:
    """Return the outcome of an event that was sent alone, after a batch with it that created nothing."""
    is_duplicate = isinstance(outcome, Rejected) and outcome.is_duplicate
    return sent.created(*sent.items, existed=True) if is_duplicate and sent.duplicates == "ok" else outcome


def _if_unknown(sent: Part, outcome: Outcome) -> Outcome:
    """Return the outcome of an event that was sent alone, after a batch with it that may have created it."""
    match outcome:
        case Rejected(is_duplicate=True):
            return sent.created(*sent.items)
        case Rejected() | Unconfirmed() | Unsent():
            [outcome] = sent.give_up(outcome.error)
    return outcome
