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
from hubspot_timeline.delivery.part import Part, failure
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
    alone: list[tuple[Item, Outcome]] = []
    for position, item in enumerate(items, 1):
        result = yield from deliver_one(item)
        [outcome] = result.outcomes
        rest = tuple(items[position:])
        match outcome:
            case Created() if result.created_batches and is_one_batch:
                outcomes = [_if_nothing_was_created(part, *each) for each in alone]
                unsent = replace(part, items=rest, is_ambiguous=False, is_unattributed=False, retries=0, waited=0.0)
                return Settlement([*outcomes, outcome], [unsent] if rest else [])
            case Rejected(is_duplicate=True) if item.id in fresh_ids:
                created = [part.created(each) for each in (item, *rest)]
                return Settlement([*(_if_unknown(part, *each) for each in alone), *created])
            case Created() | Rejected():
                alone.append((item, outcome))
            case Unconfirmed() | Unsent():
                left = replace(part, items=(item, *rest)).give_up(outcome.error)
                return Settlement([*(_if_unknown(part, *each) for each in alone), *left])
    return Settlement([_if_unknown(part, *each) for each in alone])


def _if_nothing_was_created(part: Part, item: Item, outcome: Outcome) -> Outcome:
    """Return the outcome of an event that was sent alone, after a batch with it that created nothing."""
    is_duplicate = isinstance(outcome, Rejected) and outcome.is_duplicate
    return part.created(item, existed=True) if is_duplicate and part.duplicates == "ok" else outcome


def _if_unknown(part: Part, item: Item, outcome: Outcome) -> Outcome:
    """Return the outcome of an event that was sent alone, after a batch with it that may have created it."""
    if not isinstance(outcome, Rejected):
        return outcome
    if outcome.is_duplicate:
        return part.created(item)
    return failure(Unconfirmed, item, outcome.attempts, outcome.error)
