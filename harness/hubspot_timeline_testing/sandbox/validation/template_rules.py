"""Whether an event fits its template. The words of the refusals are guessed: nobody has published one."""

import re
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from hubspot_timeline_testing.sandbox.storage.templates import Template
from hubspot_timeline_testing.sandbox.validation.event_rules import Problem

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
_EPOCH = re.compile(r"-?[0-9]{1,16}")  # milliseconds


def find_misfit(event: Mapping[str, Any], template: Template) -> Problem | None:
    """Return the first token of an event that its template does not take."""
    for name, value in event["tokens"].items():
        token = template.token(name)
        if token is None:
            return Problem(f"The template {template.body['id']} has no token {name[:100]}.")
        problem = _FITS[token["type"]](value, token)
        if problem:
            return Problem(f"The token {name[:100]} is {value[:100]!r}, which is {problem}.")
    return None


def foreign(template_id: str) -> Problem:
    """Return what is wrong with an event whose template is another app's, or nobody's."""
    return Problem(f"The app that owns the token has no template {template_id[:100]}.", "INVALID_EVENT_TEMPLATE")


def _number(value: str, token: Mapping[str, Any]) -> str | None:  # noqa: ARG001 - as the others
    if not _NUMBER.fullmatch(value):
        return "no number"
    return None if isfinite(float(value)) else "no finite number"


def _date(value: str, token: Mapping[str, Any]) -> str | None:  # noqa: ARG001
    return None if _EPOCH.fullmatch(value) else "no date: it must be in epoch milliseconds"


def _enumeration(value: str, token: Mapping[str, Any]) -> str | None:
    values = [option["value"] for option in token["options"]]
    return None if value in values else f"none of its options: {', '.join(values)[:200]}"


def _string(value: str, token: Mapping[str, Any]) -> str | None:  # noqa: ARG001
    return None


_FITS: dict[str, Callable[[str, Mapping[str, Any]], str | None]] = {
    "string": _string,
    "number": _number,
    "date": _date,
    "enumeration": _enumeration,
}
