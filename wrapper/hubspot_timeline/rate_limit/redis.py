"""The rate limit of several machines, in Redis."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from threading import Lock
from urllib.parse import unquote, urldefrag

from pyrate_limiter import Rate
from pyrate_limiter.abstracts.algorithm import GCRA
from pyrate_limiter.buckets import RedisStateStore, StateBucket
from redis import Redis, RedisError

from hubspot_timeline.errors import RateLimitStoreError
from hubspot_timeline.rate_limit.limiter import RateLimit, RateLimiter
from hubspot_timeline.rate_limit.window import ActiveLimits, take_permit, window_milliseconds

# GCRA allows the burst in addition to the rate within a window; so both together make up the limit.
_BURST_SHARE = 20

# Extends a pause, never shortens it.
_PAUSE_SCRIPT = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
    redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
end
"""

_TIMEOUT = 5.0  # seconds


class RedisRateLimiter(RateLimiter):
    """A limit over the requests of all clients that use the same server, database and name.

    `url`: redis://[[user]:password@]host[:port][/database][#name]; the name separates the limits of several accounts.
    Time is that of the server, since the clocks of machines differ; `clock`, in seconds, replaces it.
    The requests are spread evenly except for a small burst, and use 95 % of the limit: Redis keeps one number instead
    of a window, and no window holds more than the limit. Raises RateLimitStoreError for a server that cannot be used.
    """

    is_local = False

    def __init__(self, url: str, limit: RateLimit, clock: Callable[[], float] | None = None) -> None:
        # No variable holds the URL without its name, since a traceback may show them, and with them the password.
        key = f"hubspot-timeline:{unquote(urldefrag(url).fragment) or 'rate'}"
        self._pause_key = f"{key}:held"
        self._redis = Redis.from_url(urldefrag(url).url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT)
        self._limits = ActiveLimits(limit)
        self._clock = clock
        self._pause = self._redis.register_script(_PAUSE_SCRIPT)
        self._bucket = StateBucket([_rate(limit)], GCRA(), RedisStateStore(self._redis, key))
        self._lock = Lock()  # the bucket stores its last wait
        with _store_errors():
            self._redis.ping()

    def acquire(self) -> float:
        """Take a permit and return 0.0; or take none and return the seconds after which to try again."""
        with self._lock, _store_errors():
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.pttl(self._pause_key)
            pipeline.time()
            pause, (seconds, microseconds) = pipeline.execute()
            if pause > 0:
                return float(pause) / 1000
            return take_permit(self._bucket, self._clock() if self._clock else seconds + microseconds / 1_000_000)

    def pause(self, seconds: float) -> None:
        """Issue no permit to any client for so many seconds."""
        with _store_errors():
            self._pause(keys=[self._pause_key], args=[ceil(seconds * 1000) or 1])

    def update(self, limit: RateLimit) -> None:
        """Keep a limit that the service names, in this process only: each process receives it from the service."""
        with self._lock:
            self._bucket.rates = [_rate(each) for each in self._limits.update(limit)]

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()


def _rate(limit: RateLimit) -> Rate:
    burst = max(limit.requests // _BURST_SHARE, 1)
    return Rate(max(limit.requests - burst, 1), window_milliseconds(limit), burst=burst)


@contextmanager
def _store_errors() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise RateLimitStoreError(
            f"Redis, which holds the rate limit, cannot be used ({error}). Check that the server runs and is reachable"
        ) from error
