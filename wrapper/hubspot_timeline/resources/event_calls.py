"""The calls about single events: plain words in, generated requests and models out."""

import json

from hubspot_timeline.delivery.outcomes import EventLike
from hubspot_timeline.delivery.single_request import Call
from hubspot_timeline.errors import ApiError
from hubspot_timeline.events.payload import prepare_event
from hubspot_timeline.resources.requests import segment, written
from hubspot_timeline_api.api import events as api
from hubspot_timeline_api.models import EventDetail, TimelineEvent, TimelineEventResult


def create_event(event: EventLike) -> Call[TimelineEventResult]:
    """Return the call that creates an event, whose id is fixed here. Raises EventError."""
    body = TimelineEvent.from_dict(json.loads(prepare_event(event).body))
    return Call(
        written(api.create_event_request(body=body)),
        _read_result,
        _subject(body.event_template_id, body.id),
        doubt=f"The event may have been created: create it again with the same id {body.id!r}.",
        advice=None,
        confirms=_exists,
        then=get_event(body.event_template_id, body.id),
    )


def get_event(template_id: str | int, event_id: str) -> Call[TimelineEventResult]:
    """Return the call that reads an event."""
    return Call(api.get_event_request(*_ids(template_id, event_id)), _read_result, _subject(template_id, event_id))


def get_detail(template_id: str | int, event_id: str) -> Call[EventDetail]:
    """Return the call that reads the detail of an event."""
    request = api.get_event_detail_request(*_ids(template_id, event_id))
    return Call(request, _read_detail, f"the detail of {_subject(template_id, event_id)}")


def render(template_id: str | int, event_id: str, *, detail: bool) -> Call[str]:
    """Return the call that reads the header, or the detail, of an event as HTML."""
    request = api.render_event_request(*_ids(template_id, event_id), detail=detail)
    return Call(request, bytes.decode, f"the page of {_subject(template_id, event_id)}")


def _ids(template_id: str | int, event_id: str) -> tuple[str, str]:
    return segment("template_id", template_id), segment("event_id", event_id)


def _subject(template_id: str | int, event_id: str) -> str:
    return f"event {event_id} of template {template_id}"


def _exists(error: ApiError) -> bool:
    return error.says_exists


def _read_result(content: bytes) -> TimelineEventResult:
    return TimelineEventResult.from_dict(json.loads(content))


def _read_detail(content: bytes) -> EventDetail:
    return EventDetail.from_dict(json.loads(content))
