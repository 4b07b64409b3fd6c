"""HTTP responses: their bodies up to a bound, the errors that they mean, the rate limit that they name."""

import json
import re
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from html import escape
from urllib.parse import parse_qs, quote, quote_plus

import httpx
from attrs import frozen

from hubspot_timeline.errors import ApiError, ConnectionLostError, api_error
from hubspot_timeline.rate_limit import RateLimit

# Far more than the answer for the largest batch that the service takes.
MAX_BODY_BYTES = 64_000_000

# In milliseconds. The vendor's is 10,000; what is far from that would only bring everything to a halt.
_LONGEST_WINDOW = 60_000

# What no spelling changes.
_LETTERS = re.compile("[A-Za-z0-9]+")

_EXCERPT = 200
_DIGITS = 12
_TOKEN = 8


@frozen
class BodyLimits:
    """How long a body may take from its first byte to its last, in seconds; `clock` tells them."""

    seconds: float
    clock: Callable[[], float]

    def body_of(self, response: httpx.Response) -> bytes:
        """Return the body of a response that is being received. Raises ConnectionLostError for an endless one."""
        chunks: list[bytes] = []
        length, deadline = 0, self.clock() + self.seconds
        for chunk in response.iter_bytes():
            chunks.append(chunk)
            length += len(chunk)
            self._refuse_endless(length, deadline)
        return b"".join(chunks)

    async def body_of_async(self, response: httpx.Response) -> bytes:
        """Return the body; the same with await."""
        chunks: list[bytes] = []
        length, deadline = 0, self.clock() + self.seconds
        async for chunk in response.aiter_bytes():
            chunks.append(chunk)
            length += len(chunk)
            self._refuse_endless(length, deadline)
        return b"".join(chunks)

    def _refuse_endless(self, length: int, deadline: float) -> None:
        if length > MAX_BODY_BYTES:
            what = f"is longer than {MAX_BODY_BYTES} bytes"
        elif self.clock() > deadline:
            what = f"was not complete {self.seconds:g} s after it had begun"
        else:
            return
        raise ConnectionLostError(
            f"The answer {what}; what was asked for may have been done. "
            "Look at what stands between you and the service."
        )


def error_of(response: httpx.Response, content: bytes) -> ApiError:
    """Return the error that a response means; whatever its body quotes of the request's secrets is hidden."""
    content = without_secrets(response.request, content)
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    known = isinstance(body, Mapping)
    text = "" if known else content[:_EXCERPT].decode("utf-8", "replace")
    return api_error(response.status_code, body if known else None, _retry_after(response), text)


def without_secrets(request: httpx.Request, content: bytes) -> bytes:
    """Return the body of an answer without what it quotes of the request's secrets, in any of the usual spellings."""
    for secret in _secrets(request):
        # No real token is shorter; one letter would be found in every word.
        if len(secret) >= _TOKEN and _part_in_every_spelling(secret) in content:
            for spelling in _spellings(secret):
                content = content.replace(spelling.encode(), b"***")
    return content


def _part_in_every_spelling(secret: str) -> bytes:
    """Return what can be looked for at once, since an answer is large and seldom quotes anything."""
    return max(_LETTERS.findall(secret), key=len, default="").encode()


def _spellings(secret: str) -> set[str]:
    """Return a secret as it is, as JSON writers escape it, and as URLs and HTML do."""
    escaped = secret
    for sign in "&=<>'+":
        escaped = escaped.replace(sign, f"\\u{ord(sign):04x}")
    slashed = secret.replace("/", "\\/")
    return {
        secret,
        escaped,
        slashed,
        json.dumps(secret)[1:-1],
        quote(secret, safe=""),
        quote_plus(secret),
        escape(secret),
    }


def _secrets(request: httpx.Request) -> list[str]:
    """Return the token of a request, or what a refresh gives for one."""
    if "Authorization" in request.headers:
        return [request.headers["Authorization"].removeprefix("Bearer ")]
    form = parse_qs(request.content.decode("ascii", "replace"))
    return [value for name in ("client_secret", "refresh_token") for value in form.get(name, ())]


def rate_limit_of(response: httpx.Response) -> RateLimit | None:
    """Return the rate limit that a response names, if it names one whose window can be meant."""
    requests = response.headers.get("X-HubSpot-RateLimit-Max", "")
    if not _is_count(requests):
        return None
    milliseconds = response.headers.get("X-HubSpot-RateLimit-Interval-Milliseconds", "")
    if not _is_count(milliseconds):
        return None
    return RateLimit(int(requests), int(milliseconds) / 1000) if int(milliseconds) <= _LONGEST_WINDOW else None


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS and int(text) > 0


def _retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that the service asks to wait: Retry-After, else the interval of the rate limit."""
    said = response.headers.get("Retry-After", "")
    if said.isascii() and said.isdecimal():
        return float(said[:_DIGITS])
    if said:
        return _until(said, response.headers.get("Date", ""))
    interval = response.headers.get("X-HubSpot-RateLimit-Interval-Milliseconds", "")
    return int(interval) / 1000 if response.status_code == 429 and _is_count(interval) else None


def _until(date: str, now: str) -> float | None:
    """Return the seconds from one HTTP date to another: the service's own clock, not this machine's."""
    try:
        return max((parsedate_to_datetime(date) - parsedate_to_datetime(now)).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None
