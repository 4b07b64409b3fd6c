"""The way from a request body to a value that conforms to the document, or to the refusal of the request."""

from typing import Any

from jsonschema_rs import ValidationError, ValidationErrorKind

from hubspot_timeline_testing.openapi import schemas
from hubspot_timeline_testing.sandbox.errors import RefusedError, invalid
from hubspot_timeline_testing.sandbox.validation.json_positions import event_offset, json_path, place
from hubspot_timeline_testing.sandbox.validation.leniency import normalise
from hubspot_timeline_testing.sandbox.validation.schemas import validator
from hubspot_timeline_testing.sandbox.validation.strict_json import Json, parse

_EVENT = "TimelineEvent"
_LONGEST_MESSAGE = 500


def read_body(raw: bytes, schema: str, *, lenient: bool = False) -> Any:
    """Return a request body that conforms to a schema of the document.

    `lenient`: what the service takes beyond the document is brought into its shape first; for events.
    Raises RefusedError with 400 for a body that breaks the document, RecursionError for one nested too deeply.
    """
    body = parse(raw)
    if lenient:
        normalise(body.value)
    try:
        validator(schema).validate(body.value)
    except ValidationError as error:
        raise _refusal(body, error, schema) from error
    except ValueError as error:  # the validator can check deeper nesting than it can complain about
        raise RecursionError from error
    return body.value


def _refusal(body: Json, error: ValidationError, schema: str) -> RefusedError:
    path = list(error.instance_path)
    message = f"Invalid input JSON on {place(body.text, _offset(body, path))}: {_complaint(path, body, error, schema)}"
    return invalid(message[:_LONGEST_MESSAGE])


def _offset(body: Json, path: list[str | int]) -> int:
    match path:
        case ["inputs", int(index), *_]:
            return event_offset(body.text, index)
    return 0


def _complaint(path: list[str | int], body: Json, error: ValidationError, schema: str) -> str:
    """Say what is wrong: for missing fields of an event in the service's words, else with the path of the value."""
    match path, error.kind, schema:
        case ["inputs", int(index)], ValidationErrorKind.Required(), _:
            return _missing(body.value["inputs"][index])
        case [], ValidationErrorKind.Required(), "TimelineEvent":
            return _missing(body.value)
    return f"{json_path(path)}: {error.message}"


def _missing(event: dict[str, Any]) -> str:
    missing = [name for name in schemas()[_EVENT]["required"] if name not in event]
    return f"Cannot build {_EVENT}, some of required attributes are not set [{', '.join(missing)}]"
