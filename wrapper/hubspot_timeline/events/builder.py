"""event() and app_event(): build the generated models from plain Python values."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, SupportsIndex

from hubspot_app_events_api import models as app
from hubspot_app_events_api.types import UNSET as APP_UNSET
from hubspot_timeline.errors import EventError, type_of
from hubspot_timeline.events.ids import fixed_id
from hubspot_timeline.events.schemas import AppEventPayload, EventPayload
from hubspot_timeline.events.timestamps import parse_timestamp
from hubspot_timeline.events.token_values import TokenValue, integer_text, token_texts
from hubspot_timeline.events.validation import require_email
from hubspot_timeline_api.models import EventTokens, ExtraData, TimelineEvent, TimelineIFrame
from hubspot_timeline_api.types import UNSET, Unset


def event(
    template_id: str | SupportsIndex | float,
    tokens: Mapping[str, TokenValue] | None = None,
    *,
    email: str | None = None,
    object_id: str | SupportsIndex | float | None = None,
    utk: str | None = None,
    id: str | None = None,  # noqa: A002 - the service's own name
    timestamp: datetime | str | int | None = None,
    extra_data: Mapping[str, Any] | None = None,
    iframe: TimelineIFrame | None = None,
    domain: str | None = None,
    custom_object_type_id: str | None = None,
) -> TimelineEvent:
    """Return one event, ready to send.

    `template_id`, `object_id`: text or a whole number; a whole float is taken for it, since pandas makes them.
    The record is identified by `object_id`, else `utk`, else `email`; one of them is needed. An email has one @ with
    text on both sides; white space around it is removed.
    `tokens`: a date or an aware datetime is sent as epoch milliseconds (a date as its midnight in UTC), a bool as
    true or false, an Enum as its value, all else as its text.
    `id`: fixed here, before the first send, because it is the only protection against creating an event twice. A
    fresh UUID where not given; so is each `{{uuid}}` inside it, which the service would replace unseen.
    `timestamp`: an aware datetime, RFC 3339 text, or epoch milliseconds; the time of the request where absent.
    `extra_data`: any JSON.

    Raises EventError where a value is missing (an empty template, NaN) or cannot be sent: a naive datetime, a token
    that is not a scalar. None leaves an optional field out. The other fields, and what goes beyond a single value, such
    as sizes, are checked when the event is sent.
    """
    return TimelineEvent(
        event_template_id=_id_text(template_id, "eventTemplateId"),
        id=fixed_id(id),
        tokens=EventTokens.from_dict(token_texts(tokens or {}, EventPayload.VALUES_FIELD)),
        email=UNSET if email is None else _email(email),
        object_id=UNSET if object_id is None else _id_text(object_id, "objectId"),
        utk=_or_unset(utk),
        timestamp=UNSET if timestamp is None else parse_timestamp(timestamp),
        extra_data=UNSET if extra_data is None else ExtraData.from_dict(_mapping(extra_data)),
        timeline_i_frame=UNSET if iframe is None else iframe,
        domain=_or_unset(domain),
        custom_object_type_id=_or_unset(custom_object_type_id),
    )


def app_event(
    event_type: str,
    properties: Mapping[str, TokenValue] | None = None,
    *,
    email: str | None = None,
    object_id: str | SupportsIndex | float | None = None,
    utk: str | None = None,
    id: str | None = None,  # noqa: A002 - the service's own name
    timestamp: datetime | str | int | None = None,
    extra_data: Mapping[str, Any] | None = None,
    iframe: app.TimelineIFrame | None = None,
    domain: str | None = None,
    object_type: str | None = None,
) -> app.AppEvent:
    """Return one app event, ready to send with a client for that API.

    `event_type`: the uid of the event type in the app's project, or its fullyQualifiedName. `properties`: what the
    event type defines, converted as the tokens of `event`. `object_type`: the objectTypeFullyQualifiedName of a custom
    object, such as p123456_car. The other parameters, and the errors, are those of `event`.
    """
    return app.AppEvent(
        event_type_name=_type_name(event_type),
        id=fixed_id(id),
        properties=app.AppEventProperties.from_dict(token_texts(properties or {}, AppEventPayload.VALUES_FIELD)),
        email=APP_UNSET if email is None else _email(email),
        object_id=APP_UNSET if object_id is None else _id_text(object_id, "objectId"),
        utk=APP_UNSET if utk is None else utk,
        timestamp=APP_UNSET if timestamp is None else parse_timestamp(timestamp),
        extra_data=APP_UNSET if extra_data is None else app.ExtraData.from_dict(_mapping(extra_data)),
        timeline_i_frame=APP_UNSET if iframe is None else iframe,
        domain=APP_UNSET if domain is None else domain,
        object_type_fully_qualified_name=APP_UNSET if object_type is None else object_type,
    )


def _id_text(value: object, field: str) -> str:
    """Return an id that the service gave, of a template or a record, as text."""
    if type(value) is int:  # as nearly always; the checks below take longer
        return str(value)
    if isinstance(value, str):
        if not value.strip():
            raise EventError("is empty; give a whole number or text", field)
        return value
    number = None if isinstance(value, bool) else integer_text(_integer_if_whole(value))
    if number is None:
        found = value if value is None or isinstance(value, float | Decimal) else type_of(value)
        raise EventError(f"is {found}; give a whole number or text", field)
    return number


def _type_name(value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value
    found = "empty" if isinstance(value, str) else type_of(value)
    raise EventError(f"is {found}; give the uid of an event type, or its fullyQualifiedName", "eventTypeName")


def _integer_if_whole(value: object) -> object:
    try:
        if isinstance(value, float | Decimal) and value == int(value):
            return int(value)
    except (ValueError, OverflowError):  # NaN and the infinities
        pass
    return value


def _email(value: object) -> str:
    if not isinstance(value, str):
        raise EventError(f"is {type_of(value)}, not text; give None to leave it out", "email")
    text = value.strip()
    require_email(text)
    return text


def _mapping(value: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise EventError(f"is {type_of(value)}, not a mapping", "extraData")
    return value


def _or_unset(value: str | None) -> str | Unset:
    return UNSET if value is None else value
