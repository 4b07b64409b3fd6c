"""The registry of operations: the function and the scopes for each operationId of the documents."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from attrs import frozen

from hubspot_timeline_testing.sandbox.apis import is_since
from hubspot_timeline_testing.sandbox.auth.accounts import (
    EVENTS,
    READ_TEMPLATES,
    RECORDS,
    WRITE_EVENTS,
    WRITE_TEMPLATES,
)
from hubspot_timeline_testing.sandbox.context import RequestContext, SandboxContext
from hubspot_timeline_testing.sandbox.http.response import HttpResponse
from hubspot_timeline_testing.sandbox.operations import event_creation, event_reading, templates

Execute: TypeAlias = Callable[[SandboxContext, RequestContext], HttpResponse]
"""Executes an operation without waiting, or raises ServiceError with nothing changed."""


@frozen
class ScopedOperation:
    """An operation, and the scopes of which it requires one."""

    execute: Execute
    scopes: tuple[str, ...]

    def scopes_in(self, version: str) -> tuple[str, ...]:
        """Return those of the scopes that a version of the API has."""
        return tuple(scope for scope in self.scopes if scope != WRITE_EVENTS or is_since(version, WRITE_EVENTS_SINCE))


WRITE_EVENTS_SINCE = "2026-09"
"""The version since which there is a scope for app events alone."""

_APP_EVENTS = (WRITE_EVENTS, EVENTS, *RECORDS)

OPERATIONS: Mapping[str, ScopedOperation] = {
    "create_events": ScopedOperation(event_creation.create_events, (EVENTS,)),
    "create_event": ScopedOperation(event_creation.create_event, (EVENTS,)),
    "get_event": ScopedOperation(event_reading.get_event, (EVENTS,)),
    "get_event_detail": ScopedOperation(event_reading.get_event_detail, (EVENTS,)),
    "render_event": ScopedOperation(event_reading.render_event, (EVENTS,)),
    "list_templates": ScopedOperation(templates.list_templates, (READ_TEMPLATES,)),
    "create_template": ScopedOperation(templates.create_template, (WRITE_TEMPLATES,)),
    "get_template": ScopedOperation(templates.get_template, (READ_TEMPLATES,)),
    "update_template": ScopedOperation(templates.update_template, (WRITE_TEMPLATES,)),
    "delete_template": ScopedOperation(templates.delete_template, (WRITE_TEMPLATES,)),
    "create_token": ScopedOperation(templates.create_token, (WRITE_TEMPLATES,)),
    "update_token": ScopedOperation(templates.update_token, (WRITE_TEMPLATES,)),
    "delete_token": ScopedOperation(templates.delete_token, (WRITE_TEMPLATES,)),
    "create_app_events": ScopedOperation(event_creation.create_events, _APP_EVENTS),
    "create_app_event": ScopedOperation(event_creation.create_event, _APP_EVENTS),
    "resolve_event_type": ScopedOperation(event_reading.resolve_event_type, _APP_EVENTS),
}
"""By operationId."""
