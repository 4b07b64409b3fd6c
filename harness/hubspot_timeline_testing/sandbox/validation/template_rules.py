"""Validation of an event's tokens by its template. The messages are guesses: the service's are not published."""

import re
from collections.abc import Mapping
from math import isfinite
from typing import Any

from hubspot_timeline_testing.sandbox.storage.templates import Template

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
_EPOCH = re.compile(r"-?[0-9]{1,16}")  # milliseconds


def token_error(event: Mapping[str, Any], template: Template) -> str | None:
    """Return what is wrong with the first invalid token of an event, None if all are valid."""
    for name, value in event["tokens"].items():
        token = template.token(name)
        if token is None:
            return f"The template {template.body['id']} has no token {name[:100]}."
        error = _value_error(value, token)
        if error:
            return f"The token {name[:100]} is {value[:100]!r}, which is {error}."
    return None


def _value_error(value: str, token: Mapping[str, Any]) -> str | None:
    match token["type"]:
        case "number" if not _NUMBER.fullmatch(value):
            return "not a number"
        case "number" if not isfinite(float(value)):
            return "not a finite number"
        case "date" if not _EPOCH.fullmatch(value):
            return "not a date: it must be in epoch milliseconds"
        case "enumeration":
            values = [option["value"] for option in token["options"]]
            return None if value in values else f"not one of its options: {', '.join(values)[:200]}"
    return None
