"""The APIs that the sandbox serves: what differs between version 3 of the timeline and app events."""

from functools import cache

from attrs import frozen

from hubspot_timeline_testing.openapi import document, operations


@frozen
class Api:
    """One API: its OpenAPI document, and the names in it.

    `event`, `batch` and `result` (a created event) are schemas. Three are fields of an event: its type, the values for
    its texts, and the type of its record. `type_word` and `value_word` are for messages.
    """

    document: str
    event: str
    batch: str
    result: str
    type_field: str
    values_field: str
    object_type_field: str
    type_word: str
    value_word: str


V3 = Api(
    document="timeline-v3",
    event="TimelineEvent",
    batch="TimelineEventBatch",
    result="TimelineEventResult",
    type_field="eventTemplateId",
    values_field="tokens",
    object_type_field="customObjectTypeId",
    type_word="template",
    value_word="token",
)
APP_EVENTS = Api(
    document="app-events",
    event="AppEvent",
    batch="AppEventBatch",
    result="AppEvent",
    type_field="eventTypeName",
    values_field="properties",
    object_type_field="objectTypeFullyQualifiedName",
    type_word="event type",
    value_word="property",
)
APIS = {api.document: api for api in (V3, APP_EVENTS)}
"""By the names of their documents."""

ISSUE_ACCESS_TOKEN = "issue_access_token"  # noqa: S105 - the name of an operation
"""The operation of the token endpoint; the documents do not have it."""


@cache
def operation_names() -> tuple[str, ...]:
    """Return the operationIds of the documents, and that of the token endpoint."""
    return (*(name for api in APIS for name in operations(document(api))), ISSUE_ACCESS_TOKEN)


def is_since(version: str, first: str) -> bool:
    """Return whether a version of app events is the dated one `first`, or later; v4 is older than all dated ones."""
    return version[:1].isdigit() and version >= first
