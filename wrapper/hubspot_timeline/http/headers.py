"""Response headers: the rate limit that they name, and how long to wait."""

from email.utils import parsedate_to_datetime

import httpx

from hubspot_timeline.rate_limit import RateLimit

_LIMIT = "X-HubSpot-RateLimit-Max"
_INTERVAL = "X-HubSpot-RateLimit-Interval-Milliseconds"

# In milliseconds. The vendor's window is 10,000; a much longer one would only stop everything.
_MAX_WINDOW = 60_000
_MAX_DIGITS = 12


def rate_limit_of(response: httpx.Response) -> RateLimit | None:
    """Return the rate limit that a response names, if it names one with a plausible window."""
    requests, milliseconds = _count(response, _LIMIT), _count(response, _INTERVAL)
    if not requests or not milliseconds or milliseconds > _MAX_WINDOW:
        return None
    return RateLimit(requests, milliseconds / 1000)


def retry_after_of(response: httpx.Response) -> float | None:
    """Return the seconds that the service requires to wait: Retry-After, else the interval of the rate limit."""
    value = response.headers.get("Retry-After", "")
    if value.isascii() and value.isdecimal():
        return float(value[:_MAX_DIGITS])
    if value:
        return _seconds_between(response.headers.get("Date", ""), value)
    interval = _count(response, _INTERVAL) if response.status_code == 429 else 0
    return interval / 1000 if interval else None


def _count(response: httpx.Response, name: str) -> int:
    """Return the number in a header, 0 where there is none."""
    value = response.headers.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= _MAX_DIGITS else 0


def _seconds_between(now: str, then: str) -> float | None:
    """Return the seconds between two HTTP dates, both by the clock of the service."""
    try:
        return max((parsedate_to_datetime(then) - parsedate_to_datetime(now)).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None
