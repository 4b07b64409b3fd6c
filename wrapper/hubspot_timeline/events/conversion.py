"""Converts an event of v3 to an app event, by the event type of its template."""

from collections.abc import Mapping
from typing import Any

import msgspec

from hubspot_timeline.errors import EventError
from hubspot_timeline.events.payload import APP_EVENTS, V3, PreparedEvent

# The names that the fields of v3 have in app events; all others are the same.
_RENAMED: dict[str, str] = dict(zip(V3.schema.OWN_FIELDS, APP_EVENTS.schema.OWN_FIELDS, strict=True))
_CONTACT_TYPES = ("", "CONTACT", "0-1")


def to_app_event(body: bytes, event_id: str, event_types: Mapping[str, str] | None) -> PreparedEvent:
    """Return an event of v3, given its JSON, as an app event. Raises EventError for a template without event type."""
    fields: dict[str, Any] = msgspec.json.decode(body)
    template = fields["eventTemplateId"]
    if event_types is None:
        raise EventError("is an event of v3; name the event types of templates by event_types (--event-types)")
    if not (event_type := event_types.get(template)):
        raise EventError(
            f"template {template} has no event type in event_types (--event-types); add it", "eventTemplateId"
        )
    if fields.get("customObjectTypeId") in _CONTACT_TYPES:
        del fields["customObjectTypeId"]
    known = {_RENAMED.get(name, name): fields.pop(name) for name in V3.fields if name in fields}
    return APP_EVENTS.prepare({**known, "eventTypeName": event_type, "id": event_id}, fields)
