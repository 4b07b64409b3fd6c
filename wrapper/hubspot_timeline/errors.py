"""The errors of this package.

TimelineError
├── OptionError                 an option has a value that is not allowed (also a ValueError)
├── EventError                  an event cannot be sent as it is (also a ValueError)
├── ApiError                    the service returned something other than a success
│   ├── BadRequestError         400, 422: a field of the request is wrong
│   │   ├── NotFoundError       404: the resource does not exist
│   │   └── ConflictError       409, or a 400 with its message: the id exists already
│   ├── PayloadTooLargeError    413: the request is too large
│   ├── AuthenticationError     401: the access token is missing, wrong or expired
│   ├── PermissionDeniedError   403: the access token lacks a scope
│   ├── RateLimitError          429: too many requests
│   ├── LockedError             423: the record is locked temporarily
│   ├── AccountMigratingError   477: the account is being moved
│   ├── ServerError             408 and 5xx: the service failed; the events may have been created
│   └── UnexpectedStatusError   any other: the request did not reach the operation
├── InvalidResponseError        a success whose body does not account for the events
├── NotConnectedError           no connection: the request was not sent
│   └── AccessTokenError        no access token at present: the request was not sent
├── CertificateError            the certificate of the service cannot be verified: nothing was sent
├── ConnectionLostError         the connection broke: the events may have been created
├── TokenRefreshError           the token endpoint refuses to issue an access token
├── RateLimitStoreError         the store of the rate limit cannot be used
├── JournalError                the journal belongs to another run, or cannot be used
├── QueueFullError              a background queue has no space for an event
├── TooManyErrorsError          more events failed than the error limit allows
└── StoppedError                the run was stopped before these events were sent

No error of httpx is raised; it is the `__cause__` of ours. Each message can be pasted into a support ticket: it quotes
status, category and correlationId where the service returned them, and ends with what to do.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

_SEVERAL, _BETWEEN = "one or more of: ", " | "
# "Event ID already in use" of v1, and likely variants; not the text of an event that a message quotes.
_EXISTS = re.compile(r"((an?|the|event|with) )*id (\S+ )?(is )?already (in use|exists)\b", re.IGNORECASE)


# Control and format characters, lone surrogates, line and paragraph separators: they could clear a terminal, forge a
# line of a log, or reverse the order of what follows.
_UNSAFE_CATEGORIES = ("Cc", "Cf", "Cs", "Zl", "Zp")
_MAX_LENGTH = 2_000
_MAX_NAME_LENGTH = 200


def printable(text: str, limit: int = _MAX_LENGTH) -> str:
    """Return text from elsewhere for a message: on one line, with escapes for what is not printed, and not too long."""
    if len(text) > limit:
        text = f"{text[:limit]} … ({len(text):,} characters)"
    if text.isprintable():
        return text
    unsafe = {character for character in text if unicodedata.category(character) in _UNSAFE_CATEGORIES}
    return text.translate({ord(character): ascii(character)[1:-1] for character in unsafe})


class TimelineError(Exception):
    """The base of all errors of this package."""

    def __str__(self) -> str:
        return printable(super().__str__())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"  # not the arguments, which may hold a whole response

    @property
    def brief(self) -> str:
        """What happened, without the advice."""
        return str(self)


class OptionError(TimelineError, ValueError):
    """An option has a value that is not allowed; the message names the option."""


def type_of(value: object) -> str:
    """Return the type of a value with its article: `a str`, `an int`."""
    name = type(value).__name__
    return f"an {name}" if name[:1] in "AEIOaeio" else f"a {name}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 event`, `2,000 events`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def require_count(name: str, value: object) -> None:
    """Raise OptionError unless the option of this name is a whole number of at least 1."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise OptionError(f"{name} is {value!r}; it must be a whole number of at least 1")


class EventError(TimelineError, ValueError):
    """An event cannot be sent as it is; nothing was sent.

    `field` is the JSON name of the field (`tokens.seats`), or None where the event as a whole is wrong.
    """

    def __init__(self, reason: str, field: str | None = None) -> None:
        self.reason = reason
        self.field = field
        super().__init__(reason, field)

    def __str__(self) -> str:
        is_named = self.field and not self.reason.startswith("unknown field")  # which quotes the field
        field = f"{printable(self.field or '', _MAX_NAME_LENGTH)}: " if is_named else ""
        return field + printable(self.reason)


class ApiError(TimelineError):
    """The service returned something other than a success.

    `body` is the JSON object of the response; empty where its body was something else, such as the HTML of edge
    servers, the beginning of which is in `text`. `retry_after` is in seconds, None where the service named no wait.
    `subject` is the resource of a single request, such as `template 12 of app 7`; empty for batches. `advice` is what
    to do. `may_be_unsolicited`: the response may belong to an earlier request of its connection, or to none.
    """

    may_be_unsolicited: bool = False
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
        self.retry_after: float | None = None if retry_after is None else float(retry_after)
        self.text = text
        super().__init__(status, body, retry_after, text)

    def _text(self, name: str) -> str | None:
        value = self.body.get(name)
        return value if isinstance(value, str) else None

    @property
    def message(self) -> str:
        """The message of the service."""
        return self._text("message") or (f"not JSON but {self.text!r}" if self.text else "no message")

    @property
    def category(self) -> str | None:
        """The category of the error, such as VALIDATION_ERROR; some responses have none."""
        return self._text("category") or self._text("errorType")

    @property
    def correlation_id(self) -> str | None:
        """The id that the vendor's support needs."""
        return self._text("correlationId")

    @property
    def says_exists(self) -> bool:
        """Whether the id exists already: 409, or a message of the older API.

        Of several messages that cannot be attributed to one event, all must match.
        """
        if self.status == 409 or self.category == "CONFLICT":
            return True
        return all(_EXISTS.match(message) for message in self.message.removeprefix(_SEVERAL).split(_BETWEEN))

    @property
    def brief(self) -> str:
        """The message of the service, with status and correlationId, without the advice."""
        status = "" if self.status == 207 else f"{self.status}"  # which is that of a batch, not of one of its events
        head = " ".join(filter(None, (self.subject and f"{self.subject}:", status, self.category))) or "refused"
        tail = f" (correlationId {self.correlation_id})" if self.correlation_id else ""
        return f"{printable(head, _MAX_NAME_LENGTH)}: {printable(self.message)}{printable(tail, _MAX_NAME_LENGTH)}"

    def __str__(self) -> str:
        return f"{self.brief.removesuffix('.')}. {self.advice}"


def one_or_more(messages: Iterable[str]) -> str:
    """Return one message for several that cannot be attributed."""
    return _SEVERAL + _BETWEEN.join(messages)


class BadRequestError(ApiError):
    """400, 422: a field of the request is wrong."""

    advice = "Correct the event, or its template, and send it again."


class NotFoundError(BadRequestError):
    """404: the resource does not exist."""

    advice = "Check the ids in the request, and that the access token belongs to the same app."


class ConflictError(BadRequestError):
    """409, or a 400 with its message: the id exists already."""

    advice = (
        "An event with this id exists already; if it is yours from an earlier run, there is nothing to do. If it is "
        "another event, change the id of this one."
    )


class PayloadTooLargeError(ApiError):
    """413: the request is too large."""

    advice = "Make the event smaller, or lower max_bytes of BatchLimits."


class AuthenticationError(ApiError):
    """401: the access token is missing, wrong or expired. `is_refreshable`: a refresh may give another one."""

    is_refreshable = False

    advice = (
        "Use a current OAuth access token of the app that owns the template or event type; it expires after 30 minutes."
    )
    advice_of_v3 = " Once an app has migrated to app events, v3 refuses every token: send with api='2026-09' (--api)."


class PermissionDeniedError(ApiError):
    """403: the access token lacks a scope."""

    advice = "Let the account's administrator grant the missing scopes and get a new token."

    @property
    def scopes(self) -> list[str]:
        """The missing scopes that the service names."""
        scopes: list[str] = []
        for detail in _objects(self.body.get("errors")):
            context = detail.get("context")
            names = context.get("requiredGranularScopes") if isinstance(context, Mapping) else None
            scopes += [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
        return scopes

    @property
    def message(self) -> str:
        """The message of the service, and the missing scopes."""
        return f"{super().message} Missing: {', '.join(self.scopes) or 'not named'}"


class RateLimitError(ApiError):
    """429: too many requests."""

    advice = "Lower the rate limit, and look for other clients that share the limit of the account."

    @property
    def policy(self) -> str | None:
        """The limit that was reached: TEN_SECONDLY_ROLLING, SECONDLY, DAILY, or None where it is not named."""
        return self._text("policyName")

    @property
    def message(self) -> str:
        """The message of the service, and when the daily limit is reset."""
        when = " It is reset at midnight in the account's time zone." if self.policy == "DAILY" else ""
        return super().message + when


class LockedError(ApiError):
    """423: the record is locked temporarily."""

    advice = "Wait two seconds and send the event again."


class AccountMigratingError(ApiError):
    """477: the account is being moved to another data centre."""

    advice = "Wait for the seconds in retry_after, which can be up to 24 hours, and send the rest again."


class ServerError(ApiError):
    """408 and 5xx: the service failed; the events may have been created."""

    advice = "Send the same events again later, with the same ids."


class UnexpectedStatusError(ApiError):
    """Any other status: the request did not reach the operation."""

    advice = "Check the base URL, and the proxies between this machine and the service."


class InvalidResponseError(TimelineError):
    """A success whose body does not account for the events, which may have been created."""


class NotConnectedError(TimelineError):
    """No connection: the request was not sent. `retry_after` is in seconds, None where it is unknown."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class AccessTokenError(NotConnectedError):
    """No access token at present: the request was not sent."""


class CertificateError(TimelineError):
    """The certificate of the service cannot be verified, so that nothing was sent and a retry would not help."""


class TokenRefreshError(TimelineError):
    """The token endpoint refuses to issue an access token, and a retry would not help."""


class RateLimitStoreError(TimelineError):
    """The store of the rate limit cannot be used, so that no request may be sent."""


class ConnectionLostError(TimelineError):
    """The connection broke or timed out: the events may have been created."""


class JournalError(TimelineError):
    """The journal belongs to another run, or cannot be used."""


class QueueFullError(TimelineError):
    """A background queue has no space for an event."""


class TooManyErrorsError(TimelineError):
    """More events failed than the error limit allows, so that the run stopped."""


class StoppedError(TimelineError):
    """The run was stopped before these events were sent; `__cause__` is the reason."""


def bad_request(
    status: int,
    body: Mapping[str, Any] | None = None,
    retry_after: float | None = None,
    text: str = "",
) -> BadRequestError:
    """Return the error of a refused request or event: a ConflictError if it says that the id exists already."""
    error = BadRequestError(status, body, retry_after, text)
    return ConflictError(status, body, retry_after, text) if error.says_exists else error


_BY_STATUS: Mapping[int, Callable[..., ApiError]] = {
    400: bad_request,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    408: ServerError,
    409: bad_request,
    413: PayloadTooLargeError,
    422: bad_request,
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
    """Return the error for a status code, also for one that Python has no name for."""
    other = ServerError if status // 100 == 5 else UnexpectedStatusError
    return _BY_STATUS.get(status, other)(status, body, retry_after, text)


def _objects(value: object) -> list[Mapping[str, Any]]:
    """Return the objects in a value that should be a list of objects."""
    return [element for element in value if isinstance(element, Mapping)] if isinstance(value, list) else []
