"""Event formats: one way to validate an event and to write the payload of its request, for each API.

msgspec validates and writes an event in C. Only an event that is not valid as it is takes a second step: numbers among
the event tokens, epoch milliseconds and a missing id are normalised, and for all else the error names the field and
what is wrong with it.
"""

import copyreg
from collections.abc import Callable, Container, Mapping
from datetime import UTC
from typing import Any

import msgspec
from msgspec import UNSET, Struct, ValidationError

from hubspot_app_events_api import models as app_models
from hubspot_app_events_api import types as app_types
from hubspot_timeline.errors import EventError, type_of
from hubspot_timeline.events.ids import PLACEHOLDER, fixed_id, new_id
from hubspot_timeline.events.json_values import base_text, plain_json
from hubspot_timeline.events.model_fields import field_reader
from hubspot_timeline.events.normalization import fix_id, normalized
from hubspot_timeline.events.schemas import IFRAME_FIELDS, AppEventPayload, EventPayload, Payload, json_names
from hubspot_timeline.events.timestamps import representable
from hubspot_timeline.events.validation import explained, require_identity, require_sizes, require_token_names
from hubspot_timeline_api import models, types

_UNSET_TYPES = (types.Unset, app_types.Unset)

# Generated code compares absent fields by identity, which copies and pickles of an event would lose.
for _type in _UNSET_TYPES:
    copyreg.pickle(_type, lambda _: "UNSET")

_encode = msgspec.json.Encoder(enc_hook=base_text).encode


class PreparedEvent(Struct, frozen=True):
    """An event that is valid, and the JSON object that is sent."""

    payload: Payload
    body: bytes


class EventFormat:
    """How events of one API are written: the schema of their payload, and the generated model of an event.

    `nested`: the generated models inside it, whose absent fields hold `unset`. `fields`: the JSON names of the fields
    of an event; `values_field` is the one with the values of the template or event type.
    """

    def __init__(self, schema: type[Payload], model: type, nested: tuple[type, ...], unset: object) -> None:
        names = json_names(schema)
        self.schema: type[Payload] = schema
        self.fields: tuple[str, ...] = tuple(names.values())
        self.values_field: str = schema.VALUES_FIELD
        self.model_fields: Callable[[Any], dict[str, Any]] = field_reader(model, names, nested, unset)
        self._decode = msgspec.json.Decoder(schema).decode

    def prepare(self, fields: Mapping[str, Any], additional: Mapping[str, Any] | None = None) -> PreparedEvent:
        """Validate and serialise an event in JSON field names; `additional` ones are sent unchecked."""
        return _prepared(self._payload(fields), additional)

    def decode(self, line: bytes) -> PreparedEvent | None:
        """Return the event of a line of JSON, None if its id holds a placeholder. Raises ValidationError."""
        payload: Payload = self._decode(line)
        # The caller derives an id that is the same in every run.
        return None if PLACEHOLDER in payload.id else _prepared(payload)

    def _payload(self, fields: Mapping[str, Any]) -> Payload:
        if "id" not in fields:
            fields = {**fields, "id": new_id()}
        try:
            return msgspec.convert(fields, self.schema)
        except ValidationError:
            return self._normalized_payload(fields)

    def _normalized_payload(self, fields: Mapping[str, Any]) -> Payload:
        # An event that was pickled without this module has an Unset of its own.
        present = {name: value for name, value in fields.items() if not isinstance(value, _UNSET_TYPES)}
        try:
            values = normalized(present, self.fields, self.values_field)
            fix_id(values)
            # It may be nested deeper than the schema.
            extra_data = values.pop("extraData") if isinstance(values.get("extraData"), dict) else UNSET
            payload = msgspec.convert(values, self.schema)
        except ValidationError as error:
            raise explained(error, IFRAME_FIELDS) from error
        payload.extra_data = extra_data
        return payload


