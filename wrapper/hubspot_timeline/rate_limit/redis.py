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
from hubspot_timeline.rate_limit import Limits, RateLimit
from hubspot_timeline.rate_limit.window import span, take

# Of a rolling window, GCRA lets the burst through on top of the rate; so both together make up the limit.
_BURST_SHARE = 20

# Extends a pause, never shortens it.
_HOLD = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
    redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
end
"""

_SECONDS = 5.0


class RedisRateLimiter:
    """A limit over the requests of everybody who names the same server, database and limit.

    `url`: redis://[[user]:password@]host[:port][/database][#name]; the name tells the limits of several accounts
    apart. Time is the server's own, since the clocks of machines differ; `clock`, in seconds, replaces it.
    The requests are spread out evenly but for a small burst, and use 95 % of the limit: Redis keeps one number instead
    of a window, and in no window is that more than the limit.
    """

    is_local = False

    def __init__(self, url: str, limit: RateLimit, clock: Callable[[], float] | None = None) -> None:
        address, name = urldefrag(url)
        self._key = f"hubspot-timeline:{unquote(name) or 'rate'}"
        self._redis = Redis.from_url(address, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS)
        self._limits = Limits(limit)
        self._clock = clock
        self._hold = self._redis.register_script(_HOLD)
        self._bucket = StateBucket([_rate(limit)], GCRA(), RedisStateStore(self._redis, self._key))
        self._lock = Lock()  # the bucket remembers its last wait
        with _own_errors():
            self._redis.ping()

    def acquire(self) -> float:
        """Take a permit and return 0.0; or take none and return the seconds after which to ask again."""
        with self._lock, _own_errors():
            questions = self._redis.pipeline(transaction=False)
            questions.pttl(self._held)
            questions.time()
            held, (seconds, microseconds) = questions.execute()
            if held > 0:
                return float(held) / 1000
            return take(self._bucket, self._clock() if self._clock else seconds + microseconds / 1_000_000)

    def pause(self, seconds: float) -> None:
        """Give no permit to anybody for so many seconds."""
        with _own_errors():
            self._hold(keys=[self._held], args=[ceil(seconds * 1000) or 1])

    def update(self, limit: RateLimit) -> None:
        """Keep a limit that the service names too, in this process: each hears it from the service itself."""
        with self._lock:
            self._bucket.rates = [_rate(one) for one in self._limits.update(limit)]

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()

    @property
    def _held(self) -> str:
        return f"{self._key}:held"


def _rate(limit: RateLimit) -> Rate:
    burst = max(limit.requests // _BURST_SHARE, 1)
    return Rate(max(limit.requests - burst, 1), span(limit), burst=burst)


@contextmanager
def _own_errors() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise RateLimitStoreError(f"Redis, which holds the rate limit, cannot be asked: {error}") from error
