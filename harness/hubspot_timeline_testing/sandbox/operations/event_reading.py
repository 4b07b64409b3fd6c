"""The operations that read: a single event of version 3, as it was created or rendered, and an event type."""

import json
from datetime import datetime, timedelta

from hubspot_timeline_testing.sandbox.context import RequestContext, SandboxContext
from hubspot_timeline_testing.sandbox.errors import not_found, validation_error
from hubspot_timeline_testing.sandbox.http.response import HttpResponse, json_response, json_text_response
from hubspot_timeline_testing.sandbox.rendering.html import RenderedEvent, rendered_event
from hubspot_timeline_testing.sandbox.storage.store import StoredEvent

_BOOLEANS = {"true": True, "false": False}


def get_event(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Return an event as it was created."""
    return json_text_response(200, _find(sandbox, request).result)


def get_event_detail(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Return the rendered detail template of an event; empty without a template."""
    return json_response(200, {"details": _rendered(sandbox, request).detail})


def render_event(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Return the header, or with detail=true the detail, as HTML."""
    detail = request.raw.query_params.get("detail", "false").lower()  # the vendor's Python client sends True
    if detail not in _BOOLEANS:
        raise validation_error("detail must be true or false")
    rendered = _rendered(sandbox, request)
    html = rendered.detail if _BOOLEANS[detail] else rendered.header
    return HttpResponse(200, html.encode(), {"content-type": "text/html"})


def resolve_event_type(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Return the full name of an event type, by its project and its uid."""
    project, uid = request.value["projectName"], request.value["developerSymbol"]
    types = sandbox.event_types
    is_own = request.app in (None, types.app) and sandbox.settings.app_events.project in ("", project)
    if not is_own or types.get(uid) is None:
        raise not_found(f"event type {uid} in the project {project}")
    symbol = {"projectName": project, "developerSymbol": uid}
    return json_response(200, {"developerQualifiedSymbol": symbol, "fullyQualifiedName": types.full_name(uid)})


def _find(sandbox: SandboxContext, request: RequestContext) -> StoredEvent:
    template_id, event_id = request.path_parameter("eventTemplateId"), request.path_parameter("eventId")
    event = sandbox.store.get(template_id, event_id)
    is_own = sandbox.store.templates.owner(template_id) in (None, request.app) or request.app is None
    if event is None or not is_own or not _is_readable(event, sandbox):
        raise not_found(f"event {event_id} of the template {template_id}")
    return event


def _is_readable(event: StoredEvent, sandbox: SandboxContext) -> bool:
    """Return whether the delay of the settings has passed since an event was created."""
    delay, created_at = sandbox.settings.read_delay, json.loads(event.result).get("createdAt")
    if not delay or not created_at:  # the latter only in a snapshot that was not taken here
        return True
    return sandbox.clock.now() >= datetime.fromisoformat(created_at) + timedelta(seconds=delay)


def _rendered(sandbox: SandboxContext, request: RequestContext) -> RenderedEvent:
    event = _find(sandbox, request)
    template = sandbox.store.templates.get(event.event_template_id)
    return rendered_event(json.loads(event.result), template.body if template else {})
