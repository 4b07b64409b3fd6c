"""Validation of events beyond the types of their fields, and errors that name the field and say what is wrong.

The limits are the vendor's (2025-03-17): id 500 bytes, an event token 510 KB, an event 1 MB. Whether K is 1000 or 1024
is not documented, so the smaller is used.
"""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from msgspec import ValidationError

from hubspot_timeline.errors import EventError, printable
from hubspot_timeline.events.schemas import Payload

MAX_ID_BYTES = 500
MAX_TOKEN_BYTES = 510_000
MAX_EVENT_BYTES = 1_000_000
_MAX_CHARACTER_BYTES = 4  # of UTF-8
_MAX_QUOTED = 100

_CONTACT_TYPES = ("", "CONTACT", "0-1")
_TOKEN_NAME = re.compile(r"[A-Za-z0-9._\-]+")
_RESERVED_TOKEN_NAMES = ("log", "lookup")

# Names of event tokens that are valid, since the same few come with every event.
_valid_names: set[str] = set()
_MAX_NAMES = 4096

_EXPECTED = re.compile(r"Expected `([\w |]+)`(.*?), got `([\w.]+)`")
_RANGE = re.compile(r"Expected `int` ([<>]= -?\d+)")
_PATH = re.compile(r" - at (?:`key` in )?`\$\.?(.*)`$")
_FIELD = re.compile(r"Object (?:missing required|contains unknown) field `(.*?)`")
_TYPES = {
    "str": "a string", "int": "a whole number", "float": "a number", "bool": "a boolean", "null": "null",
    "array": "a list", "object": "an object", "datetime": "a timestamp",
}  # fmt: skip


def require_identity(payload: Payload) -> None:
    """Raise EventError if no field identifies the record that the event belongs to, or an email that cannot."""
    if payload.object_id:
        return
    if not payload.utk:
        if not payload.email:
            raise EventError("identifies no record; give objectId, utk or email")
        require_email(payload.email)
    if payload.custom_object_type_id and payload.custom_object_type_id not in _CONTACT_TYPES:
        raise EventError("is missing; a custom object is identified by it alone", "objectId")


def require_email(text: str) -> None:
    """Raise EventError for a text that is not an email address."""
    name, _, host = text.partition("@")
    if not name or not host or "@" in host:
        raise EventError(f"{text[:60]!r} is not an email address, which has one @ with text on both sides", "email")


def require_token_names(tokens: Mapping[str, str], field: str) -> None:
    """Raise EventError for the first event token whose name the service does not allow."""
    if _valid_names.issuperset(tokens):
        return
    for name in tokens:
        if problem := token_name_problem(name):
            raise EventError(problem, f"{field}.{name}")
        if len(_valid_names) < _MAX_NAMES:
            _valid_names.add(name)


def token_name_problem(name: object) -> str | None:
    """Return what is wrong with the name of a token, or None."""
    if len(str(name)) > MAX_ID_BYTES:
        return "the name is too long for a token"
    if not isinstance(name, str) or not _TOKEN_NAME.fullmatch(name):
        return "the name of a token may hold letters, digits, '.', '-' and '_' only"
    return f"the name {name} is reserved; use another one" if name in _RESERVED_TOKEN_NAMES else None


def require_sizes(payload: Payload, body: bytes) -> None:
    """Raise EventError if an event, its id or one of its tokens is larger than the service allows."""
    if len(payload.id) * _MAX_CHARACTER_BYTES > MAX_ID_BYTES:
        _require_size(payload.id, MAX_ID_BYTES, "id")
    if len(body) <= MAX_TOKEN_BYTES:
        return
    for name, text in payload.tokens.items():
        _require_size(text, MAX_TOKEN_BYTES, f"{payload.VALUES_FIELD}.{name}")
    if len(body) > MAX_EVENT_BYTES:
        raise EventError(f"is {len(body):,} bytes long as JSON; at most {MAX_EVENT_BYTES:,} are allowed")


def _require_size(text: str, limit: int, field: str) -> None:
    size = len(text.encode())
    if size > limit:
        raise EventError(f"is {size:,} bytes long; at most {limit:,} are allowed", field)


def unknown_field(name: object, known: Sequence[str], prefix: str = "") -> EventError:
    """Return the error for a field that is not one of the known ones, with the most similar name."""
    field = f"{prefix}{name}"
    similar = get_close_matches(str(name), known, 1)
    hint = f'did you mean "{similar[0]}"?' if similar else f"known fields are {', '.join(known)}"
    return EventError(f'unknown field "{printable(field, _MAX_QUOTED)}"; {hint}', field)


def explained(error: ValidationError, nested_fields: Sequence[str]) -> EventError:
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
