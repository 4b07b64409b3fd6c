"""App events for tests of the sandbox: event types, events, and requests with responses checked by the document."""

from typing import Any

import httpx

from hubspot_timeline_testing.openapi import document, operation_objects
from hubspot_timeline_testing.sandbox import AppEventSettings, SandboxSettings
from tests.helpers.document import validator
from tests.helpers.sandbox_calls import Sandbox, bearer

DOCUMENT = "app-events"
VERSION = "2026-09"


def event_type(uid: str = "webinar", **config: Any) -> dict[str, Any]:
    """Return an event type as the file of a project has it, with some fields of its config changed."""
    fields = {
        "name": "Webinar registration",
        "objectType": "CONTACT",
        "headerTemplate": "Registered for **{{webinarName}}**",
        "detailTemplate": "Seats: {{seats}}, from {{extraData.source}}",
        "properties": [
            {"name": "webinarName", "label": "Webinar", "type": "string"},
            {"name": "seats", "label": "Seats", "type": "number"},
            {"name": "on", "label": "On", "type": "date"},
            {"name": "plan", "label": "Plan", "type": "enumeration", "options": [{"value": "pro", "label": "Pro"}]},
        ],
    }
    return {"uid": uid, "type": "app-event", "config": fields | config}


def app_event(event_id: str = "a1", **fields: Any) -> dict[str, Any]:
    """Return a valid app event, with some fields changed."""
    return {"eventTypeName": "webinar", "id": event_id, "email": "ada@example.com", "properties": {}} | fields


def with_types(*types: Any, **settings: Any) -> SandboxSettings:
    """Return the settings of a sandbox with event types, by default one, and with other settings of app events."""
    return SandboxSettings(app_events=AppEventSettings(event_types=types or (event_type(),), **settings))


def send_app_events(
    sandbox: Sandbox, *events: Any, version: str = VERSION, token: str = "any", **extra: Any
) -> httpx.Response:
    """Send app events as one batch; the response is checked by the document."""
    return call_app_events(sandbox, "create_app_events", {"inputs": events, **extra}, version=version, token=token)


def call_app_events(
    sandbox: Sandbox, operation: str, body: Any, *, version: str = VERSION, token: str = "any"
) -> httpx.Response:
    """Call an operation of app events; status, media type and body of its response are checked by the document."""
    called = operation_objects(document(DOCUMENT))[operation]
    path = called.path.replace("{version}", version)
    response = sandbox.request(called.method, path, json=body, headers=bearer(token))
    key = called.response_key(response.status_code)
    assert key, f"{response.status_code} is not in the document"
    declared = called.responses[key]
    if declared is None:
        assert response.content == b""
    else:
        assert response.headers["content-type"] == declared.name
        assert declared.schema_name
        validator(declared.schema_name, DOCUMENT).validate(response.json())
    return response
