"""What an answer says of each event of its request; what it does not say is never guessed."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from attrs import frozen

from hubspot_timeline.delivery.batches import Batch, Item
from hubspot_timeline.delivery.response import BatchAnswer, named_events
from hubspot_timeline.errors import ApiError, BadRequestError, ConflictError, one_or_more

Entry: TypeAlias = Mapping[str, Any]
"""One error of a 207, as JSON."""


@frozen
class Verdicts:
    """The events of a request, by what its answer says of them.

    `created`: listed as a result. `refused`: with the errors that are, or may be, its own. `mixed`: more events than
    errors, so that it is open which error is whose, and whether each event has one. `silent`: nothing is said, or that
    it is both created and refused.
    """

    created: Batch
    refused: Sequence[tuple[Item, Sequence[Entry]]]
    mixed: Batch
    silent: Batch


def reconcile(items: Batch, answer: BatchAnswer, *, unclear: bool) -> Verdicts:
    """Sort the events of a request by its answer.

    An error belongs to the event that it names; else to the one event that is left; else, where there are as many
    errors as events left, to all of them. `unclear`: the events may have been created by an earlier request, so that
    which one "exists already" matters, and they have to be told apart.
    """
    listed = answer.listed
    if not answer.errors and all(item.id in listed for item in items):
        return Verdicts(items, (), (), ())
    own, loose = _by_event(answer.errors, [item.id for item in items])
    created = tuple(item for item in items if item.id in listed and item.id not in own)
    refused = [(item, own[item.id]) for item in items if item.id in own and item.id not in listed]
    both = tuple(item for item in items if item.id in listed and item.id in own)
    left = tuple(item for item in items if item.id not in listed and item.id not in own)
    if not loose:
        return Verdicts(created, refused, (), both + left)
    if len(left) == 1 or (len(loose) >= len(left) and not unclear):
        return Verdicts(created, refused + [(item, loose) for item in left], (), both)
    return Verdicts(created, refused, left, both)


def _by_event(errors: Sequence[Entry], ids: Sequence[str]) -> tuple[dict[str, list[Entry]], list[Entry]]:
    """Return the errors by the id of the event that they name, and those that name none."""
    own: dict[str, list[Entry]] = {}
    loose: list[Entry] = []
    for error in errors:
        names = named_events(error, ids)
        for name in names:
            own.setdefault(name, []).append(error)
        if not names:
            loose.append(error)
    return own, loose


def as_error(entries: Sequence[Entry]) -> ApiError:
    """Return entries of a 207 as one error; where they are several, which one is the event's own is not known."""
    is_taken = all(entry.get("category") == "CONFLICT" for entry in entries)
    kind = ConflictError if is_taken else BadRequestError
    if len(entries) == 1:
        return kind(207, entries[0])
    message = one_or_more(str(entry.get("message")) for entry in entries)
    shared = {"category": "CONFLICT"} if is_taken else {}
    return kind(207, {"message": message, "errors": list(entries), **shared})
