"""A refusal of a whole request, raised wherever it is noticed and answered in one place."""

from collections.abc import Mapping, Sequence
from typing import Any


class RefusedError(Exception):
    """The request is answered with an error body: nothing of it was done.

    `status` is the HTTP status; `message`, `category`, `context` and `errors` (details) go into the body, the latter
    three where given; `headers` go beside it.
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
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.category = category
        self.context = context
        self.errors = errors
        self.headers = dict(headers or {})


def invalid(message: str, context: Mapping[str, Sequence[str]] | None = None) -> RefusedError:
    """Return the refusal of what is not as the document or the service wants it."""
    return RefusedError(400, message, "VALIDATION_ERROR", context)


def not_found(what: str) -> RefusedError:
    """Return the refusal of a request for something that there is not."""
    return RefusedError(404, f"There is no {what}"[:500], "OBJECT_NOT_FOUND")


def missing_scope(scope: str) -> RefusedError:
    """Return the refusal of a token that lacks a scope."""
    detail = {
        "message": "One or more of the following scopes are required.",
        "context": {"requiredGranularScopes": [scope]},
    }
    message = "This app hasn't been granted all required scopes to make this call."
    return RefusedError(403, message, "MISSING_SCOPES", errors=[detail])
