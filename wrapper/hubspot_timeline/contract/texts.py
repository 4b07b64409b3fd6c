"""Texts that a server made, fit to be shown: short, on one line, without what moves a cursor, and without the token."""

import json
from typing import Any
from urllib.parse import quote

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
        """Return text without the token, as it is or percent-encoded."""
        for form in {self.token, quote(self.token, safe="")}:
            if len(form) >= _SHORTEST_SECRET:
                text = text.replace(form, HIDDEN)
        return text.replace(self.bearer, f"Bearer {HIDDEN}")

    @property
    def bearer(self) -> str:
        """The value of the header that carries the token."""
        return f"Bearer {self.token}"
