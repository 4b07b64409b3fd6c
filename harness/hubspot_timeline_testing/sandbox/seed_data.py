"""The templates and the event types that a sandbox has from its start."""

from hubspot_timeline_testing.sandbox.clock import Clock
from hubspot_timeline_testing.sandbox.errors import ServiceError
from hubspot_timeline_testing.sandbox.settings import SandboxSettings
from hubspot_timeline_testing.sandbox.storage.store import Store
from hubspot_timeline_testing.sandbox.storage.templates import Template, prepare_template
from hubspot_timeline_testing.sandbox.validation.event_types import EventTypes, parse_event_types
from hubspot_timeline_testing.sandbox.validation.schemas import schema_error


def seed(store: Store, settings: SandboxSettings, clock: Clock) -> EventTypes:
    """Store the templates of the settings, and return their event types. Raises ValueError for an invalid one."""
    event_types = parse_event_types(settings.app_events.event_types, settings.app, clock.timestamp())
    templates = []
    for number, body in enumerate(settings.templates):
        error = schema_error("TimelineEventTemplate", body)
        if error:
            raise ValueError(f"templates[{number}] is not a template: {error}")
        try:
            templates.append(prepare_template(body, clock.timestamp()))
        except ServiceError as service_error:
            raise ValueError(f"templates[{number}]: {service_error.message}") from service_error
    for body in templates:
        if store.templates.owner(body["id"]) is None:  # a database file may have it already, in a later version
            store.templates.put(Template(settings.app, body))
    return event_types
