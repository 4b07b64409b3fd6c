"""event(): plain words in, the generated TimelineEvent out."""

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import uuid4

from hubspot_timeline.errors import EventError
from hubspot_timeline.events.timestamps import moment
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
    id: str | None = None,  # noqa: A002 - the service's own word
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

    Raises EventError where a value cannot be sent: a naive datetime, a token that is no scalar or not finite. What
    goes beyond a single value, such as sizes, is checked when the event is sent.
    """
    return TimelineEvent(
        event_template_id=str(template_id),
        id=fixed_id(id),
        tokens=EventTokens.from_dict(token_texts(tokens or {})),
        email=_or_unset(email),
        object_id=UNSET if object_id is None else str(object_id),
        utk=_or_unset(utk),
        timestamp=UNSET if timestamp is None else moment(timestamp),
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


class NewId(str):
    """An id that was made up here: the same program makes up another one in its next run."""

    __slots__ = ()


def new_id() -> str:
    """Return an id that no other event has."""
    return NewId(uuid4())


def fixed_id(wanted: str | None, new: Callable[[], str] = new_id) -> str:
    """Return an id that the service will not change: a new one for None and for each {{uuid}} inside."""
    if wanted is None:
        return new()
    before, *others = wanted.split("{{uuid}}")
    if not others:
        return wanted
    made = [new() for _ in others]
    text = before + "".join(chain.from_iterable(zip(made, others, strict=True)))
    return NewId(text) if isinstance(made[0], NewId) else text
