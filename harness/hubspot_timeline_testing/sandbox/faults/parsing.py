"""Faults as words: the names of Fault, and http-NNN for any status."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from reprlib import Repr

from hubspot_timeline_testing.sandbox.faults.kinds import AnyFault, EventFault, Fault, RequestFault, StatusFault

STATUS_WORDS = "http-NNN, http-NNN-html, http-NNN-after, http-NNN-html-after (NNN from 200 to 599)"
"""The words for any status, for people to read."""

KINDS = f"{', '.join(Fault)}, {STATUS_WORDS}"
"""All words for the faults of requests, for people to read."""

_EXAMPLES = ("http-404", "http-429", "http-524-html", "http-524-html-after", "http-404-after")
# -json need not be told of: only Python can ask for the four bodies that it is for.
_STATUS = re.compile(r"http-([2-5][0-9]{2})(-html|-json)?(-after)?")

_repr = Repr()
_repr.maxstring = _repr.maxother = _repr.maxlong = 80


def read_fault(given: RequestFault | str | int) -> RequestFault:
    """Return the fault of a request that is meant by a word, or by a status as a number (429 is http-429).

    Raises ValueError, which says what was found, what may have been meant, and what there is.
    """
    found = given if isinstance(given, StatusFault) else _find(given)
    if found is None:
        raise ValueError(f"{shown(given)} is no fault; {hint(given, (*Fault, *_EXAMPLES))}known are {KINDS}")
    return found


def read_event_fault(given: AnyFault | str | int) -> AnyFault:
    """Return what is meant to happen to an event: a fault of requests, or a word that is for events only.

    Raises ValueError as `read_fault` does.
    """
    if isinstance(given, str) and given in list(EventFault):
        return EventFault(given)
    found = given if isinstance(given, StatusFault) else _find(given)
    if found is None:
        likely = hint(given, (*Fault, *EventFault, *_EXAMPLES))
        known = ", ".join(EventFault)
        raise ValueError(f"{shown(given)} is no fault of an event; {likely}known are {known}, {KINDS}")
    return found


def hint(given: object, known: Iterable[str]) -> str:
    """Return "did you mean …? " with the nearest of the known words, or nothing where none is near."""
    word = str(given).lower().replace("_", "-")[:100] if isinstance(given, str) else ""
    near = get_close_matches(word, list(known), 1)
    return f"did you mean {near[0]}? " if near else ""


def shown(found: object) -> str:
    """Return any value as a message shows it: short, and however deeply it is nested."""
    return _repr.repr(found)


def _find(given: object) -> RequestFault | None:
    word = f"http-{given}" if isinstance(given, int) else given
    if not isinstance(word, str):
        return None
    if word in list(Fault):
        return Fault(word)
    match = _STATUS.fullmatch(word)
    if match is None:
        return None
    status, form, after = match.groups()
    return StatusFault(int(status), is_html=form == "-html", is_after_work=after is not None)
