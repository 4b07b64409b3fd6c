"""What can be known of an event before it is sent: types of the document, and limits that it cannot express.

The limits are the vendor's (2025-03-17): id 500 bytes, a token 510 KB, an event 1 MB. Whether K is 1000 or 1024 is
not said, so the smaller holds.
"""

import re
from collections.abc import Mapping
from itertools import repeat
from typing import Any

from hubspot_timeline.errors import EventError
from hubspot_timeline.events.wire import unknown_field

MAX_ID_BYTES = 500
MAX_TOKEN_BYTES = 510_000
MAX_EVENT_BYTES = 1_000_000

IFRAME_FIELDS = {"linkLabel": str, "headerLabel": str, "url": str, "width": int, "height": int}
"""The fields of an event's timelineIFrame in wire names, all required, and their types."""

_TEXTS = ("eventTemplateId", "id", "email", "objectId", "utk", "domain", "customObjectTypeId")
_KINDS: dict[str, type] = dict.fromkeys((*_TEXTS, "timestamp"), str) | {"tokens": dict, "extraData": dict}
_CONTACT_TYPES = ("", "CONTACT", "0-1")
_TOKEN_NAME = re.compile(r"[A-Za-z0-9._\-]+")
_RESERVED = ("log", "lookup")
_INT32 = 2**31

# Token names that were found good, since the same few come with every event.
_good_names: set[object] = set()
_MOST_NAMES = 4096


def check(wire: Mapping[str, Any]) -> None:
    """Raise EventError for the first thing in an event (wire names) that the service would refuse."""
    if not is_plain(wire):
        _refuse_faults(wire)
    if "timelineIFrame" in wire:
        check_iframe(wire["timelineIFrame"])


def is_plain(wire: Mapping[str, Any]) -> bool:
    """Tell at once that there is nothing to refuse, as in most events; their iframe aside."""
    if not all(map(isinstance, wire.values(), map(_KINDS.get, wire, repeat(object)))):
        return False
    if not (wire.get("eventTemplateId") and wire.get("id") and "tokens" in wire):
        return False
    if not (wire.get("objectId") or ((wire.get("email") or wire.get("utk")) and "customObjectTypeId" not in wire)):
        return False
    return has_plain_tokens(wire["tokens"])


def has_plain_tokens(tokens: object) -> bool:
    """Tell whether these are strings under names that were found good before, as nearly all tokens are."""
    if type(tokens) is not dict:
        return False
    for name, text in tokens.items():  # noqa: SIM110 - all() takes three times as long
        if type(text) is not str or name not in _good_names:
            return False
    return True


def _refuse_faults(wire: Mapping[str, Any]) -> None:
    for name in _TEXTS:
        if name in wire and not isinstance(wire[name], str):
            raise EventError(f"is {_kind(wire[name])}, not a string", name)
    for name in ("eventTemplateId", "id"):
        if not wire.get(name):
            raise EventError("is empty" if name in wire else "is missing", name)
    if not (wire.get("email") or wire.get("objectId") or wire.get("utk")):
        raise EventError("names no record to land on; give objectId, utk or email")
    if "customObjectTypeId" in wire and wire["customObjectTypeId"] not in _CONTACT_TYPES and not wire.get("objectId"):
        raise EventError("is missing; a custom object is found by it alone", "objectId")
    _check_tokens(wire)
    if "extraData" in wire and not isinstance(wire["extraData"], Mapping):
        raise EventError(f"is {_kind(wire['extraData'])}, not an object", "extraData")


def check_sizes(wire: Mapping[str, Any], size: int) -> None:
    """Raise EventError if an event (wire names), `size` bytes long as JSON, is larger than the service takes."""
    id_bytes = len(wire["id"].encode())
    if id_bytes > MAX_ID_BYTES:
        raise EventError(f"is {id_bytes} bytes long; at most {MAX_ID_BYTES} are taken", "id")
    if size <= MAX_TOKEN_BYTES:
        return
    for name, text in wire["tokens"].items():
        if len(text.encode()) > MAX_TOKEN_BYTES:
            raise EventError(
                f"is {len(text.encode())} bytes long; at most {MAX_TOKEN_BYTES} are taken",
                f"tokens.{name}",
            )
    if size > MAX_EVENT_BYTES:
        raise EventError(f"is {size} bytes long as JSON; at most {MAX_EVENT_BYTES} are taken")


def _check_tokens(wire: Mapping[str, Any]) -> None:
    tokens = wire.get("tokens")
    if not isinstance(tokens, Mapping):
        raise EventError(f"is {_kind(tokens)}, not an object" if "tokens" in wire else "is missing", "tokens")
    for name, value in tokens.items():
        if problem := token_name_problem(name):
            raise EventError(problem, f"tokens.{name}")
        if not isinstance(value, str):
            raise EventError(
                f"is {_kind(value)}, not a string; event() turns values into strings",
                f"tokens.{name}",
            )
        if len(_good_names) < _MOST_NAMES:
            _good_names.add(name)


def token_name_problem(name: object) -> str | None:
    """Return what is wrong with the name of a token, or None."""
    if len(str(name)) > MAX_ID_BYTES:
        return "is too long for a token name"
    if not isinstance(name, str) or not _TOKEN_NAME.fullmatch(name):
        return "is no token name, which may hold only letters, digits, '.', '-' and '_'"
    return "is a word that the service keeps for itself" if name in _RESERVED else None


def check_iframe(frame: object) -> None:
    """Raise EventError for the first thing in an event's timelineIFrame that the service would refuse."""
    if not isinstance(frame, Mapping):
        raise EventError(f"is {_kind(frame)}, not an object", "timelineIFrame")
    for name, kind in IFRAME_FIELDS.items():
        if name not in frame:
            raise EventError("is missing; an iframe needs all five fields", f"timelineIFrame.{name}")
        if not isinstance(frame[name], kind) or isinstance(frame[name], bool):
            wanted = "a string" if kind is str else "a whole number"
            raise EventError(f"is {_kind(frame[name])}, not {wanted}", f"timelineIFrame.{name}")
        if kind is int and not -_INT32 <= frame[name] < _INT32:
            raise EventError("is out of the range of 32 bits", f"timelineIFrame.{name}")
    for name in frame:
        if name not in IFRAME_FIELDS:
            raise unknown_field(name, tuple(IFRAME_FIELDS), "timelineIFrame.")


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case Mapping():
            return "an object"
        case list() | tuple():
            return "a list"
        case str():
            return "a string"
    return f"a {type(value).__name__}"
