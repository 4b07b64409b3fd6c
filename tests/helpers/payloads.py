"""A valid event, and the JSON object that is sent for an event."""

import json
from typing import Any

from hubspot_timeline.events.payload import prepare_event

VALID: dict[str, Any] = {"eventTemplateId": "1", "id": "a", "tokens": {}, "email": "ada@example.com"}
IFRAME: dict[str, Any] = {"linkLabel": "l", "headerLabel": "h", "url": "https://example.com", "width": 1, "height": 2}


def payload_of(event: object) -> dict[str, Any]:
    """Return the JSON object that is sent for an event. Raises EventError."""
    payload: dict[str, Any] = json.loads(prepare_event(event).body)
    return payload
