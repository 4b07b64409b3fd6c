"""Texts that a server made, fit to be shown: short, on one line, without what moves a cursor, and without the token."""

import json
import re
from functools import lru_cache
from html.entities import html5
from typing import Any

from attrs import field, frozen

EXCERPT = 1_000
"""How many characters of a body are shown."""

HIDDEN = "***"

_SHORTEST_SECRET = 8
"""A shorter token is no secret, and would be found in the middle of words."""


def shown(text: str, limit: int = EXCERPT) -> str:
    """Return text on one line, with an escape for each character that is not printable, and shortened."""
    cut = text[:limit]
    told = "".join(sign if sign.isprintable() else _escaped(sign) for sign in cut)
    return told if len(text) <= limit else f"{told}… ({len(text):,} characters)"


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape", "surrogatepass").decode("ascii")


def counted(count: int, noun: str) -> str:
    """Return a number with its noun, as in "1 request" and "1,000 requests"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def decoded(body: bytes) -> str:
    """Return a body as text, with an escape for each byte that is no UTF-8."""
    return body.decode("utf-8", "backslashreplace")


def parsed(body: bytes | None) -> Any:
    """Return what a body is as JSON, and None where it is none."""
    try:
        return json.loads(body or b"")
    except (ValueError, RecursionError):
        return None


@frozen
class Secret:
    """The token of a run, which is taken out of whatever is shown."""

    token: str = field(repr=False)

    def hidden_in(self, text: str) -> str:
        """Return text without the token, as it is or as JSON, URLs and HTML write it."""
        return _any_form_of(self.token).sub(HIDDEN, text)

    @property
    def bearer(self) -> str:
        """The value of the header that carries the token."""
        return f"Bearer {self.token}"


@lru_cache(maxsize=1)
def _any_form_of(token: str) -> re.Pattern[str]:
    signs = "\\x00{0,3}".join(_any_form_of_sign(sign) for sign in token)  # as UTF-16 and UTF-32 have them between
    return re.compile(f"(?<=Bearer ){signs}" if len(token) < _SHORTEST_SECRET else signs, re.IGNORECASE)


def _any_form_of_sign(sign: str) -> str:
    # As such, after backslashes, or by its number or name; each repetition bounded, as some bodies are all backslashes.
    code = ord(sign)
    numbers = rf"\\{{1,4}}u00{code:02x}|%(?:25){{0,3}}{code:02x}"
    numbers += rf"|&(?:amp;){{0,2}}#(?:0{{0,6}}{code}|x0{{0,6}}{code:x});?"
    names = "".join(f"|&(?:amp;){{0,2}}{name}" for name, value in html5.items() if value == sign and name.endswith(";"))
    return rf"(?:\\{{0,4}}{re.escape(sign)}|{numbers}{names})"
