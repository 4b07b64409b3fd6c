"""Templates, event types and single events of the service, for both clients."""

from hubspot_timeline.resources.event_types import AsyncEventTypes, EventTypes
from hubspot_timeline.resources.events import AsyncEvents, Events
from hubspot_timeline.resources.templates import AsyncTemplates, Templates

__all__ = ["AsyncEventTypes", "AsyncEvents", "AsyncTemplates", "EventTypes", "Events", "Templates"]
