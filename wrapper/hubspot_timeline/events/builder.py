"""event(): builds the generated TimelineEvent from plain Python values."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hubspot_timeline.errors import EventError
from hubspot_timeline.events.ids import fixed_id
from hubspot_timeline.events.timestamps import parse_timestamp
from hubspot_timeline.events.token_values import TokenValue, token_texts
from hubspot_timeline_api.models import EventTokens, ExtraData, TimelineEvent, TimelineIFrame
from hubspot_timeline_api.types import UNSET, Unset


def event(
    template_id: str | int,
    tokens: Mapping[str, TokenValue] | None = None,
    *,
    email: str | None = None,
    object_id: str | int | None = None,
    utk: str | None = None,
    id: str | None = None,  # noqa: A002 - the service's own name
    timestamp: datetime | str | int | None = None,
    extra_data: Mapping[str, Any] | None = None,
    iframe: TimelineIFrame | None = None,
    domain: str | None = None,
    custom_object_type_id: str | None = None,
) -> TimelineEvent:
    """Return one event, ready to send.

    The record is identified by `object_id`, else `utk`, else `email`; one of them is needed.
    `tokens`: a date or an aware datetime is sent as epoch milliseconds (a date as its midnight in UTC), a bool as
    true or false, an Enum as its value, all else as its text.
    `id`: fixed here, before the first send, because it is the only protection against creating an event twice. A
    fresh UUID where not given; so is each `{{uuid}}` inside it, which the service would replace unseen.
    `timestamp`: an aware datetime, RFC 3339 text, or epoch milliseconds; the time of the request where absent.
    `extra_data`: any JSON.

    Raises EventError where a value cannot be sent: a naive datetime, a token that is not a scalar, or not finite. What
    goes beyond a single value, such as sizes, is checked when the event is sent.
    """
    return TimelineEvent(
        event_template_id=str(template_id),
        id=fixed_id(id),
        tokens=EventTokens.from_dict(token_texts(tokens or {})),
        email=_or_unset(email),
        object_id=UNSET if object_id is None else str(object_id),
        utk=_or_unset(utk),
        timestamp=UNSET if timestamp is None else parse_timestamp(timestamp),
        extra_data=UNSET if extra_data is None else _extra_data(extra_data),
        timeline_i_frame=UNSET if iframe is None else iframe,
        domain=_or_unset(domain),
        custom_object_type_id=_or_unset(custom_object_type_id),
    )


def _extra_data(value: Mapping[str, Any]) -> ExtraData:
    if not isinstance(value, Mapping):
        raise EventError(f"is a {type(value).__name__}, not a mapping", "extraData")
    return ExtraData.from_dict(value)


def _or_unset(value: str | None) -> str | Unset:
    return UNSET if value is None else value
