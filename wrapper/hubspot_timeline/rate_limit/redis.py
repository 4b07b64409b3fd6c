"""The rate limit of several machines, in Redis."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from math import ceil
from urllib.parse import unquote, urldefrag
from uuid import uuid4

from redis import Redis, RedisError

from hubspot_timeline.errors import RateLimitStoreError
from hubspot_timeline.rate_limit.limiter import RateLimit, RateLimiter
from hubspot_timeline.rate_limit.window import ActiveLimits, window_milliseconds

# Takes a permit and returns 0, or returns the milliseconds to wait. Permits are a sorted set by the time of issue, and
# are forgotten after the longest window of any client. A clock that was set back stands still until it is as late
# again, but no longer than that window.
_ACQUIRE_SCRIPT = """
local permits, pause, longest_key = KEYS[1], KEYS[2], KEYS[3]
local wait = math.max(redis.call('PTTL', pause), 0)
local now = tonumber(ARGV[2])
if not now then
    local time = redis.call('TIME')
    now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local longest = tonumber(redis.call('GET', longest_key) or 0)
for index = 4, #ARGV, 2 do
    longest = math.max(longest, tonumber(ARGV[index]))
end
local newest = tonumber(redis.call('ZREVRANGE', permits, 0, 0, 'WITHSCORES')[2] or now)
if newest - now > longest then
    redis.call('DEL', permits)
else
    now = math.max(now, newest)
end
for index = 3, #ARGV, 2 do
    local requests, window = tonumber(ARGV[index]), tonumber(ARGV[index + 1])
    local blocking = redis.call('ZREVRANGE', permits, requests - 1, requests - 1, 'WITHSCORES')
    if blocking[2] then
        wait = math.max(wait, tonumber(blocking[2]) + window - now)
    end
end
if wait <= 0 then
    redis.call('ZREMRANGEBYSCORE', permits, '-inf', now - longest)
    redis.call('ZADD', permits, now, ARGV[1])
    redis.call('PEXPIRE', permits, longest)
    redis.call('SET', longest_key, longest, 'PX', longest)
end
return wait
"""

# Extends a pause, never shortens it.
_PAUSE_SCRIPT = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
    redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
end
"""

_TIMEOUT = 5.0  # seconds


class RedisRateLimiter(RateLimiter):
    """A rolling window over the requests of all clients that use the same server, database and name.

    `url`: redis://[[user]:password@]host[:port][/database][#name]; the name separates the limits of several accounts.
    Time is that of the server, since the clocks of machines differ; `clock`, in seconds, replaces it.
    Raises RateLimitStoreError for a server that cannot be used.
    """

    is_local = False

    def __init__(self, url: str, limit: RateLimit, clock: Callable[[], float] | None = None) -> None:
        # No variable holds the URL without its name, since a traceback may show them, and with them the password.
        self._name = unquote(urldefrag(url).fragment) or "rate"
        self._keys = _keys(self._name)
        self._redis = Redis.from_url(urldefrag(url).url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT)
        self._active = ActiveLimits(limit)
        self._limits = [limit]
        self._clock = clock
        self._acquire = self._redis.register_script(_ACQUIRE_SCRIPT)
        self._pause = self._redis.register_script(_PAUSE_SCRIPT)
        with _store_errors():
            self._redis.ping()

    def for_account(self, account: str) -> "RedisRateLimiter":
        """Return a limiter over the same connections whose name has the account at its end."""
        other = copy(self)
        other._keys = _keys(f"{self._name}:{account}")  # noqa: SLF001 - of this class
        other._active = ActiveLimits(self._active.configured)  # noqa: SLF001
        other._limits = [self._active.configured]  # noqa: SLF001
        return other

    def acquire(self) -> float:
        """Take a permit and return 0.0; or take none and return the seconds after which to try again."""
        now = round(self._clock() * 1000) if self._clock else ""
        limits = [number for each in self._limits for number in (each.requests, window_milliseconds(each))]
        with _store_errors():
            return int(self._acquire(keys=self._keys, args=[uuid4().hex, now, *limits])) / 1000

    def pause(self, seconds: float) -> None:
        """Issue no permit to any client for so many seconds."""
        with _store_errors():
            self._pause(keys=self._keys[1:2], args=[ceil(seconds * 1000) or 1])

    def update(self, limit: RateLimit) -> None:
        """Keep a limit that the service names, in this process only: each process receives it from the service."""
        self._limits = self._active.update(limit)

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()


def _keys(name: str) -> list[str]:
    """Return the keys of a limit, with a part in braces so that one node of a cluster holds all."""
    return [f"hubspot-timeline:{{{name}}}:{key}" for key in ("permits", "pause", "longest-window")]


@contextmanager
def _store_errors() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise RateLimitStoreError(
            f"Redis, which holds the rate limit, cannot be used ({error}). Check that the server runs and is reachable"
        ) from error
