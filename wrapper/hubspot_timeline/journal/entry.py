"""One entry of a journal: an event, and its state at the end of the last run."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from hubspot_timeline.delivery.batches import Item
from hubspot_timeline.delivery.outcomes import Created, Outcome, Rejected, Unsent
from hubspot_timeline.errors import ApiError, BadRequestError, ConflictError, TimelineError, api_error
from hubspot_timeline.events.ids import NewId

State: TypeAlias = Literal["open", "unsent", "created", "rejected"]
"""open: the event may have been created. unsent: it was not. created and rejected are final."""

_DIGEST_BYTES = 16

# Errors of single events in a 207, whose class does not follow from their status.
_CLASSES: Mapping[str, type[ApiError]] = {kind.__name__: kind for kind in (BadRequestError, ConflictError)}


class Entry(Struct, frozen=True):
    """The record of an event: `digest` is of its content, `error` is that of a rejected event as JSON text."""

    id: str
    digest: bytes
    state: State
    attempts: int
    error: str | None


def digest(item: Item) -> bytes:
    """Return a hash of the content of an event, without an id that the program generates anew in each run."""
    return blake2b(_with_id(item, ""), digest_size=_DIGEST_BYTES).digest()


def resumed(item: Item, entry: Entry) -> Item | Outcome:
    """Return the final outcome of an event, else the event to send, with the id of its first request."""
    match entry.state:
        case "created":
            return Created(item.position, item.event, entry.id, entry.attempts, body=item.body)
        case "rejected":
            error = _parse_error(entry.error or "{}")
            return Rejected(item.position, item.event, entry.id, entry.attempts, error, body=item.body)
    return replace(item, id=entry.id, body=_with_id(item, entry.id), is_ambiguous=entry.state == "open")


def state_of(outcome: Outcome) -> tuple[State, str | None]:
    """Return the state of an event by its outcome, and the error of a rejected one as JSON text."""
    match outcome:
        case Created():
            return "created", None
        case Rejected():
            return "rejected", _format_error(outcome.error)
        case Unsent():
            return "unsent", None
    return "open", None


def _with_id(item: Item, id_: str) -> bytes:
    """Return the JSON of an event with another id, if the program generated its id."""
    return item.body.replace(_as_json(item.id), _as_json(id_)) if isinstance(item.id, NewId) else item.body


def _as_json(text: str) -> bytes:
    return msgspec.json.encode(str(text))[1:-1]


def _format_error(error: TimelineError) -> str:
    if isinstance(error, ApiError):
        fields = {"kind": type(error).__name__, "status": error.status, "body": dict(error.body), "text": error.text}
        return json.dumps(fields)
    return json.dumps({"message": str(error)})


def _parse_error(text: str) -> TimelineError:
    fields = json.loads(text)
    if "status" not in fields:
        return TimelineError(fields.get("message", "rejected in an earlier run"))
    create = _CLASSES.get(fields["kind"], api_error)
    return create(fields["status"], fields["body"], text=fields["text"])
