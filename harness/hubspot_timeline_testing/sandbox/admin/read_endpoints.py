"""The endpoints of the admin API that read what was created."""

import json
from typing import Any

from attrs import asdict, frozen
from starlette.requests import Request
from starlette.routing import Route

from hubspot_timeline_testing.sandbox.admin.requests import admin_route, json_object, number, page_range, text
from hubspot_timeline_testing.sandbox.context import SandboxContext
from hubspot_timeline_testing.sandbox.errors import not_found, validation_error
from hubspot_timeline_testing.sandbox.http.response import HttpResponse, json_response, json_text_response
from hubspot_timeline_testing.sandbox.rendering.html import rendered_event
from hubspot_timeline_testing.sandbox.storage.store import StoredEvent


@frozen
class ReadEndpoints:
    """Read a store; lists have the parameters `offset` (0) and `limit` (100)."""

    _sandbox: SandboxContext

    def routes(self) -> list[Route]:
        """Return the routes of the application."""
        readers = (self.events, self.event, self.counts, self.records, self.timeline, self.requests)
        routes = [admin_route(reader.__name__, {"GET": reader}) for reader in readers]
        return [*routes, admin_route("exactly-once", {"POST": self.exactly_once})]

    async def events(self, request: Request) -> HttpResponse:
        """Return {"total": n, "events": [result, …]}, oldest first."""
        store = self._sandbox.store
        results = ",".join(event.result for event in store.page(*page_range(request)))
        return json_text_response(200, f'{{"total":{store.count()},"events":[{results}]}}')

    async def event(self, request: Request) -> HttpResponse:
        """Return one result, by eventTemplateId and id; these have any character, so they are not in the path."""
        event = self._sandbox.store.get(text(request, "eventTemplateId"), text(request, "id"))
        if event is None:
            raise not_found("event with that template and id")
        return json_text_response(200, event.result)

    async def counts(self, _: Request) -> HttpResponse:
        """Return the numbers of events, requests, those with a 429 (limited), records and templates."""
        return json_response(200, asdict(self._sandbox.store.counts()))

    async def records(self, request: Request) -> HttpResponse:
        """Return {"total": n, "records": […]} for a `search`, the ones with the latest events first."""
        table, search = self._sandbox.store.records, request.query_params.get("search", "")
        records = [record.to_json() for record in table.page(*page_range(request), search)]
        return json_response(200, {"total": table.count(search), "records": records})

    async def timeline(self, request: Request) -> HttpResponse:
        """Return {"total": n, "events": […]} for a `record`, rendered, the latest first."""
        store, record = self._sandbox.store, number(request, "record")
        events = [self._timeline_event(event) for event in store.timeline(record, *page_range(request))]
        return json_response(200, {"total": store.timeline_length(record), "events": events})

    async def requests(self, request: Request) -> HttpResponse:
        """Return {"total": n, "requests": […]}, the latest first."""
        store = self._sandbox.store
        requests = store.requests.page(*page_range(request))
        return json_response(200, {"total": store.counts().requests, "requests": requests})

    async def exactly_once(self, request: Request) -> HttpResponse:
        """Return {"missing": […], "repeated": […]} for {"ids": […]}: both empty if each was created exactly once."""
        ids = (await json_object(request, self._sandbox.settings.max_body_bytes)).get("ids")
        if not isinstance(ids, list) or not all(isinstance(event_id, str) for event_id in ids):
            raise validation_error("ids must be a list of strings")
        times = self._sandbox.store.times_created(ids)
        missing = [event_id for event_id, count in times.items() if count == 0]
        repeated = [event_id for event_id, count in times.items() if count > 1]
        return json_response(200, {"missing": missing, "repeated": repeated})

    def _timeline_event(self, event: StoredEvent) -> dict[str, Any]:
        result = json.loads(event.result)
        template = self._sandbox.store.templates.get(event.event_template_id)
        rendered = rendered_event(result, template.body if template else {})
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
