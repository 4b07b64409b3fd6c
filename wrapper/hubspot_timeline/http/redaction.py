"""Redaction: removes from a response body what it quotes of the credentials of its request."""

import json
import re
from html import escape
from urllib.parse import parse_qs, quote, quote_plus

import httpx

# Characters that no encoding changes.
_UNCHANGED = re.compile("[A-Za-z0-9]+")

# No real access token is shorter; a shorter text would be found in ordinary words.
_MIN_LENGTH = 8


def redacted(request: httpx.Request, content: bytes) -> bytes:
    """Return a response body without the credentials of its request, in any of the usual encodings."""
    for secret in _secrets(request):
        # One search first, since a body is large and seldom quotes anything.
        if len(secret) >= _MIN_LENGTH and _unchanged_part(secret) in content:
            for encoding in _encodings(secret):
                content = content.replace(encoding.encode(), b"***")
    return content


def _unchanged_part(secret: str) -> bytes:
    """Return a part of a secret that every encoding contains."""
    return max(_UNCHANGED.findall(secret), key=len, default="").encode()


def _encodings(secret: str) -> set[str]:
    """Return a secret as it is, as JSON writers escape it, and as URLs and HTML do."""
    escaped = secret
    for character in "&=<>'+":
        escaped = escaped.replace(character, f"\\u{ord(character):04x}")
    return {
        secret,
        escaped,
        secret.replace("/", "\\/"),
        json.dumps(secret)[1:-1],
        quote(secret, safe=""),
        quote_plus(secret),
        escape(secret),
    }


def _secrets(request: httpx.Request) -> list[str]:
    """Return the access token of a request, or the credentials of a token refresh."""
    if "Authorization" in request.headers:
        return [request.headers["Authorization"].removeprefix("Bearer ")]
    form = parse_qs(request.content.decode("ascii", "replace"))
    return [value for name in ("client_secret", "refresh_token") for value in form.get(name, ())]
