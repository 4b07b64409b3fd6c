"""The registry of operations: the function and the scope for each operationId of the document."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from attrs import frozen

from hubspot_timeline_testing.sandbox.auth.accounts import EVENTS, READ_TEMPLATES, WRITE_TEMPLATES
from hubspot_timeline_testing.sandbox.context import RequestContext, SandboxContext
from hubspot_timeline_testing.sandbox.http.response import HttpResponse
from hubspot_timeline_testing.sandbox.operations import event_creation, event_reading, templates

Execute: TypeAlias = Callable[[SandboxContext, RequestContext], HttpResponse]
"""Executes an operation without waiting, or raises ServiceError with nothing changed."""


@frozen
class ScopedOperation:
    """An operation, and the scope that it requires."""

    execute: Execute
    scope: str


OPERATIONS: Mapping[str, ScopedOperation] = {
    "create_events": ScopedOperation(event_creation.create_events, EVENTS),
    "create_event": ScopedOperation(event_creation.create_event, EVENTS),
    "get_event": ScopedOperation(event_reading.get_event, EVENTS),
    "get_event_detail": ScopedOperation(event_reading.get_event_detail, EVENTS),
    "render_event": ScopedOperation(event_reading.render_event, EVENTS),
    "list_templates": ScopedOperation(templates.list_templates, READ_TEMPLATES),
    "create_template": ScopedOperation(templates.create_template, WRITE_TEMPLATES),
    "get_template": ScopedOperation(templates.get_template, READ_TEMPLATES),
    "update_template": ScopedOperation(templates.update_template, WRITE_TEMPLATES),
    "delete_template": ScopedOperation(templates.delete_template, WRITE_TEMPLATES),
    "create_token": ScopedOperation(templates.create_token, WRITE_TEMPLATES),
    "update_token": ScopedOperation(templates.update_token, WRITE_TEMPLATES),
    "delete_token": ScopedOperation(templates.delete_token, WRITE_TEMPLATES),
}
"""By operationId."""
