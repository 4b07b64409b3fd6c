"""Event templates and single events of the service, for both clients."""

from hubspot_timeline.resources.events import AsyncEvents, Events
from hubspot_timeline.resources.templates import AsyncTemplates, Templates

__all__ = ["AsyncEvents", "AsyncTemplates", "Events", "Templates"]
