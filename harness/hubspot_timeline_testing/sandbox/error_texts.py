"""The texts of errors that a calibration has measured, in place of the sandbox's own."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen
from attrs.validators import and_, ge, lt

from hubspot_timeline_testing.sandbox.apis import V3, Api
from hubspot_timeline_testing.sandbox.errors import ServiceError


@frozen
class ErrorText:
    """How an error responds. `message`: with {id} and {type} of an event, {count} of them, the {subject} of the error.

    The key of such a text is `v3` or `app_events`, a dot, and duplicate, repeated, no_identity, too_many,
    unknown_type, unknown_object or unknown_value.
    """

    message: str
    status: int = field(default=400, validator=and_(ge(400), lt(500)))
    category: str | None = None


def measured(
    error: ServiceError, texts: Mapping[str, ErrorText], api: Api, events: Sequence[Mapping[str, Any]]
) -> ServiceError:
    """Return an error with the text of its kind, if there is one; the ids that it names stay."""
    text = texts.get(f"{'v3' if api is V3 else 'app_events'}.{error.kind}")
    if text is None:
        return error
    first = next(iter((error.context or {}).get("id", [])), events[0]["id"])
    message, values = (
        text.message,
        {"id": first, "type": events[0][api.type_field], "count": str(len(events)), "subject": error.subject},
    )
    for name, value in values.items():
        message = message.replace(f"{{{name}}}", value)
    headers, errors = error.headers, error.errors
    return ServiceError(text.status, message, text.category, error.context, errors=errors, headers=headers)
