"""The rate limit of one process, in its memory."""

from collections.abc import Callable
from math import inf
from threading import Lock
from time import monotonic

from pyrate_limiter import InMemoryBucket

from hubspot_timeline.rate_limit import Limits, RateLimit
from hubspot_timeline.rate_limit.window import rate, take


class MemoryRateLimiter:
    """A rolling window over the requests of one client, or of several that share this object.

    `clock` returns seconds, and never goes back.
    """

    is_local = True

    def __init__(self, limit: RateLimit, clock: Callable[[], float] = monotonic) -> None:
        self._limits = Limits(limit)
        self._clock = clock
        self._bucket = InMemoryBucket([rate(limit)])
        self._paused_until = -inf
        self._lock = Lock()

    def acquire(self) -> float:
        """Take a permit and return 0.0; or take none and return the seconds after which to ask again."""
        with self._lock:
            now = self._clock()
            if now < self._paused_until:
                return self._paused_until - now
            return take(self._bucket, now)

    def pause(self, seconds: float) -> None:
        """Give no permit to anybody for so many seconds."""
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock() + seconds)

    def update(self, limit: RateLimit) -> None:
        """Keep a limit that the service names, besides the one that was asked for."""
        with self._lock:
            self._bucket.rates = [rate(one) for one in self._limits.update(limit)]

    def close(self) -> None:
        """Do nothing: memory needs no closing."""
