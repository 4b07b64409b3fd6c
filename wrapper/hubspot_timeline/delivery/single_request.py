"""Calls: single requests, repeated where trouble passes; a generator without I/O, driven as a delivery is.

It yields Ask (answered with the body of a success or a TimelineError) and Wait (answered with None), and returns what
the call reads from the body. A call that nothing protects from being done twice is not repeated after a lost answer.
"""

import json
from collections.abc import Callable, Generator, Mapping
from typing import Any, Generic, TypeVar

from attrs import define, frozen

from hubspot_timeline.delivery.engine import Wait
from hubspot_timeline.delivery.retry import Renew, Retry, RetryPolicy, decide
from hubspot_timeline.errors import (
    ApiError,
    BadRequestError,
    InvalidResponseError,
    NotFoundError,
    PayloadTooLargeError,
    RateLimitStoreError,
    ServerError,
    StoppedError,
    TimelineError,
    TokenRefreshError,
)

T = TypeVar("T")

READ_AGAIN = "Nothing was changed by it: ask again later."


@frozen
class Ask:
    """Send this request and answer with what came back; `doubt` says what to do where the answer is lost."""

    request: Mapping[str, Any]
    doubt: str


@frozen
class Call(Generic[T]):
    """One request of a generated function, and what is known of it.

    `read` makes the result of a body, and raises where it cannot. `subject` is what the call is about, for errors.
    `doubt` says what to do where nobody knows whether it was done, `advice` where it is refused (None: the error's).
    `is_repeatable`: doing it twice is the same as once, or cannot happen. `confirms` tells whether a refusal after a
    lost answer means that it was done; then `then` is asked for the result, if there is one to ask.
    """

    request: Mapping[str, Any]
    read: Callable[[bytes], T]
    subject: str
    doubt: str = READ_AGAIN
    advice: str | None = "Correct what it names, and try again."
    is_repeatable: bool = True
    confirms: Callable[[ApiError], bool] | None = None
    then: "Call[T] | None" = None


def make(
    call: Call[T], policy: RetryPolicy, chance: Callable[[], float]
) -> Generator[Ask | Wait, bytes | TimelineError | None, T]:
    """Make a call; `chance` returns a random number from 0 to 1 for the length of a wait. Raises TimelineError."""
    tries = _Tries(policy, chance)
    while True:
        reply = yield Ask(call.request, call.doubt)
        try:
            return _result(call, reply)
        except TimelineError as error:
            trouble = error
        if tries.unclear and isinstance(trouble, ApiError) and call.confirms and call.confirms(trouble):
            if call.then is None:
                return call.read(b"")
            call, tries = call.then, _Tries(policy, chance)
            continue
        seconds = tries.wait_after(trouble, is_repeatable=call.is_repeatable)
        if seconds is None:
            raise _told(call, trouble, unclear=tries.unclear)
        if seconds:
            yield Wait(seconds, trouble)


def _result(call: Call[T], reply: bytes | TimelineError | None) -> T:
    if isinstance(reply, StoppedError) and isinstance(reply.__cause__, TokenRefreshError | RateLimitStoreError):
        raise reply.__cause__  # the call is all of its run
    if isinstance(reply, TimelineError):
        raise reply
    try:
        return call.read(reply or b"")
    except (json.JSONDecodeError, UnicodeDecodeError) as error:  # such as the page of an edge server
        raise InvalidResponseError(f"{call.subject}: the answer cannot be read ({error}). {call.doubt}") from error
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise _MisfitError(
            f"{call.subject}: the answer does not fit the document ({type(error).__name__}: {error}). {call.doubt}"
        ) from error


class _MisfitError(InvalidResponseError):
    """JSON that is not what the document says, which asking again would not change."""


@define
class _Tries:
    """What was tried so far. `unclear`: an answer was lost that may have told of success."""

    policy: RetryPolicy
    chance: Callable[[], float]
    unclear: bool = False
    _retries: int = 0
    _waited: float = 0.0
    _renewed: bool = False

    def wait_after(self, error: TimelineError, *, is_repeatable: bool) -> float | None:
        """Return the seconds after which to ask again, or None to give up."""
        decision = decide(error, self._retries + 1, self.policy, self.chance())
        if isinstance(decision, Renew) and not self._renewed:
            self._renewed = True
            return 0.0
        if not isinstance(decision, Retry) or isinstance(error, _MisfitError):
            return None
        if decision.unclear and not is_repeatable:
            return None
        self._renewed = False
        self._retries += 1
        self._waited += decision.seconds
        self.unclear = self.unclear or decision.unclear
        is_over = self._retries >= self.policy.attempts or self._waited > self.policy.wait_total
        return None if is_over else decision.seconds


def _told(call: Call[Any], error: TimelineError, *, unclear: bool) -> TimelineError:
    """Return an error that says what the call was about and what to do."""
    if isinstance(error, ApiError):
        error.subject = call.subject
        if isinstance(error, ServerError):
            error.advice = call.doubt
        elif (
            call.advice
            and isinstance(error, BadRequestError | PayloadTooLargeError)
            and not isinstance(error, NotFoundError)
        ):
            error.advice = call.advice
    if unclear and call.doubt != READ_AGAIN:
        error.add_note(f"An answer before it was lost. {call.doubt}")
    return error
