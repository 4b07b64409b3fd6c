"""The errors of this package.

TimelineError
├── OptionError                 an option has a value that it cannot have (also a ValueError)
├── EventError                  an event cannot be sent as it is (also a ValueError)
├── ApiError                    the service answered with something other than a success
│   ├── BadRequestError         400, 422: something in the request is wrong
│   │   ├── NotFoundError       404: what the request names is not there
│   │   └── ConflictError       409: an id of the request exists already
│   ├── PayloadTooLargeError           413: the request is too large
│   ├── AuthenticationError     401: the token is missing, wrong or expired
│   ├── PermissionDeniedError              403: the token lacks a scope
│   ├── RateLimitError          429: too many requests
│   ├── LockedError             423: the record is locked for a moment
│   ├── AccountMigratingError          477: the account is being moved
│   ├── ServerError             408 and 5xx: trouble on the other side; the events may have been created
│   └── UnexpectedStatusError   any other: the request did not reach the operation
├── InvalidResponseError                 a success whose body does not say what became of the events
├── NotConnectedError           no connection: the request never left
│   └── AccessTokenError   no access token for the moment: the request never left
├── ConnectionLostError         the connection broke: the events may have been created
├── TokenRefreshError                the token endpoint refuses to give an access token
├── RateLimitStoreError              the store of the rate limit cannot be asked
├── JournalError                the journal is another run's, or cannot be used
├── QueueFullError              a background queue has no room for an event
├── TooManyErrorsError          more events failed than the run was allowed
└── StoppedError                the run had stopped before these events were sent

Errors of httpx never come out as such; `__cause__` keeps them. Each message can be pasted into a support
ticket: it quotes status, category and correlationId where the service gave them, and ends with what to do.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

# "Event ID already in use" of v1, and its likely kin; an e-mail address or a name may be in use as well.
_SEVERAL, _BETWEEN = "one or more of: ", " | "
_EXISTS = re.compile(r"\bid\b.{0,200}\balready (in use|exists)", re.IGNORECASE)


class TimelineError(Exception):
    """What all errors of this package have in common."""

    @property
    def brief(self) -> str:
        """What happened, without what to do about it."""
        return str(self)


class OptionError(TimelineError, ValueError):
    """An option has a value that it cannot have; the message names the option."""


def require_count(name: str, value: object) -> None:
    """Raise OptionError unless the option of this name is a whole number of at least 1."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise OptionError(f"{name} is {value!r}; it must be a whole number of at least 1")


class EventError(TimelineError, ValueError):
    """An event cannot be sent as it is; nothing was sent.

    `field` is the wire name of the field (`tokens.seats`), or None where the event as a whole is meant.
    """

    def __init__(self, reason: str, field: str | None = None) -> None:
        self.reason = reason
        self.field = field
        super().__init__(reason, field)

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}" if self.field else self.reason


class ApiError(TimelineError):
    """The service answered with something other than a success.

    `body` is the answer's JSON object; empty where the body was none, as with the HTML of edge servers, the beginning
    of which is in `text`. `retry_after` is in seconds, None where the service did not say. `subject` is what a single
    call was about, such as `template 12 of app 7`; empty for batches. `advice` is what to do.
    """

    advice: str = "Quote this message to the vendor's support."
    subject: str = ""

    def __init__(
        self,
        status: int,
        body: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
        text: str = "",
    ) -> None:
        self.status = status
        self.body: Mapping[str, Any] = body or {}
        self.retry_after = None if retry_after is None else float(retry_after)
        self.text = text
        super().__init__(status, body, retry_after, text)

    def _text(self, name: str) -> str | None:
        value = self.body.get(name)
        return value if isinstance(value, str) else None

    @property
    def message(self) -> str:
        """What the service says is wrong."""
        return self._text("message") or (f"not JSON but {self.text!r}" if self.text else "no message")

    @property
    def category(self) -> str | None:
        """The kind of error as one word, such as VALIDATION_ERROR; real answers sometimes lack it."""
        return self._text("category") or self._text("errorType")

    @property
    def correlation_id(self) -> str | None:
        """What the vendor's support asks for."""
        return self._text("correlationId")

    @property
    def says_exists(self) -> bool:
        """Tell whether it says that the id exists already: 409, or the older words for it.

        Of several messages, of which it is not known which is the event's own, all have to say so.
        """
        if self.status == 409 or self.category == "CONFLICT":
            return True
        return all(_EXISTS.search(message) for message in self.message.removeprefix(_SEVERAL).split(_BETWEEN))

    @property
    def brief(self) -> str:
        """What the service said, without what to do about it."""
        head = f"{self.subject}: {self.status}" if self.subject else f"{self.status}"
        head += f" {self.category}" if self.category else ""
        tail = f" (correlationId {self.correlation_id})" if self.correlation_id else ""
        return f"{head}: {self.message}{tail}"

    def __str__(self) -> str:
        return f"{self.brief}. {self.advice}"


