"""The rate limit of one client, in memory."""

from bisect import bisect_right, insort
from collections.abc import Callable
from math import inf
from operator import attrgetter
from threading import Lock
from time import monotonic

from pyrate_limiter import InMemoryBucket, RateItem

from hubspot_timeline.rate_limit.limiter import RateLimit, RateLimiter
from hubspot_timeline.rate_limit.window import ActiveLimits, rate, take_permit

_milliseconds = attrgetter("timestamp")


class MemoryRateLimiter(RateLimiter):
    """A rolling window over the requests of one client, or of several that share this object.

    `clock` returns seconds and is monotonic.
    """

    def __init__(self, limit: RateLimit, clock: Callable[[], float] = monotonic) -> None:
        self._limits = ActiveLimits(limit)
        self._clock = clock
        self._bucket = InMemoryBucket([rate(limit)])
        self._paused_until = -inf
        self._lock = Lock()

    @property
    def is_idle(self) -> bool:
        """Return whether all windows and pauses are over."""
        with self._lock:
            now, last = self._clock(), self._bucket.peek(0)
            longest = max(rate.interval for rate in self._bucket.rates)
            return now >= self._paused_until and (last is None or now * 1000 - last.timestamp >= longest)

    def for_account(self, account: str) -> RateLimiter:  # noqa: ARG002 - there is nothing to distinguish
        """Return a limiter of its own."""
        return MemoryRateLimiter(self._limits.configured, self._clock)

    def acquire(self) -> float:
        """Take a permit and return 0.0; or take none and return the seconds after which to try again."""
        with self._lock:
            now = self._clock()
            return self._paused_until - now if now < self._paused_until else take_permit(self._bucket, now)

    def move_permit(self, acquired: float, sent: float) -> None:
        """Count a request when it was sent, which in a busy process is later than when its permit was acquired."""
        with self._lock:
            permits = self._bucket.items
            if taken := bisect_right(permits, acquired * 1000 + 1, key=_milliseconds):
                del permits[taken - 1]
            insort(permits, RateItem("request", round(sent * 1000)), key=_milliseconds)

    def pause(self, seconds: float) -> None:
        """Issue no permit for so many seconds."""
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock() + seconds)

    def update(self, limit: RateLimit) -> None:
        """Keep a limit that the service names, in addition to the configured one."""
        with self._lock:
            self._bucket.rates = [rate(each) for each in self._limits.update(limit)]
