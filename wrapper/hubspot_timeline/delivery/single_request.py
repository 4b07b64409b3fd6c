"""The delivery of one single request: a generator without I/O, so that threads and coroutines drive the same one.

It yields SendSingle (the response is the body of a success or a TimelineError) and Wait (the response is None), and
returns the parsed result. A request that is not idempotent is not retried after a lost response.
"""

import json
from collections.abc import Callable, Generator, Mapping
from typing import Any, Generic, TypeVar

from msgspec import Struct

from hubspot_timeline.delivery.retry import Refresh, Retry, RetryPolicy, decide
from hubspot_timeline.delivery.steps import Wait
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

READ_ADVICE = "The request changes nothing: send it again later."


class SendSingle(Struct, frozen=True):
    """Send this request and return the response; `advice` is what to do where the response is lost."""

    request: Mapping[str, Any]
    advice: str
    new_connection: bool = False


class SingleRequest(Struct, Generic[T], frozen=True):
    """One generated request, and how to treat its response.

    `parse` returns the result for a body, and raises where it cannot. `subject` names the resource in errors.
    `lost_advice` is what to do where the response is lost, `rejected_advice` where the request is rejected (None: that
    of the error). `is_idempotent`: sending it twice is the same as once, or is impossible.
    `confirms_success` returns whether an error after a lost response means that the first request had succeeded; then
    `follow_up` is sent for the result, if there is one.
    """

    request: Mapping[str, Any]
    parse: Callable[[bytes], T]
    subject: str
    lost_advice: str = READ_ADVICE
    rejected_advice: str | None = "Correct the field that the message names, and try again."
    is_idempotent: bool = True
    confirms_success: Callable[[ApiError], bool] | None = None
    follow_up: "SingleRequest[T] | None" = None


def deliver_single(
    request: SingleRequest[T], policy: RetryPolicy, chance: Callable[[], float]
) -> Generator[SendSingle | Wait, bytes | TimelineError | None, T]:
    """Deliver a request; `chance` returns a random number from 0 to 1 for the wait. Raises TimelineError."""
    attempts, new_connection = _Attempts(policy, chance), False
    while True:
        response = yield SendSingle(request.request, request.lost_advice, new_connection)
        try:
            return _result(request, response)
        except TimelineError as caught:
            error = caught
        if attempts.is_unconfirmed and isinstance(error, ApiError) and _confirms(request, error):
            if request.follow_up is None:
                return request.parse(b"")
            request, attempts = request.follow_up, _Attempts(policy, chance)
            continue
        if isinstance(error, ApiError) and error.may_be_unsolicited and request.is_idempotent and not new_connection:
            new_connection = True
            continue
        seconds = attempts.seconds_until_retry(error, is_idempotent=request.is_idempotent)
        if seconds is None:
            raise _described(request, error, is_unconfirmed=attempts.is_unconfirmed)
        if seconds:
            yield Wait(seconds, error)


def _confirms(request: SingleRequest[Any], error: ApiError) -> bool:
    return request.confirms_success is not None and request.confirms_success(error)


def _result(request: SingleRequest[T], response: bytes | TimelineError | None) -> T:
    if isinstance(response, StoppedError) and isinstance(response.__cause__, TokenRefreshError | RateLimitStoreError):
        raise response.__cause__  # the run consists of this request alone
    if isinstance(response, TimelineError):
        raise response
    try:
        return request.parse(response or b"")
    except (json.JSONDecodeError, UnicodeDecodeError) as error:  # such as the HTML of an edge server
        raise InvalidResponseError(
            f"{request.subject}: the response is not JSON ({error}). {request.lost_advice}"
        ) from error
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise _SchemaError(
            f"{request.subject}: the response does not match the OpenAPI document ({type(error).__name__}: {error}). "
            f"{request.lost_advice}"
        ) from error


class _SchemaError(InvalidResponseError):
    """JSON that does not match the OpenAPI document, which a retry would not change."""


class _Attempts(Struct):
    """The attempts so far. `is_unconfirmed`: the response of one of them was lost, and it may have succeeded."""

    policy: RetryPolicy
    chance: Callable[[], float]
    is_unconfirmed: bool = False
    _retries: int = 0
    _waited: float = 0.0
    _is_refreshed: bool = False

    def seconds_until_retry(self, error: TimelineError, *, is_idempotent: bool) -> float | None:
        """Return the seconds after which to retry, or None to give up."""
        decision = decide(error, self._retries + 1, self.policy, self.chance())
        if isinstance(decision, Refresh) and not self._is_refreshed:
            self._is_refreshed = True
            return 0.0
        if not isinstance(decision, Retry) or isinstance(error, _SchemaError):
            return None
        if decision.is_ambiguous and not is_idempotent:
            return None
        self._is_refreshed = False
        self._retries += 1
        self._waited += decision.seconds
        self.is_unconfirmed = self.is_unconfirmed or decision.is_ambiguous
        is_over = self._retries >= self.policy.attempts or self._waited > self.policy.wait_total
        return None if is_over else decision.seconds


def _described(request: SingleRequest[Any], error: TimelineError, *, is_unconfirmed: bool) -> TimelineError:
    """Return an error with the resource that it is about and what to do."""
    if isinstance(error, ApiError):
        error.subject = request.subject
        error.advice = _advice(request, error)
    if is_unconfirmed and request.lost_advice != READ_ADVICE:
        error.add_note(f"An earlier response was lost. {request.lost_advice}")
    return error


def _advice(request: SingleRequest[Any], error: ApiError) -> str:
    if isinstance(error, ServerError):
        return request.lost_advice
    is_rejection = isinstance(error, BadRequestError | PayloadTooLargeError) and not isinstance(error, NotFoundError)
    return (request.rejected_advice if is_rejection else None) or error.advice
