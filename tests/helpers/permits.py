"""Permits of rate limiters, taken by senders on a fake clock."""

from collections.abc import Sequence
from itertools import cycle

from hubspot_timeline.rate_limit import RateLimiter
from tests.helpers.fake_time import FakeTime


def permit_times(*limiters: RateLimiter, time: FakeTime, gaps: Sequence[float]) -> list[float]:
    """Return when each permit was issued to senders that take turns and pause for a gap after each."""
    times = []
    for gap, limiter in zip(gaps, cycle(limiters), strict=False):
        while seconds := limiter.acquire():
            time.sleep(seconds)
        times.append(time.now)
        time.now += gap
    return times
