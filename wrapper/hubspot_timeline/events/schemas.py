"""The schemas of the payloads: they mirror TimelineEvent and AppEvent of the OpenAPI documents.

msgspec validates by them and writes them. The attributes are named as those of the generated models.
"""

from datetime import datetime
from typing import Annotated, ClassVar, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from hubspot_timeline.events.json_values import JsonValue

_Required = Annotated[str, Meta(min_length=1)]
_Int32 = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]


class TimelineIFramePayload(Struct, rename="camel", forbid_unknown_fields=True, gc=False):
    """A link on the event that opens a page inside the CRM; `width` and `height` in pixels."""

    link_label: str
    header_label: str
    url: str
    width: _Int32
    height: _Int32


class _CommonFields(Struct, rename="camel", omit_defaults=True, forbid_unknown_fields=True, gc=False, kw_only=True):
    """The fields that an event has in every API."""

    email: str | UnsetType = UNSET
    object_id: str | UnsetType = UNSET
    utk: str | UnsetType = UNSET
    timestamp: Annotated[datetime, Meta(tz=True)] | UnsetType = UNSET
    extra_data: dict[str, JsonValue] | UnsetType = UNSET
    timeline_i_frame: TimelineIFramePayload | UnsetType = UNSET
    domain: str | UnsetType = UNSET


class EventPayload(_CommonFields, gc=False):
    """One event of v3 as it is sent."""

    OWN_FIELDS: ClassVar = ("eventTemplateId", "tokens", "customObjectTypeId")
    VALUES_FIELD: ClassVar = "tokens"

    event_template_id: _Required
    id: _Required
    tokens: dict[str, str]
    custom_object_type_id: str | UnsetType = UNSET


class AppEventPayload(_CommonFields, gc=False):
    """One app event as it is sent."""

    OWN_FIELDS: ClassVar = ("eventTypeName", "properties", "objectTypeFullyQualifiedName")
    VALUES_FIELD: ClassVar = "properties"

    event_type_name: _Required
    id: _Required
    properties: dict[str, str]
    object_type_fully_qualified_name: str | UnsetType = UNSET

    # Under the names that they have in v3, so that events of both are validated alike.
    @property
    def event_template_id(self) -> str:
        """The event type."""
        return self.event_type_name

    @property
    def tokens(self) -> dict[str, str]:
        """The properties."""
        return self.properties

    @property
    def custom_object_type_id(self) -> str | UnsetType:
        """The type of a custom object."""
        return self.object_type_fully_qualified_name


Payload: TypeAlias = EventPayload | AppEventPayload


def json_names(schema: type[Struct]) -> dict[str, str]:
    """Return the JSON names of the fields of a schema by the names of its attributes."""
    return {field.name: field.encode_name for field in msgspec.structs.fields(schema)}


IFRAME_FIELDS = tuple(json_names(TimelineIFramePayload).values())
"""The JSON names of the fields of an event's timelineIFrame."""
