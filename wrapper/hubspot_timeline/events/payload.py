"""The request payload of one event: its schema, and the one way to validate and to serialise an event.

`EventPayload` mirrors the schema TimelineEvent of the OpenAPI document; msgspec validates and writes it in C. Only an
event that is not valid as it is takes a second step: numbers among the event tokens, epoch milliseconds and a missing
id are normalised, and for all else the error names the field and what is wrong with it.
"""

import copyreg
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, ValidationError

from hubspot_timeline.errors import EventError
from hubspot_timeline.events.ids import PLACEHOLDER, fixed_id, new_id
from hubspot_timeline.events.json_values import JsonValue, base_text, plain_json
from hubspot_timeline.events.model_fields import field_reader
from hubspot_timeline.events.normalization import fix_id, normalized
from hubspot_timeline.events.timestamps import representable
from hubspot_timeline.events.validation import explained, require_identity, require_sizes, require_token_names
from hubspot_timeline_api.models import EventTokens, ExtraData, TimelineEvent, TimelineIFrame
from hubspot_timeline_api.types import Unset

# Generated code compares absent fields by identity, which copies and pickles of an event would lose.
copyreg.pickle(Unset, lambda _: "UNSET")

_Required = Annotated[str, Meta(min_length=1)]
_Int32 = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]


class TimelineIFramePayload(Struct, rename="camel", forbid_unknown_fields=True, gc=False):
    """A link on the event that opens a page inside the CRM; `width` and `height` in pixels."""

    link_label: str
    header_label: str
    url: str
    width: _Int32
    height: _Int32


class EventPayload(Struct, rename="camel", omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """One event as it is sent. The attributes are named as those of TimelineEvent."""

    event_template_id: _Required
    id: _Required
    tokens: dict[str, str]
    email: str | UnsetType = UNSET
    object_id: str | UnsetType = UNSET
    utk: str | UnsetType = UNSET
    timestamp: Annotated[datetime, Meta(tz=True)] | UnsetType = UNSET
    extra_data: dict[str, JsonValue] | UnsetType = UNSET
    timeline_i_frame: TimelineIFramePayload | UnsetType = UNSET
    domain: str | UnsetType = UNSET
    custom_object_type_id: str | UnsetType = UNSET


EVENT_FIELDS = tuple(field.encode_name for field in msgspec.structs.fields(EventPayload))
"""The JSON names of the fields of an event."""

IFRAME_FIELDS = tuple(field.encode_name for field in msgspec.structs.fields(TimelineIFramePayload))
"""The JSON names of the fields of an event's timelineIFrame."""

_json_fields = field_reader(
    TimelineEvent,
    {field.name: field.encode_name for field in msgspec.structs.fields(EventPayload)},
    nested=(EventTokens, ExtraData, TimelineIFrame),
)
_decode = msgspec.json.Decoder(EventPayload).decode
_encode = msgspec.json.Encoder(enc_hook=base_text).encode


class PreparedEvent(Struct, frozen=True):
    """An event that is valid, and the JSON object that is sent."""

    payload: EventPayload
    body: bytes


def prepare_event(event: object) -> PreparedEvent:
    """Validate and serialise an event: a TimelineEvent, or a mapping in JSON field names. Raises EventError.

    A mapping is normalised where its meaning is unambiguous; an unknown field is an error, since a typo could never be
    corrected once the event is created. To send a field that the OpenAPI document does not have, use the
    `additional_properties` of a TimelineEvent.
    """
    try:
        if isinstance(event, TimelineEvent):
            return _prepared(_payload(_json_fields(event)), event.additional_properties)
        if isinstance(event, dict) or isinstance(event, Mapping):  # noqa: SIM101 - the first is ten times as fast
            return _prepared(_payload(event))
    except EventError:
        raise
    except Exception as error:  # whatever the values of an event do, the run goes on
        raise EventError(f"cannot be read ({described(error)})") from error
    if isinstance(event, PreparedEvent):
        return event
    if isinstance(event, EventError):  # what a reader of files yields for a row without an event
        raise event
    raise EventError(f"is a {type(event).__name__}; an event is a TimelineEvent or a mapping in JSON field names")


def prepare_line(line: bytes) -> PreparedEvent | None:
    """Return the event of a line of JSON, or None if it is not valid as it is, or a name may stand twice in it."""
    try:
        payload = _decode(line)
        if PLACEHOLDER in payload.id:  # the caller derives an id that is the same in every run
            return None
        event = _prepared(payload)
    except Exception:  # noqa: BLE001 - the caller reads the line again to explain what is wrong
        return None
    # Decoding drops all but the last of equal names, each with its quotation marks; an escaped one may replace them.
    is_complete = line.count(b'"') == event.body.count(b'"') and b"\\u0022" not in line
    return event if is_complete else None


def _payload(fields: Mapping[str, Any]) -> EventPayload:
    if "id" not in fields:
        fields = {**fields, "id": new_id()}
    try:
        return msgspec.convert(fields, EventPayload)
    except ValidationError:
        return _normalized_payload(fields)


def _normalized_payload(fields: Mapping[str, Any]) -> EventPayload:
    # An event that was pickled without this module has an Unset of its own.
    present = {name: value for name, value in fields.items() if not isinstance(value, Unset)}
    try:
        values = normalized(present, EVENT_FIELDS)
        fix_id(values)
        # It may be nested deeper than the schema.
        extra_data = values.pop("extraData") if isinstance(values.get("extraData"), dict) else UNSET
        payload = msgspec.convert(values, EventPayload)
    except ValidationError as error:
        raise explained(error, IFRAME_FIELDS) from error
    payload.extra_data = extra_data
    return payload


def _prepared(payload: EventPayload, additional: Mapping[str, Any] | None = None) -> PreparedEvent:
    if PLACEHOLDER in payload.id:
        payload.id = fixed_id(payload.id)
    if payload.timestamp is not UNSET and payload.timestamp.tzinfo is not UTC:
        payload.timestamp = representable(payload.timestamp)
    require_identity(payload)
    require_token_names(payload.tokens)
    body = _serialized({**plain_json(additional, ""), **_fields(payload)} if additional else payload)
    require_sizes(payload, body)
    return PreparedEvent(payload, body)


def _fields(payload: EventPayload) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(payload, enc_hook=base_text)
    return fields


def _serialized(value: EventPayload | dict[str, Any]) -> bytes:
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