V3 = EventFormat(
    EventPayload, models.TimelineEvent, (models.EventTokens, models.ExtraData, models.TimelineIFrame), types.UNSET
)
APP_EVENTS = EventFormat(
    AppEventPayload,
    app_models.AppEvent,
    (app_models.AppEventProperties, app_models.ExtraData, app_models.TimelineIFrame),
    app_types.UNSET,
)

# What kind of event it is comes first, then the names of its values.
_FORMATS_BY_FIELD = {
    name: event_format
    for own_fields in zip(V3.schema.OWN_FIELDS, APP_EVENTS.schema.OWN_FIELDS, strict=True)
    for name, event_format in zip(own_fields, (V3, APP_EVENTS), strict=True)
}


def format_of(names: Container[str], default: EventFormat) -> EventFormat:
    """Return the format that has fields of these names, else the default."""
    return next((_FORMATS_BY_FIELD[name] for name in _FORMATS_BY_FIELD if name in names), default)


def prepare_event(event: object, default: EventFormat = V3) -> PreparedEvent:
    """Validate and serialise an event: a generated model, or a mapping in JSON field names. Raises EventError.

    The names in a mapping determine its format; `default` is that of names that all formats have.
    A mapping is normalised where its meaning is unambiguous; an unknown field is an error, since a typo could never be
    corrected once the event is created. To send a field that the OpenAPI document does not have, use the
    `additional_properties` of a model.
    """
    if isinstance(event, PreparedEvent):
        return event
    try:
        if isinstance(event, models.TimelineEvent):
            return V3.prepare(V3.model_fields(event), event.additional_properties)
        if isinstance(event, dict) or isinstance(event, Mapping):  # noqa: SIM101 - the first is ten times as fast
            return format_of(event, default).prepare(event)
        if isinstance(event, app_models.AppEvent):
            return APP_EVENTS.prepare(APP_EVENTS.model_fields(event), event.additional_properties)
    except EventError:
        raise
    except Exception as error:  # whatever the values of an event do, the run goes on
        raise EventError(f"cannot be read ({described(error)})") from error
    if isinstance(event, EventError):  # what a reader of files yields for a row without an event
        raise event
    kinds = "a TimelineEvent, an AppEvent or a mapping in JSON field names"
    raise EventError(f"is {type_of(event)}; an event is {kinds}")


def prepare_line(line: bytes) -> PreparedEvent | None:
    """Return the event of a line of JSON, or None if it is not valid as it is, or a name may stand twice in it."""
    try:
        event = (APP_EVENTS if b'"eventTypeName"' in line else V3).decode(line)
    except Exception:  # noqa: BLE001 - the caller reads the line again to explain what is wrong
        return None
    # Decoding drops all but the last of equal names, each with its quotation marks; an escaped one may replace them.
    is_complete = event and line.count(b'"') == event.body.count(b'"') and b"\\u0022" not in line
    return event if is_complete else None


def _prepared(payload: Payload, additional: Mapping[str, Any] | None = None) -> PreparedEvent:
    if PLACEHOLDER in payload.id:
        payload.id = fixed_id(payload.id)
    if payload.timestamp is not UNSET and payload.timestamp.tzinfo is not UTC:
        payload.timestamp = representable(payload.timestamp)
    require_identity(payload)
    require_token_names(payload.tokens, payload.VALUES_FIELD)
    body = serialized({**plain_json(additional, ""), **_fields(payload)} if additional else payload)
    require_sizes(payload, body)
    return PreparedEvent(payload, body)


def _fields(payload: Payload) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(payload, enc_hook=base_text)
    return fields


def serialized(value: Payload | dict[str, Any]) -> bytes:
    """Return the JSON of a payload. Raises EventError with the field that has none."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        plain_json(value if isinstance(value, dict) else _fields(value), "")  # raises the error that names the field
        raise


def described(error: Exception) -> str:
    """Return the type of an error with its text, also if it has none."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 - its text cannot be had
        return type(error).__name__