def one_or_more(messages: Iterable[str]) -> str:
    """Return messages as one, of which it is not known which are meant."""
    return _SEVERAL + _BETWEEN.join(messages)


class BadRequestError(ApiError):
    """400, 422: something in the request is wrong."""

    advice = "Correct the event, or its template, and send it again."


class NotFoundError(BadRequestError):
    """404: what the request names is not there."""

    advice = "Check the ids that it names, and that the access token is of the app that they belong to."


class ConflictError(BadRequestError):
    """409: an id of the request exists already."""

    advice = "Events cannot be changed: give the event another id, or leave it as it is."


class PayloadTooLargeError(ApiError):
    """413: the request is too large."""

    advice = "Make the event smaller, or set a lower limit on the bytes of a batch."


class AuthenticationError(ApiError):
    """401: the token is missing, wrong or expired. `is_renewable`: another token may be had."""

    is_renewable = False

    advice = "Give a current OAuth access token of the app that owns the template; it lives for 30 minutes."


class PermissionDeniedError(ApiError):
    """403: the token lacks a scope."""

    advice = "Let the account's administrator grant the missing scopes and get a new token."

    @property
    def scopes(self) -> list[str]:
        """The missing scopes, as far as the service names them."""
        found: list[str] = []
        for detail in _objects(self.body.get("errors")):
            context = detail.get("context")
            names = context.get("requiredGranularScopes") if isinstance(context, Mapping) else None
            found += [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
        return found

    @property
    def message(self) -> str:
        """What the service says is wrong, and the scopes that are missing."""
        return f"{super().message} Missing: {', '.join(self.scopes) or 'not named'}"


class RateLimitError(ApiError):
    """429: too many requests."""

    advice = "Send less often, and look for other senders that share the account's limit."

    @property
    def policy(self) -> str | None:
        """Which limit was reached: TEN_SECONDLY_ROLLING, SECONDLY, DAILY, or None where not said."""
        return self._text("policyName")

    @property
    def message(self) -> str:
        """What the service says is wrong, and of the daily limit when it is over."""
        when = " It is reset at midnight in the account's time zone." if self.policy == "DAILY" else ""
        return super().message + when


class LockedError(ApiError):
    """423: the record is locked for a moment."""

    advice = "Wait two seconds and send the event again."


class AccountMigratingError(ApiError):
    """477: the account is being moved to another data centre."""

    advice = "Wait as long as retry_after says, which can be up to 24 hours, and send the rest again."


class ServerError(ApiError):
    """408 and 5xx: trouble on the other side; the events may have been created all the same."""

    advice = "Send the same events with the same ids again later."


class UnexpectedStatusError(ApiError):
    """Any other status: the request did not reach the operation."""

    advice = "Check the base URL, and that nothing between you and the service answers in its place."


class InvalidResponseError(TimelineError):
    """A success whose body does not say what became of the events, which may have been created."""


class NotConnectedError(TimelineError):
    """No connection: the request never left. `retry_after` is in seconds, None where nobody said."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class AccessTokenError(NotConnectedError):
    """No access token for the moment: the request never left."""


class TokenRefreshError(TimelineError):
    """The token endpoint refuses to give an access token, and will go on to."""


class RateLimitStoreError(TimelineError):
    """The store of the rate limit cannot be asked, so that nobody may send."""


class ConnectionLostError(TimelineError):
    """The connection broke or ran out of time: the events may have been created."""


class JournalError(TimelineError):
    """The journal is another run's, or cannot be used."""


class QueueFullError(TimelineError):
    """A background queue has no room for an event."""


class TooManyErrorsError(TimelineError):
    """More events failed than the run was allowed, so that it stopped."""


class StoppedError(TimelineError):
    """The run had stopped before these events were sent; `__cause__` says why."""


_BY_STATUS: Mapping[int, type[ApiError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    408: ServerError,
    409: ConflictError,
    413: PayloadTooLargeError,
    422: BadRequestError,
    423: LockedError,
    429: RateLimitError,
    477: AccountMigratingError,
}


def api_error(
    status: int,
    body: Mapping[str, Any] | None = None,
    retry_after: float | None = None,
    text: str = "",
) -> ApiError:
    """Return the error that goes with a status code; codes that Python has no name for are no exception."""
    other = ServerError if status // 100 == 5 else UnexpectedStatusError
    return _BY_STATUS.get(status, other)(status, body, retry_after, text)


def _objects(value: object) -> list[Mapping[str, Any]]:
    """Return the objects in what should be a list of objects."""
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []
