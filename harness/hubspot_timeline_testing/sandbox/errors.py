"""The error response of a request, as an exception: raised anywhere, turned into a response in one place."""

from collections.abc import Mapping, Sequence
from typing import Any


class ServiceError(Exception):
    """The request fails as a whole and changes nothing.

    `status` is the HTTP status; `message`, and where present `category`, `context` and `errors` (details), are fields
    of the body; `headers` are sent beside it. `kind`: what a setting can give another text, see ErrorText;
    `subject`: the name or value that it is about.
    """

    def __init__(
        self,
        status: int,
        message: str,
        category: str | None = None,
        context: Mapping[str, Sequence[str]] | None = None,
        *,
        errors: Sequence[Mapping[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
        kind: str = "",
        subject: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.category = category
        self.context = context
        self.errors = errors
        self.headers: dict[str, str] = dict(headers or {})
        self.kind = kind
        self.subject = subject


def validation_error(
    message: str, context: Mapping[str, Sequence[str]] | None = None, *, kind: str = "", subject: str = ""
) -> ServiceError:
    """Return the 400 for a request that breaks a rule of the document or of the service."""
    return ServiceError(400, message, "VALIDATION_ERROR", context, kind=kind, subject=subject)


def not_found(name: str) -> ServiceError:
    """Return the 404 for something that does not exist."""
    return ServiceError(404, f"There is no {name}"[:500], "OBJECT_NOT_FOUND")


def expired_token(message: str, expired_at: str) -> ServiceError:
    """Return the 401 for an access token that has expired."""
    return ServiceError(401, message, "EXPIRED_AUTHENTICATION", {"expire time": [expired_at]})


def missing_scope(scopes: Sequence[str]) -> ServiceError:
    """Return the 403 for a token that has none of some scopes, of which one would do."""
    detail = {
        "message": "One or more of the following scopes are required.",
        "context": {"requiredGranularScopes": list(scopes)},
    }
    message = "This app hasn't been granted all required scopes to make this call."
    return ServiceError(403, message, "MISSING_SCOPES", errors=[detail])
