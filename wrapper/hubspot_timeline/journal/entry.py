"""One entry of a journal: an event, and how far it came."""

import json
import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Literal, TypeAlias

from attrs import evolve, frozen

from hubspot_timeline.delivery.batches import Item
from hubspot_timeline.delivery.outcomes import Created, Outcome, Rejected, Unsent
from hubspot_timeline.errors import ApiError, BadRequestError, ConflictError, TimelineError, api_error
from hubspot_timeline.events.ids import NewId

State: TypeAlias = Literal["open", "unsent", "created", "rejected"]
"""open: the event may have been created. unsent: it was not. created and rejected: settled for good."""

_DIGEST_BYTES = 16

# Numbers that JSON writers spell differently, and one may be installed when a run is resumed that was not there before.
_SPELLINGS = re.compile(rb"0\.0000|[0-9][eE][-+]?[0-9]")

# Errors that do not follow from their status: those of single events in a 207.
_KINDS: Mapping[str, type[ApiError]] = {kind.__name__: kind for kind in (BadRequestError, ConflictError)}


@frozen
class Entry:
    """What a journal knows of an event: `digest` is of its content, `error` that of a rejected one as JSON text."""

    id: str
    digest: bytes
    state: State
    attempts: int
    error: str | None


def digest(item: Item) -> bytes:
    """Return what tells the content of an event from others.

    A new id is not part of it: the program that gave the event one gives it another one in its next run.
    """
    content = item.body.replace(_as_json(item.id), b"") if isinstance(item.id, NewId) else item.body
    if _SPELLINGS.search(content):
        content = repr(json.loads(content)).encode()
    return blake2b(content, digest_size=_DIGEST_BYTES).digest()


def resumed(item: Item, entry: Entry) -> Item | Outcome:
    """Return the outcome that an event had, else the event as it has to be sent: with the id of its first request."""
    match entry.state:
        case "created":
            return Created(item.position, item.event, entry.id, entry.attempts, body=item.body)
        case "rejected":
            return Rejected(
                item.position, item.event, entry.id, entry.attempts, _error(entry.error or "{}"), body=item.body
            )
    body = item.body.replace(_as_json(item.id), _as_json(entry.id)) if isinstance(item.id, NewId) else item.body
    return evolve(item, id=entry.id, body=body, is_unclear=entry.state == "open")


def state_of(outcome: Outcome) -> tuple[State, str | None]:
    """Return how far an event came by its outcome, and its error as JSON text where it is settled with one."""
    match outcome:
        case Created():
            return "created", None
        case Rejected():
            return "rejected", _error_text(outcome.error)
        case Unsent():
            return "unsent", None
    return "open", None


def _as_json(text: str) -> bytes:
    return json.dumps(text, ensure_ascii=False)[1:-1].encode()


def _error_text(error: TimelineError) -> str:
    if isinstance(error, ApiError):
        told = {"kind": type(error).__name__, "status": error.status, "body": dict(error.body), "text": error.text}
        return json.dumps(told)
    return json.dumps({"message": str(error)})


def _error(text: str) -> TimelineError:
    told = json.loads(text)
    if "status" in told:
        if kind := _KINDS.get(told["kind"]):
            return kind(told["status"], told["body"], text=told["text"])
        return api_error(told["status"], told["body"], text=told["text"])
    return TimelineError(told.get("message", "rejected in an earlier run"))
