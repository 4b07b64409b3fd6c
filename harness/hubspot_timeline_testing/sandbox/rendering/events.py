"""Events as the CRM shows them: the templates' texts with the events' values in them."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from hubspot_timeline_testing.sandbox.rendering.html import event_values, render
from hubspot_timeline_testing.sandbox.storage.templates import Template


@frozen
class Rendered:
    """The header and the detail of an event as safe HTML; empty where the template has none, or is unknown."""

    header: str
    detail: str


def render_event(event: Mapping[str, Any], template: Template | None) -> Rendered:
    """Return an event (in wire names) rendered by its template."""
    texts = template.body if template else {}
    values = event_values(event)
    header, detail = texts.get("headerTemplate", ""), texts.get("detailTemplate", "")
    return Rendered(render(header, values, is_line=True), render(detail, values))
