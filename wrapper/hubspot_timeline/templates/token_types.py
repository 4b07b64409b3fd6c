"""The types of event tokens: for each a check that returns what is wrong with a value, and what to do."""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from math import isfinite
from typing import TypeAlias

from msgspec import Struct

from hubspot_timeline.templates.suggestions import listed, shortened
from hubspot_timeline_api.models import TokenType

ValueCheck: TypeAlias = Callable[[str], str | None]
"""Returns what is wrong with the value of a token, or None."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
_DAY = 86_400_000  # milliseconds
_YEAR_10000 = 253_402_300_800_000
# Epoch seconds of the years 1973 to 2286; as milliseconds they are in the first months of 1970.
_LIKELY_SECONDS = range(10**8, 10**10)
_MAX_LENGTH = 60


class EnumerationCheck(Struct, frozen=True):
    """Checks the value of an enumeration; `labels` has a label for each of its values."""

    labels: Mapping[str, str]

    def __call__(self, text: str) -> str | None:
        """Return what is wrong with a value, or None."""
        if text in self.labels:
            return None
        folded = {label.casefold(): value for value, label in self.labels.items()}
        folded |= {value.casefold(): value for value in self.labels}
        near = get_close_matches(text[:_MAX_LENGTH].casefold(), folded, 1)
        hint = (
            f"did you mean {shortened(folded[near[0]])}?" if near else f"use {listed([*map(shortened, self.labels)])}"
        )
        return f"is not an option; {hint}"


def check_number(text: str) -> str | None:
    """Return what is wrong with the value of a number, or None."""
    is_number = _NUMBER.fullmatch(text) and isfinite(float(text))
    return None if is_number else "is not a number; use one such as 12.5, or omit the token"


def check_date(text: str) -> str | None:
    """Return what is wrong with the value of a date, or None."""
    if not _INTEGER.fullmatch(text):
        return "is not a time in epoch milliseconds; event() converts a date, or a datetime with a time zone"
    if abs(int(text)) >= _YEAR_10000:
        return "is after the year 9999; use epoch milliseconds"
    if int(text) in _LIKELY_SECONDS and int(text) % _DAY:
        return "looks like epoch seconds; use epoch milliseconds"
    return None


def check_string(text: str) -> None:
    """Return None: any text is a string."""


CHECKS: Mapping[TokenType, ValueCheck] = {
    TokenType.STRING: check_string,
    TokenType.NUMBER: check_number,
    TokenType.DATE: check_date,
}
"""The checks of all types but the enumeration, whose check depends on its options."""
