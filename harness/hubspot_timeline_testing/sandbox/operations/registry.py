"""Every operation of the document: what it does, and the scope that it needs."""

from collections.abc import Mapping

from attrs import frozen

from hubspot_timeline_testing.sandbox.auth.accounts import EVENTS, READ_TEMPLATES, WRITE_TEMPLATES
from hubspot_timeline_testing.sandbox.context import Work
from hubspot_timeline_testing.sandbox.operations import event_creation as batch
from hubspot_timeline_testing.sandbox.operations import event_reading as events
from hubspot_timeline_testing.sandbox.operations import template_tokens, templates


@frozen
class Operation:
    """What is done for an operation, and the scope that a token needs for it."""

    work: Work
    scope: str


OPERATIONS: Mapping[str, Operation] = {
    "create_events": Operation(batch.create_events, EVENTS),
    "create_event": Operation(events.create_event, EVENTS),
    "get_event": Operation(events.get_event, EVENTS),
    "get_event_detail": Operation(events.get_event_detail, EVENTS),
    "render_event": Operation(events.render_event_as_html, EVENTS),
    "list_templates": Operation(templates.list_templates, READ_TEMPLATES),
    "create_template": Operation(templates.create_template, WRITE_TEMPLATES),
    "get_template": Operation(templates.get_template, READ_TEMPLATES),
    "update_template": Operation(templates.update_template, WRITE_TEMPLATES),
    "delete_template": Operation(templates.delete_template, WRITE_TEMPLATES),
    "create_token": Operation(template_tokens.create_token, WRITE_TEMPLATES),
    "update_token": Operation(template_tokens.update_token, WRITE_TEMPLATES),
    "delete_token": Operation(template_tokens.delete_token, WRITE_TEMPLATES),
}
"""By operationId."""
