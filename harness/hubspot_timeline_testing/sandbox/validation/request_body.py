"""Request bodies: parsed as strict JSON, brought into the document's shape, and validated by its schemas."""

import json
import re
from collections.abc import Mapping
from math import isfinite
from typing import Any

from attrs import frozen
from jsonschema_rs import ValidationError, ValidationErrorKind

from hubspot_timeline_testing.openapi import document, schemas
from hubspot_timeline_testing.sandbox.apis import V3, Api
from hubspot_timeline_testing.sandbox.clock import from_epoch, rfc3339
from hubspot_timeline_testing.sandbox.errors import ServiceError, validation_error
from hubspot_timeline_testing.sandbox.http.response import encode_json
from hubspot_timeline_testing.sandbox.validation.json_positions import event_offset, json_path, line_and_column
from hubspot_timeline_testing.sandbox.validation.schemas import validator

_MAX_MESSAGE = 500
_RESERVED_NAME = re.compile(r'{"enum":.*} is not allowed for "(.*)"')
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


@frozen
class ParsedJson:
    """A JSON text and its value."""

    text: str
    value: Any


def parse_json(raw: bytes) -> ParsedJson:
    """Return a request body as strict JSON: UTF-8, finite numbers, whole surrogate pairs. Raises ServiceError (400)."""
    try:
        text = raw.decode()
        value = _DECODER.decode(text)
        if _ESCAPED_SURROGATE.search(text):  # the only way to a lone surrogate
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        message = f"Invalid input JSON on {line_and_column(error.doc, error.pos)}: {error.msg}"
        raise validation_error(message) from error
    except ValueError as error:  # not UTF-8, an infinite number, or half of a surrogate pair
        raise validation_error(f"Invalid input JSON: {error}") from error
    except RecursionError as error:
        raise validation_error("Invalid input JSON: it is nested too deeply") from error
    return ParsedJson(text, value)


def validated_body(raw: bytes, schema: str, api: Api, *, lenient: bool = False) -> Any:
    """Return a request body that conforms to a schema of an API's document.

    `lenient`: values that the service accepts beyond the document are converted first; in events only.
    Raises ServiceError (400).
    """
    body = parse_json(raw)
    if lenient and schema in (api.event, api.batch):
        _convert_events(body.value, api)
    try:
        validator(schema, api.document).validate(body.value)
    except ValidationError as error:
        raise _schema_error(body, error, schema, api) from error
    except ValueError as error:  # the validator accepts deeper nesting than it can report errors in
        raise validation_error("Invalid input JSON: it is nested too deeply") from error
    return body.value


def _convert_events(body: Any, api: Api) -> None:
    """Convert the events of a batch, or a single event, in place; other JSON values stay as they are."""
    events = body.get("inputs", [body]) if isinstance(body, dict) else None
    for event in events if isinstance(events, list) else ():
        if isinstance(event, dict):
            _convert_event(event, api)


def _convert_event(event: dict[str, Any], api: Api) -> None:
    """Convert values that are numbers or booleans to strings, and in version 3 milliseconds to a date-time."""
    values = event.get(api.values_field)
    if isinstance(values, dict):
        for name, value in values.items():
            if isinstance(value, int | float):  # a bool is an int
                values[name] = encode_json(value)
    if api is V3 and type(event.get("timestamp")) is int:
        try:
            event["timestamp"] = rfc3339(from_epoch(event["timestamp"]))
        except OverflowError:
            return  # the schema rejects it


def _schema_error(body: ParsedJson, error: ValidationError, schema: str, api: Api) -> ServiceError:
    """Return the service's own message for missing fields, else one with the path of the value and its error."""
    match list(error.instance_path), error.kind:
        case [], ValidationErrorKind.Required():
            return _missing_fields(body.text, 0, schemas(document(api.document))[schema], body.value)
        case ["inputs", int(index)], ValidationErrorKind.Required():
            event_schema = schemas(document(api.document))[api.event]
            return _missing_fields(body.text, event_offset(body.text, index), event_schema, body.value["inputs"][index])
        case ["inputs", int(index), *_], _:
            offset = event_offset(body.text, index)
        case _:
            offset = 0
    reserved = _RESERVED_NAME.fullmatch(error.message)
    message = f"the name {reserved[1]} is reserved" if reserved else error.message
    reason = f"{json_path(error.instance_path)}: {message}"
    return validation_error(f"Invalid input JSON on {line_and_column(body.text, offset)}: {reason}"[:_MAX_MESSAGE])


def _missing_fields(text: str, offset: int, schema: Mapping[str, Any], value: dict[str, Any]) -> ServiceError:
    """Return the error for an object that lacks fields; the service's position is after the opening brace."""
    missing = ", ".join(name for name in schema["required"] if name not in value)
    position = line_and_column(text, text.index("{", offset) + 1)
    return validation_error(f"Invalid input JSON on {position}. Some required fields were not set: [{missing}]")


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text[:100]} is not a finite number")
    return number


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_finite)
