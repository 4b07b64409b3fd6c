"""The endpoints of the admin API that read what was created."""

import json
from typing import Any

from attrs import asdict, frozen
from starlette.routing import Route

from hubspot_timeline_testing.sandbox.admin.routing import AdminRequest, admin_route
from hubspot_timeline_testing.sandbox.context import SandboxContext
from hubspot_timeline_testing.sandbox.errors import not_found, validation_error
from hubspot_timeline_testing.sandbox.rendering.html import rendered_event
from hubspot_timeline_testing.sandbox.storage.store import StoredEvent


@frozen
class ReadEndpoints:
    """Read a store; lists have the parameters `offset` (0) and `limit` (100)."""

    _sandbox: SandboxContext

    def routes(self) -> list[Route]:
        """Return the routes of the application."""
        limit = self._sandbox.settings.max_body_bytes
        readers = (self.events, self.event, self.counts, self.records, self.timeline, self.requests)
        routes = [admin_route(reader.__name__, {"GET": reader}, limit) for reader in readers]
        return [*routes, admin_route("exactly-once", {"POST": self.exactly_once}, limit)]

    def events(self, request: AdminRequest) -> str:
        """Return {"total": n, "events": [result, …]}, oldest first."""
        store = self._sandbox.store
        results = ",".join(event.result for event in store.page(*request.page()))
        return f'{{"total":{store.count()},"events":[{results}]}}'

    def event(self, request: AdminRequest) -> str:
        """Return one result, by eventTemplateId and id; these have any character, so they are not in the path."""
        event = self._sandbox.store.get(request.text("eventTemplateId"), request.text("id"))
        if event is None:
            raise not_found("event with that template and id")
        return event.result

    def counts(self, _: AdminRequest) -> dict[str, int]:
        """Return the numbers of events, requests, those with a 429 (limited), records and templates."""
        return asdict(self._sandbox.store.counts())

    def records(self, request: AdminRequest) -> dict[str, Any]:
        """Return {"total": n, "records": […]} for a `search`, the ones with the latest events first."""
        table, search = self._sandbox.store.records, request.query.get("search", "")
        return {"total": table.count(search), "records": table.page(*request.page(), search)}

    def timeline(self, request: AdminRequest) -> dict[str, Any]:
        """Return {"total": n, "events": […]} for a `record`, rendered, the latest first."""
        store, record = self._sandbox.store, request.number("record")
        events = [self._timeline_event(event) for event in store.timeline(record, *request.page())]
        return {"total": store.timeline_length(record), "events": events}

    def requests(self, request: AdminRequest) -> dict[str, Any]:
        """Return {"total": n, "requests": […]}, the latest first."""
        store = self._sandbox.store
        return {"total": store.counts().requests, "requests": store.requests.page(*request.page())}

    def exactly_once(self, request: AdminRequest) -> dict[str, Any]:
        """Return {"missing": […], "repeated": […]} for {"ids": […]}: both empty if each was created exactly once."""
        ids = request.field("ids")
        if not isinstance(ids, list) or not all(isinstance(event_id, str) for event_id in ids):
            raise validation_error("ids must be a list of strings")
        times = self._sandbox.store.times_created(ids)
        missing = [event_id for event_id, count in times.items() if count == 0]
        repeated = [event_id for event_id, count in times.items() if count > 1]
        return {"missing": missing, "repeated": repeated}

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
