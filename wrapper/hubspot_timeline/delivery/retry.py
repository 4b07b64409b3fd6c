"""The retry decision: what to do after an error, as a pure function, and the limits of retrying."""

from math import inf
from typing import TypeAlias

from attrs import frozen
from msgspec import Struct

from hubspot_timeline.errors import (
    AccountMigratingError,
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConnectionLostError,
    InvalidResponseError,
    LockedError,
    NotConnectedError,
    OptionError,
    PayloadTooLargeError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    TimelineError,
    require_count,
)


@frozen
class RetryPolicy:
    """How often and how long to retry events after temporary errors.

    `attempts`: the maximum of requests that carry the same events.
    `wait_initial`, `wait_max`, `wait_total`: seconds; the first wait is up to `wait_initial`, each further one up to
    twice the one before but never over `wait_max`, and all of them together stay within `wait_total`.
    Retry-After counts towards `wait_total` too. The defaults outlast an outage of a minute, whatever the random waits,
    and give up after about three.
    Raises OptionError for values out of range.
    """

    attempts: int = 24
    wait_initial: float = 0.5
    wait_max: float = 20.0
    wait_total: float = 180.0

    def __attrs_post_init__(self) -> None:
        require_count("attempts", self.attempts)
        for name in ("wait_initial", "wait_max", "wait_total"):
            if not 0 <= getattr(self, name) < inf:
                raise OptionError(f"{name} is {getattr(self, name)}; it must be 0 or more seconds")

    def backoff(self, attempt: int, chance: float) -> float:
        """Return the seconds to wait after the attempt (from 1), with full jitter; `chance` is from 0 to 1."""
        return chance * min(self.wait_max, self.wait_initial * 2.0 ** min(attempt - 1, 32))


@frozen
class ErrorLimit:
    """How many events may fail before a run stops and leaves the rest unsent.

    `count`: of events that are not created (None: any number). `rate`: their share of all events with an outcome, from
    0 to 1 (None: any share), checked once there are `sample` outcomes. Raises OptionError for values out of range.
    """

    count: int | None = None
    rate: float | None = None
    sample: int = 1_000

    def __attrs_post_init__(self) -> None:
        if self.count is not None and self.count < 0:
            raise OptionError(f"count is {self.count}; it must be 0 or more")
        if self.rate is not None and not 0 <= self.rate <= 1:
            raise OptionError(f"rate is {self.rate}; it must be from 0 to 1")
        require_count("sample", self.sample)

    def is_passed(self, failed: int, ended: int) -> bool:
        """Return whether a run with this many failed of this many settled events must stop."""
        too_many = self.count is not None and failed > self.count
        return too_many or (self.rate is not None and ended >= self.sample and failed > self.rate * ended)


class Retry(Struct, frozen=True):
    """Send the same events again after this many seconds. `is_ambiguous`: they may have been created already."""

    seconds: float
    is_ambiguous: bool


class Split(Struct, frozen=True):
    """An event in the request is refused: find it by sending both halves, or reject it if it is alone."""


class Refresh(Struct, frozen=True):
    """Send the same events again with a new access token; once, since a new one that is refused stays refused."""


class Stop(Struct, frozen=True):
    """No request of this run can succeed."""


Decision: TypeAlias = Retry | Split | Refresh | Stop

# Seconds to wait if the response does not say how long: the length of the rate limit's window, and of a lock.
_RATE_WINDOW = 10.0
_LOCK = 2.0


def decide(  # noqa: C901 - a table of one row for each kind of error
    error: TimelineError, attempt: int, policy: RetryPolicy, chance: float
) -> Decision:
    """Return what to do after the attempt (from 1) that ended with the error; `chance` is from 0 to 1.

    The caller keeps the limits on attempts and seconds.
    """
    backoff = policy.backoff(attempt, chance)
    match error:
        case BadRequestError() | PayloadTooLargeError():
            return Split()
        case AuthenticationError(is_refreshable=True):
            return Refresh()
        case AuthenticationError() | PermissionDeniedError():
            return Stop()
        case RateLimitError(policy="DAILY"):
            return Stop()
        case RateLimitError(retry_after=float(seconds)) | AccountMigratingError(retry_after=float(seconds)) if (
            seconds > policy.wait_total
        ):
            return Stop()
        case RateLimitError():
            return Retry(rate_limit_wait(error) + backoff, is_ambiguous=False)
        case LockedError():
            return Retry(max(_retry_after(error, _LOCK), _LOCK) + backoff, is_ambiguous=False)
        case AccountMigratingError():
            return Retry(_retry_after(error, policy.wait_max), is_ambiguous=False)
        case ServerError():
            return Retry(max(_retry_after(error, 0.0), backoff), is_ambiguous=True)
        case NotConnectedError():
            return Retry(max(error.retry_after or 0.0, backoff), is_ambiguous=False)
        case ConnectionLostError() | InvalidResponseError():
            return Retry(backoff, is_ambiguous=True)
    return Stop()


def rate_limit_wait(error: RateLimitError) -> float:
    """Return the seconds until the rate limit allows requests again."""
    return _retry_after(error, _RATE_WINDOW)


def _retry_after(error: ApiError, default: float) -> float:
    return default if error.retry_after is None else max(error.retry_after, 0.0)
