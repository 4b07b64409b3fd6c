"""Redaction: removes from texts of others what they quote of the credentials of a request.

Only response bodies, texts of exceptions and logs of httpx are redacted, never our own messages, in whose words a short
access token could occur.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from html import escape
from traceback import format_exception
from urllib.parse import parse_qs, quote

import httpx

_UNCHANGED = re.compile("[A-Za-z0-9]+")
"""Characters that most encodings do not change."""

_ESCAPES = (b"\\u", b"\0", b"%", b"&#")
"""What the other encodings contain: of JSON, UTF-16, URLs and HTML, which may encode every character."""

_MIN_LENGTH = 8
"""No real access token is shorter; a shorter one would be found in ordinary words, and is only redacted after Bearer"""


def redacted(request: httpx.Request, content: bytes) -> bytes:
    """Return a response body without the credentials of its request, in any of the usual encodings."""
    if b"\0" in content[:4]:  # UTF-16 or UTF-32, which json reads as well
        content = content.decode(json.detect_encoding(content), "replace").encode()
    for secret in credentials_of(request):
        # A body is large and seldom quotes anything; the search for a single byte is much faster than any other.
        if any(mark[:1] in content and mark in content for mark in (_unchanged_part(secret), *_ESCAPES)):
            text = without(secret, content.decode("utf-8", "surrogateescape"))
            content = text.encode("utf-8", "surrogateescape")
    return content


def redacted_text(request: httpx.Request, text: str) -> str:
    """Return a text without the credentials of a request."""
    for secret in credentials_of(request):
        text = without(secret, text)
    return text


def quotes_credentials(request: httpx.Request, error: Exception) -> bool:
    """Return whether a traceback of an exception would show a credential of a request."""
    text = "".join(format_exception(error))
    return redacted_text(request, text) != text


def credentials_of(request: httpx.Request) -> tuple[str, ...]:
    """Return the access token of a request, or the credentials of a token refresh."""
    content = b""
    with suppress(httpx.RequestNotRead):  # of a user's own request
        content = request.content
    if header := request.headers.get("Authorization"):
        token = header.removeprefix("Bearer ")
        # What an event contains is not a secret, and its id must be found in the response.
        return () if token.encode() in content else (token,)
    form = parse_qs(content.decode("ascii", "replace"))
    return tuple(value for name in ("client_secret", "refresh_token") for value in form.get(name, ()))


def without(secret: str, text: str) -> str:
    """Return a text without a credential, which `***` replaces."""
    return _pattern(secret).sub(lambda match: match["nul"].join("***"), text) if secret else text


@lru_cache(maxsize=4096)
def _unchanged_part(secret: str) -> bytes:
    return max(_UNCHANGED.findall(secret), key=len, default="").encode()


@lru_cache(maxsize=256)  # of the access tokens of many accounts; each takes milliseconds, and about 40 kB
def _pattern(secret: str) -> re.Pattern[str]:
    first, *rest = (f"(?:{'|'.join(_encodings(character))})" for character in secret)
    # UTF-16 and UTF-32 inside of another encoding have NUL characters between those of ASCII.
    pattern = "".join([first, r"(?P<nul>\0{0,3})", *(rf"{character}\0{{0,3}}" for character in rest)])
    pattern = pattern.removesuffix(r"\0{0,3}") if rest else pattern
    return re.compile(pattern if len(secret) >= _MIN_LENGTH else f"(?<=Bearer ){pattern}")


def _encodings(character: str) -> Iterator[str]:
    """Yield patterns for a character as it is, as JSON writers escape it, and as URLs and HTML do.

    Each repetition is bounded, since a body may consist of nothing else.
    """
    code = ord(character)
    yield rf"\\{{0,4}}{re.escape(character)}"
    yield rf"\\{{1,4}}u(?i:{code:04x})"
    yield f"(?i:{re.escape(quote(character, safe='')).replace('%', '%(?:25){0,3}')})"
    yield f"%(?:25){{0,3}}(?i:{code:02x})"
    yield f"&(?:amp;){{0,2}}#(?:0{{0,6}}{code}|[xX]0{{0,6}}(?i:{code:x}));?"
    yield re.escape(escape(character))
