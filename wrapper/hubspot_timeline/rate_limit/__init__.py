"""The rate limit: who may send when, used to the full and never overrun.

A RateLimiter gives out permits and never waits itself, so that threads and coroutines wait each in their own way.
"""

import sqlite3
import time
from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import Protocol

from attrs import define, frozen

from hubspot_timeline.errors import OptionError, RateLimitStoreError, require_count


@frozen
class RateLimit:
    """How many requests may be sent in any span of so many seconds.

    The default is the vendor's for OAuth apps: 110 in 10 seconds for each account that installed the app; private apps
    have 100, 190 or 250. Every request counts, repeats too, whatever its number of events.
    Raises OptionError for values that cannot be meant.
    """

    requests: int = 110
    seconds: float = 10.0

    def __attrs_post_init__(self) -> None:
        require_count("requests", self.requests)
        if not 0 < self.seconds < inf:
            raise OptionError(f"seconds is {self.seconds}; it must be more than 0, and finite")


class RateLimiter(Protocol):
    """Gives out permits to send one request each. Safe to use from several threads.

    `is_local`: the state is in memory, so that no call blocks. Other stores raise RateLimitStoreError where they cannot
    be reached.
    """

    is_local: bool

    def acquire(self) -> float:
        """Take a permit and return 0.0; or take none and return the seconds after which to ask again."""
        ...

    def pause(self, seconds: float) -> None:
        """Give no permit to anybody for so many seconds, since the service said that the limit was reached."""
        ...

    def update(self, limit: RateLimit) -> None:
        """Keep the limit that the service names in its answers, besides the one that was set."""
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...


class Unlimited:
    """The pace of a client without a rate limit; only what the service says holds it."""

    is_local = True

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._paused_until = 0.0

    def acquire(self) -> float:
        """Return 0.0, or how long the service wants to be left alone."""
        return max(self._paused_until - self._clock(), 0.0)

    def pause(self, seconds: float) -> None:
        """Give no permit to anybody for so many seconds."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    def update(self, limit: RateLimit) -> None:
        """Take no limit: none is wanted."""

    def close(self) -> None:
        """Do nothing."""


class Unavailable:
    """The pace of a forked child that cannot open the store of its parent: nobody may send."""

    is_local = True

    def __init__(self, reason: Exception) -> None:
        self._reason = reason

    def acquire(self) -> float:
        """Raise RateLimitStoreError."""
        raise RateLimitStoreError(f"The rate limit cannot be shared after the fork: {self._reason}")

    def pause(self, seconds: float) -> None:
        """Do nothing."""

    def update(self, limit: RateLimit) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


@define
class Limits:
    """The limit that was asked for, and the lowest that the service has named for a window."""

    own: RateLimit
    named: RateLimit | None = None

    def update(self, limit: RateLimit) -> list[RateLimit]:
        """Take a limit that the service names and return what keeps it and the own one."""
        is_news = self.named is None or self.named.seconds != limit.seconds or limit.requests < self.named.requests
        self.named = limit if is_news or self.named is None else self.named
        return both(self.own, self.named)


def both(limit: RateLimit, other: RateLimit) -> list[RateLimit]:
    """Return what it takes to keep two limits: one of them if it implies the other, else both, the shorter first."""
    short, long = sorted((limit, other), key=lambda one: one.seconds)
    if long.requests <= short.requests:
        return [long]
    if short.seconds == long.seconds or short.requests / short.seconds <= long.requests / long.seconds:
        return [short]
    return [short, long]


def open_rate_limiter(store: str, limit: RateLimit | None, clock: Callable[[], float] | None = None) -> RateLimiter:
    """Return the pace that a store names: `memory:`, `sqlite:PATH` for all of a machine, `redis://…` for all of them.

    Without a limit nothing is stored. `clock` replaces the store's own. Raises OptionError for a store that is unknown
    or cannot be opened.
    """
    if limit is None:
        return Unlimited(clock or time.monotonic)
    # Only where they are needed, since their libraries take long to load.
    match store.partition(":"):
        case "memory", ":", "":
            from hubspot_timeline.rate_limit.memory import MemoryRateLimiter  # noqa: PLC0415

            return MemoryRateLimiter(limit, clock or time.monotonic)
        case "sqlite", ":", path if path:
            return _open_sqlite(path, limit, clock or time.time)
        case (("redis" | "rediss"), ":", place) if place:
            return _open_redis(store, limit, clock)
    raise OptionError(
        f"rate_limit_store is {store!r}; give memory:, sqlite: and the path of a file, or redis:// and a server"
    )


def _open_sqlite(path: str, limit: RateLimit, clock: Callable[[], float]) -> RateLimiter:
    from hubspot_timeline.rate_limit.sqlite import SQLiteRateLimiter  # noqa: PLC0415

    try:
        return SQLiteRateLimiter(Path(path), limit, clock)
    except (OSError, sqlite3.Error, RateLimitStoreError) as error:
        raise OptionError(f"rate_limit_store is 'sqlite:{path}', which cannot be opened: {error}") from error


def _open_redis(url: str, limit: RateLimit, clock: Callable[[], float] | None) -> RateLimiter:
    # The URL is not quoted anywhere, since it may hold a password.
    try:
        from hubspot_timeline.rate_limit.redis import RedisRateLimiter  # noqa: PLC0415
    except ImportError as error:
        raise OptionError(
            f"rate_limit_store names Redis, which needs: pip install 'hubspot-timeline[redis]' ({error})"
        ) from error
    try:
        return RedisRateLimiter(url, limit, clock)
    except ValueError:  # which quotes the part that it could not read
        raise OptionError(
            "rate_limit_store is a redis URL that cannot be read; write signs of a password as %2F and so on"
        ) from None
    except RateLimitStoreError as error:
        raise OptionError(f"rate_limit_store cannot be used: {error}") from error
