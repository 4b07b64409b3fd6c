"""JSON values: their type for msgspec, and the conversion of other Python values to it."""

import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from hubspot_timeline.errors import EventError, type_of

# msgspec has no recursive types; what is nested deeper than this goes through `plain_json`.
_DEPTH = 5

if TYPE_CHECKING:
    JsonValue: TypeAlias = Any
else:
    # The bounds exclude NaN and the infinities.
    _Scalar = str | int | Annotated[float, Meta(ge=-sys.float_info.max, le=sys.float_info.max)] | bool | None
    JsonValue = _Scalar
    for _ in range(_DEPTH):
        JsonValue = _Scalar | list[JsonValue] | dict[str, JsonValue]


def plain_json(value: object, path: str) -> Any:
    """Return a value as JSON's own types. Raises EventError with the path of the first part that has no JSON.

    Subclasses become the type that they extend, decimals become numbers, enums their value; dates and
    UUIDs become text.
    """
    try:
        return _plain(value, path)
    except RecursionError as error:
        raise EventError("is nested too deeply, or contains itself", path or None) from error


def base_text(value: object) -> str:
    """Return the text of a subclass of str, whose own `__str__` may differ; msgspec calls this when it writes one."""
    if isinstance(value, str):
        return str.__str__(value)
    raise TypeError(f"{type(value).__name__} has no JSON")


def _plain(value: object, path: str) -> Any:
    match value:
        case Enum():
            return _plain(value.value, path)
        case None | bool():
            return value
        case str():
            return _text(value, path)
        case int():
            return int.__int__(value)
        case float() | Decimal() if not isfinite(value):
            raise EventError(f"is {value}, which JSON does not have", path)
        case float() | Decimal():
            return float(value)
        case date() | UUID():
            return msgspec.to_builtins(value)
        case Mapping():
            return {
                _name(name, _joined(path, "*")): _plain(inner, _joined(path, name)) for name, inner in value.items()
            }
        case list() | tuple() | set() | frozenset():  # msgspec takes sets for lists as well
            return [_plain(inner, f"{path}[{index}]") for index, inner in enumerate(value)]
    raise EventError(f"is {type_of(value)}, which has no JSON", path)


def _text(value: str, path: str) -> str:
    text = str.__str__(value)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise EventError("holds half of a surrogate pair, which is not text", path) from error
    return text


def _name(name: object, path: str) -> str:
    if not isinstance(name, str):
        raise EventError(f"is the name {name!r}, which is not text", path)
    return _text(name, path)


def _joined(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)
