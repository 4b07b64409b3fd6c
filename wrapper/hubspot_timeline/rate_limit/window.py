"""The rolling window of pyrate-limiter, as the stores of the rate limit use it."""

from math import ceil

from msgspec import Struct
from pyrate_limiter import AbstractBucket, Rate, RateItem

from hubspot_timeline.rate_limit.limiter import RateLimit

# Requests arrive later than their permits were issued, some more than others; so the window here is longer than that of
# the service by the difference between a fast and a slow one: milliseconds, or the share of a longer window.
_MARGIN_MILLISECONDS = 200
_MARGIN_SHARE = 0.02


class ActiveLimits(Struct):
    """The configured limit, and the lowest limit that the service has named for a window."""

    configured: RateLimit
    named: RateLimit | None = None

    def update(self, limit: RateLimit) -> list[RateLimit]:
        """Add a limit that the service names and return the limits to keep."""
        if self.named is None or self.named.seconds != limit.seconds or limit.requests < self.named.requests:
            self.named = limit
        return _combined(self.configured, self.named)


def _combined(limit: RateLimit, other: RateLimit) -> list[RateLimit]:
    """Return the limits that keep both: one of them if it implies the other, else both, the shorter window first."""
    short, long = sorted((limit, other), key=lambda each: each.seconds)
    if long.requests <= short.requests:
        return [long]
    # With their margins, as the bucket has them: it refuses a long window that allows more than the short ones in it.
    if short.requests * window_milliseconds(long) <= long.requests * window_milliseconds(short):
        return [short]
    return [short, long]


def window_milliseconds(limit: RateLimit) -> int:
    """Return the length of the window of a limit, with the margin for requests in transit."""
    milliseconds = limit.seconds * 1000
    return ceil(milliseconds + max(_MARGIN_MILLISECONDS, milliseconds * _MARGIN_SHARE))


def rate(limit: RateLimit) -> Rate:
    """Return a limit as a Rate of pyrate-limiter."""
    return Rate(limit.requests, window_milliseconds(limit))


def take_permit(bucket: AbstractBucket, now: float, *, keep: int = 0) -> float:
    """Take a permit at a time in seconds and return 0.0, or return the seconds after which to try again.

    `keep`: for how many milliseconds beyond the window permits are remembered, for processes with a longer window.
    """
    item = RateItem("request", round(now * 1000))
    bucket.leak(item.timestamp - keep)
    if bucket.put(item):
        return 0.0
    wait = bucket.waiting(item)
    assert isinstance(wait, int)  # noqa: S101 - only asynchronous buckets return an awaitable
    return (wait + 1) / 1000  # one millisecond more, since the far end of the window is part of it
