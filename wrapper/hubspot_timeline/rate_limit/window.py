"""What the stores of a rolling window have in common: one question to a bucket of pyrate-limiter."""

from math import ceil

from pyrate_limiter import AbstractBucket, Rate, RateItem

from hubspot_timeline.rate_limit import RateLimit

# Requests arrive later than their permits were given, some more than others; so the window here is longer than that of
# the service by what lies between a fast and a slow one (0.2 s of 10).
_MARGIN = 1.02


def span(limit: RateLimit) -> int:
    """Return the milliseconds of a limit's window, with the margin for requests on their way."""
    return ceil(limit.seconds * 1000 * _MARGIN)


def rate(limit: RateLimit) -> Rate:
    """Return a limit in the library's words."""
    return Rate(limit.requests, span(limit))


def take(bucket: AbstractBucket, now: float, *, keep: int = 0) -> float:
    """Take a permit at a time in seconds and return 0.0, or return the seconds after which to ask again.

    `keep`: for how many milliseconds beyond the window permits are not forgotten, for others with a longer one.
    """
    item = RateItem("request", round(now * 1000))
    bucket.leak(item.timestamp - keep)
    if bucket.put(item):
        return 0.0
    wait = bucket.waiting(item)
    assert isinstance(wait, int)  # noqa: S101 - only asynchronous buckets return something to be awaited
    return (wait + 1) / 1000  # a millisecond more, since the far end of the window counts as inside it
