"""Faults from text: the words of Fault, and http-NNN for any status; errors suggest the nearest word."""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from reprlib import Repr
from typing import Any, TypeVar

from hubspot_timeline_testing.sandbox.faults.kinds import AnyFault, EventFault, Fault, RequestFault, StatusFault

STATUS_WORDS = "http-NNN, http-NNN-html, http-NNN-after, http-NNN-html-after (NNN from 200 to 599)"
"""The words for any status, for messages."""

KINDS = f"{', '.join(Fault)}, {STATUS_WORDS}"
"""All words for the faults of requests, for messages."""

_EXAMPLES = ("http-404", "http-429", "http-524-html", "http-524-html-after", "http-404-after")
# -json is left out of messages: it is only for four status codes whose short word is a member of Fault.
_STATUS = re.compile(r"http-([2-5][0-9]{2})(-html|-json)?(-after)?")

_T = TypeVar("_T")

_short = Repr()
_short.maxstring = _short.maxother = _short.maxlong = 80
short_repr: Callable[[object], str] = _short.repr
"""Return any value for a message: short, however deeply it is nested."""


def parse_fault(value: object) -> RequestFault:
    """Return the fault of a request for a word, or for a status as a number (429 is http-429).

    Raises ValueError with the value, a suggestion and the known words.
    """
    fault = _find(value)
    if fault is None:
        likely = suggestion(value, (*Fault, *_EXAMPLES))
        raise ValueError(f"{short_repr(value)} is not a fault; {likely}known are {KINDS}")
    return fault


def parse_event_fault(value: object) -> AnyFault:
    """Return the fault of an event: a fault of requests, or a word that is for events only.

    Raises ValueError as `parse_fault` does.
    """
    if isinstance(value, str) and value in list(EventFault):
        return EventFault(value)
    fault = _find(value)
    if fault is None:
        likely, known = suggestion(value, (*Fault, *EventFault, *_EXAMPLES)), ", ".join(EventFault)
        raise ValueError(f"{short_repr(value)} is not a fault of an event; {likely}known are {known}, {KINDS}")
    return fault


def at(position: str, parse: Callable[[Any], _T], value: Any) -> _T:
    """Return a parsed value. Raises ValueError, which starts with the position."""
    try:
        return parse(value)
    except ValueError as error:
        raise ValueError(f"{position}: {error}") from error


def suggestion(value: object, known: Iterable[str]) -> str:
    """Return "did you mean …? " with the nearest known word, empty if none is near."""
    word = value.lower().replace("_", "-")[:100] if isinstance(value, str) else ""
    near = get_close_matches(word, list(known), 1)
    return f"did you mean {near[0]}? " if near else ""


def _find(value: object) -> RequestFault | None:
    if isinstance(value, Fault | StatusFault):
        return value
    word = f"http-{value}" if isinstance(value, int) else value
    if not isinstance(word, str):
        return None
    if word in list(Fault):
        return Fault(word)
    match = _STATUS.fullmatch(word)
    if match is None:
        return None
    status, form, after = match.groups()
    return StatusFault(int(status), is_html=form == "-html", is_after_work=after is not None)
