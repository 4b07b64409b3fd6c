"""Validation of events beyond the types of their fields, and errors that name the field and say what is wrong.

The limits are the vendor's (2025-03-17): id 500 bytes, an event token 510 KB, an event 1 MB. Whether K is 1000 or 1024
is not documented, so the smaller is used.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from math import isfinite
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from hubspot_timeline.errors import EventError

if TYPE_CHECKING:
    from msgspec import ValidationError

    from hubspot_timeline.events.payload import EventPayload

MAX_ID_BYTES = 500
MAX_TOKEN_BYTES = 510_000
MAX_EVENT_BYTES = 1_000_000

_CONTACT_TYPES = ("", "CONTACT", "0-1")
_TOKEN_NAME = re.compile(r"[A-Za-z0-9._\-]+")
_RESERVED_TOKEN_NAMES = ("log", "lookup")

# Names of event tokens that are valid, since the same few come with every event.
_valid_names: set[str] = set()
_MAX_NAMES = 4096

_EXPECTED = re.compile(r"Expected `([\w |]+)`(.*?), got `(\w+)`")
_RANGE = re.compile(r"Expected `int` ([<>]= -?\d+)")
_PATH = re.compile(r" - at (?:`key` in )?`\$\.?(.*)`$")
_FIELD = re.compile(r"Object (?:missing required|contains unknown) field `(.*?)`")
_TYPES = {
    "str": "a string", "int": "a whole number", "float": "a number", "bool": "a boolean", "null": "null",
    "array": "a list", "object": "an object", "datetime": "a timestamp",
}  # fmt: skip


def require_identity(payload: "EventPayload") -> None:
    """Raise EventError if no field identifies the record that the event belongs to."""
    if payload.object_id:
        return
    if not payload.email and not payload.utk:
        raise EventError("identifies no record; give objectId, utk or email")
    if payload.custom_object_type_id and payload.custom_object_type_id not in _CONTACT_TYPES:
        raise EventError("is missing; a custom object is identified by it alone", "objectId")


def require_token_names(tokens: Mapping[str, str]) -> None:
    """Raise EventError for the first event token whose name the service does not allow."""
    if tokens.keys() <= _valid_names:
        return
    for name in tokens:
        if problem := token_name_problem(name):
            raise EventError(problem, f"tokens.{name}")
        if len(_valid_names) < _MAX_NAMES:
            _valid_names.add(name)


def token_name_problem(name: object) -> str | None:
    """Return what is wrong with the name of a token, or None."""
    if len(str(name)) > MAX_ID_BYTES:
        return "is too long for the name of a token"
    if not isinstance(name, str) or not _TOKEN_NAME.fullmatch(name):
        return "is not the name of a token, which may hold letters, digits, '.', '-' and '_'"
    return "is a name that the service reserves" if name in _RESERVED_TOKEN_NAMES else None


def require_sizes(payload: "EventPayload", body: bytes) -> None:
    """Raise EventError if an event, its id or one of its tokens is larger than the service allows."""
    if len(body) <= MAX_ID_BYTES:
        return
    _require_size(payload.id, MAX_ID_BYTES, "id")
    if len(body) <= MAX_TOKEN_BYTES:
        return
    for name, text in payload.tokens.items():
        _require_size(text, MAX_TOKEN_BYTES, f"tokens.{name}")
    if len(body) > MAX_EVENT_BYTES:
        raise EventError(f"is {len(body)} bytes long as JSON; at most {MAX_EVENT_BYTES} are allowed")


def _require_size(text: str, limit: int, field: str) -> None:
    if len(text) * 4 > limit and (size := len(text.encode())) > limit:
        raise EventError(f"is {size} bytes long; at most {limit} are allowed", field)


def unknown_field(name: object, known: Sequence[str], prefix: str = "") -> EventError:
    """Return the error for a field that is not one of the known ones, with the most similar name."""
    similar = get_close_matches(str(name), known, 1)
    hint = f"did you mean {similar[0]}?" if similar else f"known fields are {', '.join(known)}"
    return EventError(f"is not a field of the OpenAPI document; {hint}", f"{prefix}{name}")


def explained(error: "ValidationError", nested_fields: Sequence[str]) -> EventError:
    """Return msgspec's error with the field that it is about, in plain text."""
    text = str(error)
    path = match[1] if (match := _PATH.search(text)) else ""
    text = _PATH.sub("", text)
    if match := _FIELD.match(text):
        if "unknown" in text:
            return unknown_field(match[1], nested_fields, f"{path}.")
        return EventError("is missing", f"{path}.{match[1]}".lstrip("."))
    return EventError(in_plain_words(text), path or None)


def in_plain_words(text: str) -> str:
    """Return what msgspec says of a value, without its path, in plain words."""
    if "of length >= 1" in text:
        return "is empty"
    if match := _RANGE.match(text):
        return f"is out of range; it must be {match[1]}"
    if match := _EXPECTED.match(text):
        expected = _TYPES.get(match[1].partition(" ")[0], match[1])
        return f"is {_TYPES.get(match[3], f'a {match[3]}')}, not {expected}"
    return text.replace("`", "")


def unencodable(fields: Mapping[str, object], error: Exception) -> EventError:
    """Return the error for an event that has no JSON, with the field that is the cause where it can be found."""
    if isinstance(error, RecursionError):
        return EventError("is nested too deeply, or contains itself")
    for path, value in _leaves(fields, ""):
        try:
            msgspec.json.encode(value, enc_hook=as_json)
        except UnicodeEncodeError:
            return EventError("holds half of a surrogate pair, which is not text", path)
        except TypeError:
            return EventError(f"is a {type(value).__name__}, which has no JSON", path)
    return EventError(f"has no JSON: {error}")


def as_json(value: object) -> object:
    """Return what msgspec can write for a value that it does not know: subclasses of text and numbers, mappings."""
    match value:
        case str():
            return str.__str__(value)  # not str(), which a subclass may override
        case float():
            return float.__float__(value)
        case int():
            return int.__int__(value)
        case Mapping():
            return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON")


def json_problem(fields: Mapping[str, object]) -> EventError | None:
    """Return the error for the first value that JSON does not have, or that msgspec would write as something else."""
    for path, leaf in _leaves(fields, ""):
        value = leaf.value if isinstance(leaf, Enum) else leaf
        if path.endswith("*") and not isinstance(value, str):
            return EventError(f"is the name {value!r}, which is not text", path)
        if isinstance(value, float | Decimal) and not isfinite(value):
            return EventError(f"is {value}, which JSON does not have", path)
        if value is not None and not isinstance(value, str | int | float | Decimal | date | UUID):
            return EventError(f"is a {type(value).__name__}, which has no JSON", path)
    return None


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Yield the names and values of a JSON value, each with its path."""
    match value:
        case Mapping():
            for name, inner in value.items():
                yield f"{path}.*" if path else "*", name
                yield from _leaves(inner, f"{path}.{name}" if path else str(name))
        case list() | tuple():
            for index, inner in enumerate(value):
                yield from _leaves(inner, f"{path}[{index}]")
        case _:
            yield path, value
