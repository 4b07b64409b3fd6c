"""Events and AsyncEvents: single events of the service."""

import json

from hubspot_timeline.delivery.outcomes import EventLike
from hubspot_timeline.delivery.single_request import SingleRequest
from hubspot_timeline.events.payload import prepare_event
from hubspot_timeline.resources.parameters import json_body, json_parser, path_segment
from hubspot_timeline.resources.sync_async import AsyncResource, SyncResource, sync_and_async
from hubspot_timeline_api.api import events as api
from hubspot_timeline_api.models import EventDetail, TimelineEvent, TimelineEventResult


class EventMethods:
    """The methods of Events and AsyncEvents. To create many events, `send` takes a hundredth of the requests.

    All of them observe the rate limit, and are retried by the RetryPolicy of the client. They raise OptionError for an
    id that is not allowed, NotFoundError for one that does not exist, and the other errors of this package.
    """

    @sync_and_async
    def create(self, event: EventLike) -> SingleRequest[TimelineEventResult]:
        """Create one event and return the service's record of it.

        Its id prevents a second one: "exists already" after a lost response means created, and the record is read.
        Raises EventError for an event that cannot be sent, ConflictError where the id existed before.
        """
        body = TimelineEvent.from_dict(json.loads(prepare_event(event).body))
        return SingleRequest(
            json_body(api.create_event_request(body=body)),
            json_parser(TimelineEventResult.from_dict),
            _subject(body.event_template_id, body.id),
            lost_advice=f"The event may have been created: create it again with the same id {body.id!r}.",
            rejected_advice=None,
            confirms_success=lambda error: error.says_exists,
            follow_up=_get_event(body.event_template_id, body.id),
        )

    @sync_and_async
    def get(self, template_id: str | int, event_id: str) -> SingleRequest[TimelineEventResult]:
        """Return the service's record of an event."""
        return _get_event(template_id, event_id)

    @sync_and_async
    def detail(self, template_id: str | int, event_id: str) -> SingleRequest[EventDetail]:
        """Return the rendered detail of an event; its text is in `details`."""
        request = api.get_event_detail_request(*_segments(template_id, event_id))
        return SingleRequest(
            request, json_parser(EventDetail.from_dict), f"the detail of {_subject(template_id, event_id)}"
        )

    @sync_and_async
    def render(self, template_id: str | int, event_id: str, *, detail: bool = False) -> SingleRequest[str]:
        """Return the header of an event, or its detail, as HTML."""
        request = api.render_event_request(*_segments(template_id, event_id), detail=detail)
        return SingleRequest(request, bytes.decode, f"the HTML of {_subject(template_id, event_id)}")


class Events(SyncResource, EventMethods):
    """Single events; its methods block."""


class AsyncEvents(AsyncResource, EventMethods):
    """Single events; its methods are awaited."""


def _get_event(template_id: str | int, event_id: str) -> SingleRequest[TimelineEventResult]:
    request = api.get_event_request(*_segments(template_id, event_id))
    return SingleRequest(request, json_parser(TimelineEventResult.from_dict), _subject(template_id, event_id))


def _segments(template_id: str | int, event_id: str) -> tuple[str, str]:
    return path_segment("template_id", template_id), path_segment("event_id", event_id)


def _subject(template_id: str | int, event_id: str) -> str:
    return f"event {event_id} of template {template_id}"
