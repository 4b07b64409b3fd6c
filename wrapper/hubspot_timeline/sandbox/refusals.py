"""A refusal of a whole request, raised wherever it is noticed and answered in one place."""

from collections.abc import Mapping, Sequence


class RefusedError(Exception):
    """The request is answered with an error body: nothing of it was created.

    `status` is the HTTP status; `message`, `category` and `context` go into the body, the latter two where given.
    """

    def __init__(
        self, status: int, message: str, category: str | None = None, context: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.category = category
        self.context = context


def invalid(message: str, context: Mapping[str, Sequence[str]] | None = None) -> RefusedError:
    """Return the refusal of a batch that is not as the document or the service wants it."""
    return RefusedError(400, message, "VALIDATION_ERROR", context)
