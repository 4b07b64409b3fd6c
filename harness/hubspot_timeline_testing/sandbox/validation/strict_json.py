"""JSON as RFC 8259 requires it: UTF-8, finite numbers, whole surrogate pairs; Python's own parser is less strict."""

import json
import re
from math import isfinite
from typing import Any

from attrs import frozen

from hubspot_timeline_testing.sandbox.errors import validation_error
from hubspot_timeline_testing.sandbox.json_positions import line_and_column

_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


@frozen
class ParsedJson:
    """A JSON text and its value."""

    text: str
    value: Any


def parse_json(raw: bytes) -> ParsedJson:
    """Return a request body as JSON. Raises ServiceError (400), also for one that is nested too deeply."""
    try:
        text = raw.decode()
        value = _DECODER.decode(text)
        if _ESCAPED_SURROGATE.search(text):  # the only way to a lone surrogate
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        message = f"Invalid input JSON on {line_and_column(error.doc, error.pos)}: {error.msg}"
        raise validation_error(message) from error
    except ValueError as error:  # not UTF-8, an infinite number, or half of a surrogate pair
        raise validation_error(f"Invalid input JSON: {error}") from error
    except RecursionError as error:
        raise validation_error("Invalid input JSON: it is nested too deeply") from error
    return ParsedJson(text, value)


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text[:100]} is not a finite number")
    return number


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_finite)
