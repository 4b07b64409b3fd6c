"""EventTypes and AsyncEventTypes: the types of an app's events, which succeed the templates."""

from hubspot_app_events_api.api.event_types import resolve_event_type_request
from hubspot_app_events_api.models import DeveloperSymbol, EventTypeName
from hubspot_timeline.delivery.single_request import SingleRequest
from hubspot_timeline.resources.parameters import json_body, json_parser, required_text
from hubspot_timeline.resources.sync_async import AsyncResource, SyncResource, sync_and_async


class EventTypeMethods:
    """The methods of EventTypes and AsyncEventTypes; event types are deployed as files of the app's project."""

    api_version: str

    @sync_and_async
    def resolve(self, project: str, uid: str) -> SingleRequest[EventTypeName]:
        """Return the `fully_qualified_name` of the event type with a uid in a project, to use as its eventTypeName.

        Observes the rate limit, and is retried by the RetryPolicy of the client. Raises OptionError for an empty name,
        NotFoundError for an unknown event type, and the other errors of this package.
        """
        symbol = DeveloperSymbol(
            project_name=required_text("project", project), developer_symbol=required_text("uid", uid)
        )
        return SingleRequest(
            json_body(resolve_event_type_request(self.api_version, body=symbol)),
            json_parser(EventTypeName.from_dict),
            f"event type {uid} of project {project}",
        )


class EventTypes(SyncResource, EventTypeMethods):
    """Event types; its methods block."""


class AsyncEventTypes(AsyncResource, EventTypeMethods):
    """Event types; its methods are awaited."""
