"""Values of event tokens, converted to the strings that are sent."""

import operator
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, SupportsIndex, TypeAlias

from hubspot_timeline.errors import EventError, type_of
from hubspot_timeline.events.json_values import base_text
from hubspot_timeline.events.timestamps import epoch_milliseconds, parse_timestamp

TokenValue: TypeAlias = str | SupportsIndex | float | Decimal | bool | date | datetime | Enum
"""The value of an event token, which is sent as a string."""


def token_texts(tokens: Mapping[str, Any], field: str) -> dict[str, str]:
    """Return the event tokens in a field as the strings that are sent. Raises EventError with the name of one."""
    return {
        name: value if type(value) is str else token_text(value, f"{field}.{name}") for name, value in tokens.items()
    }


def token_text(value: object, field: str) -> str:
    """Return the value of an event token as the string that is sent.

    A date or an aware datetime becomes epoch milliseconds, a bool true or false, an Enum its value; numbers are
    written without an exponent. Raises EventError for all else.
    """
    match value:
        case Enum():
            return token_text(value.value, field)
        case bool():
            return "true" if value else "false"
        case str():
            return base_text(value)
        case float():
            return _number(Decimal(float.__repr__(value)), field)
        case Decimal():
            return _number(Decimal(value), field)
        case datetime():
            return str(epoch_milliseconds(parse_timestamp(value, field)))
        case date():
            return str(epoch_milliseconds(value))
        case None:
            raise EventError("has no value; leave the token out or give it a string", field)
    if (text := integer_text(value)) is None:
        raise EventError(f"is {type_of(value)}; an event token is text, a number or a date", field)
    return text


def integer_text(value: Any) -> str | None:
    """Return a whole number as text, also one of numpy, which is not an int; None for all else."""
    try:
        return str(operator.index(value))
    except TypeError:
        return None


def _number(value: Decimal, field: str) -> str:
    if not value.is_finite():
        raise EventError(f"{value} is not a finite number", field)
    return format(value, "f")
