"""The way from a request body to events that conform to the document, or to the refusal of the whole batch."""

from typing import Any

from jsonschema_rs import ValidationError, ValidationErrorKind

from hubspot_timeline.document import schemas
from hubspot_timeline.sandbox.judging.leniency import normalise
from hubspot_timeline.sandbox.judging.positions import event_offset, place
from hubspot_timeline.sandbox.judging.strict_json import Json, parse
from hubspot_timeline.sandbox.judging.validation import validator
from hubspot_timeline.sandbox.refusals import RefusedError, invalid

_BATCH = "TimelineEventBatch"
_EVENT = "TimelineEvent"
_LONGEST_MESSAGE = 500


def read_events(raw: bytes) -> list[dict[str, Any]]:
    """Return the events of a request.

    Raises RefusedError with 400 for a body that breaks the document, RecursionError for one nested too deeply.
    """
    body = parse(raw)
    normalise(body.value)
    try:
        validator(_BATCH).validate(body.value)
    except ValidationError as error:
        raise _refusal(body, error) from error
    except ValueError as error:  # the validator can check deeper nesting than it can complain about
        raise RecursionError from error
    events: list[dict[str, Any]] = body.value["inputs"]
    return events


def _refusal(body: Json, error: ValidationError) -> RefusedError:
    match list(error.instance_path):
        case ["inputs", int(index), *_] as path:
            offset = event_offset(body.text, index)
        case path:
            offset = 0
    message = f"Invalid input JSON on {place(body.text, offset)}: {_complaint(path, body, error)}"
    return invalid(message[:_LONGEST_MESSAGE])


def _complaint(path: list[str | int], body: Json, error: ValidationError) -> str:
    """Say what is wrong: for missing fields of an event in the service's words, else with the path of the value."""
    match path, error.kind:
        case ["inputs", int(index)], ValidationErrorKind.Required():
            event = body.value["inputs"][index]
            missing = [name for name in schemas()[_EVENT]["required"] if name not in event]
            return f"Cannot build {_EVENT}, some of required attributes are not set [{', '.join(missing)}]"
    return f"{_json_path(path)}: {error.message}"


def _json_path(path: list[str | int]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
