"""The kinds of tokens: what is wrong with a value as it is sent, in words that end with what to do."""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from math import isfinite
from typing import TypeAlias

from attrs import frozen

Problem: TypeAlias = Callable[[str], str | None]
"""Says what is wrong with the value of a token, or returns None."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
_DAY = 86_400_000  # milliseconds
_YEAR_10000 = 253_402_300_800_000
# Epoch seconds of the years 1973 to 2286; as milliseconds they are in the first months of 1970.
_LIKE_SECONDS = range(10**8, 10**10)
_SHOWN = 10
_LONGEST = 60


@frozen
class Enumeration:
    """Says what is wrong with the value of an enumeration; `labels` are those of its values."""

    labels: Mapping[str, str]

    def __call__(self, text: str) -> str | None:
        """Return what is wrong with a value."""
        if text in self.labels:
            return None
        folded = {label.casefold(): value for value, label in self.labels.items()}
        folded |= {value.casefold(): value for value in self.labels}
        near = get_close_matches(text[:_LONGEST].casefold(), folded, 1)
        known = ", ".join(map(short, list(self.labels)[:_SHOWN])) + (", …" if len(self.labels) > _SHOWN else "")
        return f"is no option; {f'did you mean {short(folded[near[0]])}?' if near else f'there are {known}'}"


def number_problem(text: str) -> str | None:
    """Return what is wrong with the value of a number."""
    is_number = _NUMBER.fullmatch(text) and isfinite(float(text))
    return None if is_number else "is no number; give one such as 12.5, or leave the token out"


def date_problem(text: str) -> str | None:
    """Return what is wrong with the value of a date."""
    if not _WHOLE.fullmatch(text):
        return "is no time in epoch milliseconds; event() makes one of a date, or of a datetime with a time zone"
    if abs(int(text)) >= _YEAR_10000:
        return "is beyond the year 9999; epoch milliseconds are taken"
    if int(text) in _LIKE_SECONDS and int(text) % _DAY:
        return "looks like epoch seconds; epoch milliseconds are taken"
    return None


def no_problem(text: str) -> None:
    """Find nothing wrong: any text is a string."""


def hint(word: str, known: list[str], otherwise: str) -> str:
    """Return the likeliest meant of what is known, else all, or the first of them."""
    near = get_close_matches(word[:_LONGEST], known, 1)
    shown = ", ".join(known[:_SHOWN]) + (", …" if len(known) > _SHOWN else "")
    return f"did you mean {near[0]}?" if near else f"{otherwise} {shown or 'none'}"


def short(value: object) -> str:
    """Return a value as it is written in Python, cut where it is long."""
    shown = repr(value)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
