"""The rate limit and the interface of the limiters that keep it."""

from abc import abstractmethod
from collections.abc import Callable
from math import inf

from attrs import frozen

from hubspot_timeline.errors import OptionError, RateLimitStoreError, require_count


@frozen
class RateLimit:
    """How many requests may be sent in any span of so many seconds.

    The default is the vendor's for OAuth apps: 110 in 10 seconds for each account that installed the app; private apps
    have 100, 190 or 250. Every request counts, retries too, whatever its number of events.
    Raises OptionError for a value that is not allowed.
    """

    requests: int = 110
    seconds: float = 10.0

    def __attrs_post_init__(self) -> None:
        require_count("requests", self.requests)
        if not 0 < self.seconds < inf:
            raise OptionError(f"seconds is {self.seconds}; it must be more than 0, and finite")


class RateLimiter:
    """Issues permits to send one request each. Thread-safe.

    It never waits itself, so that threads and coroutines share one implementation.
    `is_local`: the state is in memory, so that no method blocks. Other stores raise RateLimitStoreError where they
    cannot be reached.
    """

    is_local: bool = True

    @property
    def is_idle(self) -> bool:
        """Return whether another limiter may take its place: no request or pause of the past limits the next one."""
        return True  # of a store, which keeps the state

    @abstractmethod
    def acquire(self) -> float:
        """Take a permit and return 0.0; or take none and return the seconds after which to try again."""

    @abstractmethod
    def pause(self, seconds: float) -> None:
        """Issue no permit for so many seconds, because the service returned a 429. Never shortens a pause."""

    def update(self, limit: RateLimit) -> None:
        """Keep a limit named in a response of the service, in addition to the configured one if there is one."""

    def move_permit(self, acquired: float, sent: float) -> None:
        """Count a request when it was sent, which in a busy process is later than when its permit was acquired.

        Both are times of the limiter's clock. Stores do not: what they share is the time of the permit.
        """

    def for_account(self, account: str) -> "RateLimiter":  # noqa: ARG002 - for stores that have several limits
        """Return a limiter with the same limit for one account of a pool. Raises OptionError."""
        raise OptionError("rate_limit_store has one limit only, and a pool one for each account; use memory: or redis:")

    def close(self) -> None:
        """Close files and connections, if there are any."""


class Unlimited(RateLimiter):
    """A limiter without a limit: only the pauses that the service requires."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._paused_until = 0.0

    def for_account(self, account: str) -> RateLimiter:  # noqa: ARG002 - there is nothing to distinguish
        """Return a limiter of its own."""
        return Unlimited(self._clock)

    @property
    def is_idle(self) -> bool:
        """Return whether no pause is left."""
        return not self.acquire()

    def acquire(self) -> float:
        """Return 0.0, or the rest of a pause in seconds."""
        return max(self._paused_until - self._clock(), 0.0)

    def pause(self, seconds: float) -> None:
        """Issue no permit for so many seconds."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)


class Unavailable(RateLimiter):
    """The limiter of a forked child that cannot open the store of its parent: no request may be sent."""

    def __init__(self, reason: Exception) -> None:
        self._reason = reason

    def for_account(self, account: str) -> RateLimiter:  # noqa: ARG002 - no account may send
        """Return this limiter."""
        return self

    def acquire(self) -> float:
        """Raise RateLimitStoreError."""
        raise RateLimitStoreError(f"The rate limit cannot be shared after the fork: {self._reason}")

    def pause(self, seconds: float) -> None:
        """Do nothing: no permit is issued anyway."""
