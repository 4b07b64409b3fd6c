"""Requests and responses as the log keeps them: their beginning, and without secrets."""

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode

MASK = "***"

KEPT_BYTES = 65_536
"""How much of a body is kept."""

_SHOWN_HEADERS = {
    *("accept", "accept-encoding", "accept-language", "connection", "content-encoding", "content-length"),
    *("content-type", "date", "expect", "host", "te", "traceparent", "transfer-encoding", "user-agent"),
}
_SECRET = re.compile(r"key|token(?!_type)|secret|pass|code|assertion|auth|jwt", re.IGNORECASE)
_ODD = re.compile(r"[;&{]")
"""In a form only if it is not one, so that a secret may be anywhere."""


def masked_headers(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the headers of a request; only values that are never secret are shown."""
    return [(name, value if name.lower() in _SHOWN_HEADERS else MASK) for name, value in headers]


def masked_form(text: str) -> str:
    """Return a query or a form with the values of its secrets masked, such as a developer key or a refresh token."""
    pairs = [(MASK, MASK) if _ODD.search(f"{name}{value}") else (name, value) for name, value in parse_qsl(text)]
    return urlencode(_masked(pairs), safe="*")


def masked_json(body: bytes) -> str:
    """Return a JSON object as text, with the values of its secrets masked; another body as it is."""
    try:
        return json.dumps(dict(_masked(json.loads(body).items())))
    except ValueError:  # the page of a gateway
        return beginning(body)


def beginning(body: bytes) -> str:
    """Return the beginning of a body as text, with a mark if there is more."""
    rest = f"\n… cut, of {len(body):,} bytes" if len(body) > KEPT_BYTES else ""
    return body[:KEPT_BYTES].decode(errors="replace") + rest


def _masked(pairs: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(name, MASK if _SECRET.search(name) else value) for name, value in pairs]
