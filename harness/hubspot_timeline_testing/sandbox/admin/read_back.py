"""Reading back what was created."""

import json
from typing import Any

from attrs import asdict, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hubspot_timeline_testing.sandbox.admin.parameters import json_object, number, text
from hubspot_timeline_testing.sandbox.bodies import encode, json_list
from hubspot_timeline_testing.sandbox.context import World
from hubspot_timeline_testing.sandbox.errors import invalid, not_found
from hubspot_timeline_testing.sandbox.http.error_handlers import json_response
from hubspot_timeline_testing.sandbox.http.requests import path_route
from hubspot_timeline_testing.sandbox.rendering.events import render_event
from hubspot_timeline_testing.sandbox.storage.store import StoredEvent


@frozen
class ReadBack:
    """The requests that read a store; lists take `offset` (0) and `limit` (100).

    GET /_sandbox/events answers {"total": n, "events": [result, …]}, oldest first.
    GET /_sandbox/event?eventTemplateId=…&id=… answers the one result; ids hold any character, so they are no path.
    GET /_sandbox/counts answers how many events, requests (refused ones count too), of them limited (429), records and
    templates there are.
    GET /_sandbox/records?search=… answers {"total": n, "records": […]}, the latest events first.
    GET /_sandbox/timeline?record=… answers {"total": n, "events": […]}: rendered, the latest first.
    GET /_sandbox/requests answers {"total": n, "requests": […]}, the latest first.
    POST /_sandbox/exactly-once {"ids": […]} answers {"missing": […], "repeated": […]}: empty if all is well.
    """

    world: World

    def routes(self) -> list[Route]:
        """Return the routes of the application."""
        readers = (self.events, self.event, self.counts, self.records, self.timeline, self.requests)
        reading = [path_route(f"/_sandbox/{reader.__name__}", {"GET": reader}) for reader in readers]
        return [*reading, path_route("/_sandbox/exactly-once", {"POST": self.exactly_once})]

    async def events(self, request: Request) -> Response:
        """Answer with one page of events."""
        store = self.world.store
        listed = json_list([event.result for event in store.page(*_page(request))])
        return json_response(200, f'{{"total":{store.count()},"events":{listed}}}')

    async def event(self, request: Request) -> Response:
        """Answer with one event, or 404."""
        found = self.world.store.get(text(request, "eventTemplateId"), text(request, "id"))
        if found is None:
            raise not_found("event with that template and id")
        return json_response(200, found.result)

    async def counts(self, request: Request) -> Response:  # noqa: ARG002 - every endpoint is given its request
        """Answer with how much of everything there is."""
        return json_response(200, encode(asdict(self.world.store.counts())))

    async def records(self, request: Request) -> Response:
        """Answer with one page of records."""
        records, search = self.world.store.records, request.query_params.get("search", "")
        found = [record.to_json() for record in records.page(*_page(request), search)]
        return json_response(200, encode({"total": records.count(search), "records": found}))

    async def timeline(self, request: Request) -> Response:
        """Answer with one page of the timeline of a record."""
        store, record = self.world.store, number(request, "record")
        told = [self._told(event) for event in store.timeline(record, *_page(request))]
        return json_response(200, encode({"total": store.timeline_length(record), "events": told}))

    async def requests(self, request: Request) -> Response:
        """Answer with one page of the request log."""
        store = self.world.store
        found = store.requests.page(*_page(request))
        return json_response(200, encode({"total": store.counts().requests, "requests": found}))

    async def exactly_once(self, request: Request) -> Response:
        """Answer which of the ids were not created exactly once."""
        ids = (await json_object(request, self.world.settings.max_body_bytes)).get("ids")
        if not isinstance(ids, list) or not all(isinstance(event_id, str) for event_id in ids):
            raise invalid("ids must be a list of strings")
        times = self.world.store.times_created(ids)
        missing = [event_id for event_id, count in times.items() if count == 0]
        repeated = [event_id for event_id, count in times.items() if count > 1]
        return json_response(200, encode({"missing": missing, "repeated": repeated}))

    def _told(self, event: StoredEvent) -> dict[str, Any]:
        result = json.loads(event.result)
        template = self.world.store.templates.get(event.event_template_id)
        rendered = render_event(result, template)
        return {
            "eventTemplateId": event.event_template_id,
            "id": event.id,
            "template": template.body["name"] if template else None,
            "timestamp": result.get("timestamp", result["createdAt"]),
            "createdAt": result["createdAt"],
            "header_html": rendered.header,
            "detail_html": rendered.detail,
            "iframe": result.get("timelineIFrame"),
            "event": result,
        }


def _page(request: Request) -> tuple[int, int]:
    return number(request, "offset", 0), number(request, "limit", 100)
