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
from hubspot_timeline.errors import ApiError, BadRequestError, ConflictError, api_error
from hubspot_timeline.events.ids import NewId

State: TypeAlias = Literal["open", "unsent", "created", "existing", "rejected"]
"""open: the event may have been created. unsent: it was not. created, existing and rejected are final."""

_DIGEST_BYTES = 16

# Errors of single events in a 207, whose class does not follow from their status.
_CLASSES: Mapping[str, type[ApiError]] = {kind.__name__: kind for kind in (BadRequestError, ConflictError)}


class Entry(Struct, frozen=True):
    """The record of an event: `digest` is of its id and content, `error` is that of a rejected event as JSON text.

    `api` is the version of the API that it was sent through last.
    """

    id: str
    digest: bytes
    state: State
    attempts: int
    error: str | None
    api: str


def digest(item: Item) -> bytes:
    """Return a hash of the id and the content of an event, and of its account in a pool."""
    account = b"" if item.account is None else b"\n" + item.account.encode()
    return blake2b(_as_json(item.id) + b"\n" + item.body + account, digest_size=_DIGEST_BYTES).digest()


def with_recorded_id(item: Item, entry: Entry) -> Item:
    """Return an event with the id of its entry if the program generates its id, which is another one in each run."""
    is_generated = isinstance(item.id, NewId)
    body = item.body.replace(_as_json(item.id), _as_json(entry.id)) if is_generated else item.body
    return replace(item, id=entry.id, body=body)


def resumed(item: Item, entry: Entry) -> Item | Outcome:
    """Return the final outcome of an event, else the event to send. Raises ValueError for an entry that is damaged."""
    match entry.state:
        case "created" | "existing":
            existed = entry.state == "existing"
            return Created(item.position, item.event, item.id, entry.attempts, body=item.body, existed=existed)
        case "rejected":
            error = _parse_error(entry.error or "{}")
            return Rejected(item.position, item.event, item.id, entry.attempts, error, body=item.body)
        case "open" | "unsent":
            return replace(item, opened_by=entry.api if entry.state == "open" else None)
    raise ValueError(f"the state {entry.state!r} is unknown")


def state_of(outcome: Outcome) -> tuple[State, str | None]:
    """Return the state of an event by its outcome, and the error of a rejected one as JSON text."""
    match outcome:
        case Created():
            return "existing" if outcome.existed else "created", None
        case Rejected(error=ApiError() as error):
            return "rejected", _format_error(error)
        case Rejected() | Unsent():  # the event type of a template may be added before the next run
            return "unsent", None
    return "open", None


def _as_json(text: str) -> bytes:
    return msgspec.json.encode(str(text))[1:-1]


def _format_error(error: ApiError) -> str:
    fields = {"kind": type(error).__name__, "status": error.status, "body": dict(error.body), "text": error.text}
    return json.dumps(fields)


def _parse_error(text: str) -> ApiError:
    try:
        fields = json.loads(text)
        create = _CLASSES.get(fields["kind"], api_error)
        return create(fields["status"], fields["body"], text=fields["text"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"the error {text!r} is not one that was stored") from error
