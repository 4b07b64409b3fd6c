"""Reconciliation: which events of a request its response lists as created or refused. Nothing is guessed."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from msgspec import Struct

from hubspot_timeline.delivery.batches import Batch, Item
from hubspot_timeline.delivery.response import BatchResponse, named_ids
from hubspot_timeline.errors import BadRequestError, bad_request, one_or_more

BatchError: TypeAlias = Mapping[str, Any]
"""One of the errors in a 207, as JSON."""


class Reconciliation(Struct, frozen=True):
    """The events of a request, by what its response contains for them.

    `created`: a result. `refused`: errors that are, or may be, the event's own. `unattributed`: there are more events
    than errors, so that it is open which error belongs to which event, and whether each event has one. `missing`:
    neither, or both a result and an error.
    """

    created: Batch
    refused: Sequence[tuple[Item, Sequence[BatchError]]]
    unattributed: Batch
    missing: Batch


def reconcile(items: Batch, response: BatchResponse, *, is_ambiguous: bool) -> Reconciliation:
    """Sort the events of a request by its response.

    An error belongs to the event that it names; else to the one event that is left; else, if there are at least as many
    errors as events left, to all of them. `is_ambiguous`: it matters which of the events "exists already", since an
    earlier request may have created them or not all errors say so, and they must be told apart.
    """
    listed = response.created_ids
    if not response.errors and all(item.id in listed for item in items):
        return Reconciliation(items, (), (), ())
    own_errors, unnamed = _by_event(response.errors, [item.id for item in items])
    created = tuple(item for item in items if item.id in listed and item.id not in own_errors)
    refused = [(item, own_errors[item.id]) for item in items if item.id in own_errors and item.id not in listed]
    both = tuple(item for item in items if item.id in listed and item.id in own_errors)
    left = tuple(item for item in items if item.id not in listed and item.id not in own_errors)
    if not unnamed:
        return Reconciliation(created, refused, (), both + left)
    if len(left) == 1 or (len(unnamed) >= len(left) and not is_ambiguous):
        return Reconciliation(created, refused + [(item, unnamed) for item in left], (), both)
    return Reconciliation(created, refused, left, both)


def as_error(errors: Sequence[BatchError]) -> BadRequestError:
    """Return errors of a 207 as one error; if there are several, it is not known which is the event's own."""
    if len(errors) == 1:
        return bad_request(207, errors[0])
    message = one_or_more(str(error.get("message")) for error in errors)
    is_conflict = all(error.get("category") == "CONFLICT" for error in errors)
    category = {"category": "CONFLICT"} if is_conflict else {}
    return bad_request(207, {"message": message, "errors": list(errors), **category})


def _by_event(errors: Sequence[BatchError], ids: Sequence[str]) -> tuple[dict[str, list[BatchError]], list[BatchError]]:
    """Return the errors by the id of the event that they name, and those that name none."""
    own_errors: dict[str, list[BatchError]] = {}
    unnamed: list[BatchError] = []
    for error in errors:
        names = named_ids(error, ids)
        for name in names:
            own_errors.setdefault(name, []).append(error)
        if not names:
            unnamed.append(error)
    return own_errors, unnamed
