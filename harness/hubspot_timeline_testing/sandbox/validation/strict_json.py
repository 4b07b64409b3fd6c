"""JSON as RFC 8259 has it: UTF-8, finite numbers, whole surrogate pairs; more than Python's own reader asks for."""

import json
import re
from math import isfinite
from typing import Any

from attrs import frozen

from hubspot_timeline_testing.sandbox.errors import RefusedError, invalid
from hubspot_timeline_testing.sandbox.validation.json_positions import place

_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


@frozen
class Json:
    """A JSON text and its value."""

    text: str
    value: Any


def parse(raw: bytes) -> Json:
    """Return a request body as JSON. Raises RefusedError with 400, or RecursionError if it is nested too deeply."""
    try:
        text = raw.decode()
        json_value = Json(text, _DECODER.decode(text))
        _check_surrogates(json_value)
    except json.JSONDecodeError as error:
        raise _refusal(f" on {place(error.doc, error.pos)}: {error.msg}") from error
    except ValueError as error:  # bytes that are no UTF-8, numbers that are not finite, halves of surrogate pairs
        raise _refusal(f": {error}") from error
    return json_value


def _refusal(rest: str) -> RefusedError:
    return invalid(f"Invalid input JSON{rest}")


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text[:100]} is not a finite number")
    return number


def _check_surrogates(found: Json) -> None:
    """Raise UnicodeEncodeError for a lone surrogate, which only an escape can have brought in."""
    if _ESCAPED_SURROGATE.search(found.text):
        json.dumps(found.value, ensure_ascii=False).encode()


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_finite)
