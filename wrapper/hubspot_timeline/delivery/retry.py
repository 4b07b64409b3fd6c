"""What to do about an answer that is not a success: one pure decision."""

from math import inf
from typing import TypeAlias

from attrs import frozen

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
    """How long to go on with events whose answer is a passing trouble.

    `attempts`: the most requests that carry the same events.
    `wait_initial`, `wait_max`, `wait_total`: seconds; the first wait is up to `wait_initial`, each further one up to
    twice the one before but never over `wait_max`, and all of them together stay within `wait_total`.
    A wait that the service asks for (Retry-After) counts towards `wait_total` too. The defaults outlast an outage of a
    minute, however the random waits fall, and give up after some three.
    Raises OptionError for values that cannot be meant.
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

    `count`: of events that are not created (None: any). `rate`: their share of all events with an outcome, from 0 to 1
    (None: any), looked at once there are `sample` outcomes.
    Raises OptionError for values that cannot be meant.
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
        """Tell whether a run with so many failed of so many ended events has to stop."""
        too_many = self.count is not None and failed > self.count
        return too_many or (self.rate is not None and ended >= self.sample and failed > self.rate * ended)


@frozen
class Retry:
    """Send the same events again after so many seconds. `unclear`: they may have been created already."""

    seconds: float
    unclear: bool


@frozen
class Halve:
    """Something in the request is refused: find it by sending the halves, or reject what stands alone."""


@frozen
class Renew:
    """Send the same events again with a new token; once, for a token that is new and refused will not get better."""


@frozen
class Stop:
    """No request of this run can succeed."""


Decision: TypeAlias = Retry | Halve | Renew | Stop

# Where nobody says how long a rate limit lasts: the length of its window.
_RATE_WINDOW = 10.0
_LOCK = 2.0


def decide(  # noqa: C901 - a table of one row for each kind of error
    error: TimelineError, attempt: int, policy: RetryPolicy, chance: float
) -> Decision:
    """Return what to do after the attempt (from 1) that ended with the error; `chance` is from 0 to 1.

    Says nothing of the bounds: whoever asks stops when attempts or seconds are used up.
    """
    backoff = policy.backoff(attempt, chance)
    match error:
        case BadRequestError() | PayloadTooLargeError():
            return Halve()
        case AuthenticationError(is_renewable=True):
            return Renew()
        case AuthenticationError() | PermissionDeniedError():
            return Stop()
        case RateLimitError(policy="DAILY"):
            return Stop()
        case RateLimitError(retry_after=float(seconds)) | AccountMigratingError(retry_after=float(seconds)) if (
            seconds > policy.wait_total
        ):
            return Stop()
        case RateLimitError():
            return Retry(rate_limit_wait(error) + backoff, unclear=False)
        case LockedError():
            return Retry(max(_asked(error, 0.0), _LOCK) + backoff, unclear=False)
        case AccountMigratingError():
            return Retry(_asked(error, policy.wait_max), unclear=False)
        case ServerError():
            return Retry(max(_asked(error, 0.0), backoff), unclear=True)
        case NotConnectedError():
            return Retry(max(error.retry_after or 0.0, backoff), unclear=False)
        case ConnectionLostError() | InvalidResponseError():
            return Retry(backoff, unclear=True)
    return Stop()


def rate_limit_wait(error: RateLimitError) -> float:
    """Return the seconds after which a rate limit lets requests through again."""
    return _asked(error, _RATE_WINDOW)


def _asked(error: ApiError, otherwise: float) -> float:
    return otherwise if error.retry_after is None else max(error.retry_after, 0.0)
