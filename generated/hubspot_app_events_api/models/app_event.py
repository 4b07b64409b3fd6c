from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.app_event_properties import AppEventProperties
    from ..models.extra_data import ExtraData
    from ..models.timeline_i_frame import TimelineIFrame

T = TypeVar("T", bound="AppEvent")


@_attrs_define
class AppEvent:
    """One event, to create or as the service created it.

    Attributes:
        event_type_name (str): The event type, by its uid in the app's project or by its full name.
        id (str): Unique for the event type, at most 500 bytes.
        properties (AppEventProperties): Values for the properties that the event type defines; a name that it does not
            define makes the event invalid. Numbers are sent by some, and should come back as strings.
        object_id (str | Unset): Identifies the record by its CRM id.
        email (str | Unset): Identifies a contact by its address.
        utk (str | Unset): Identifies a contact by its tracking cookie.
        domain (str | Unset): Together with objectId, the domain that a company gets.
        object_type_fully_qualified_name (str | Unset): The type of the record if it is a custom object, such as
            p123456_car.
        timestamp (datetime.datetime | Unset): When the event happened; the time of the request if it is absent.
        extra_data (ExtraData | Unset): Any further JSON, for use in the detail template of the event type.
        timeline_i_frame (TimelineIFrame | Unset): A link on the event that opens a page of the sender inside the CRM.
    """

    event_type_name: str
    id: str
    properties: AppEventProperties
    object_id: str | Unset = UNSET
    email: str | Unset = UNSET
    utk: str | Unset = UNSET
    domain: str | Unset = UNSET
    object_type_fully_qualified_name: str | Unset = UNSET
    timestamp: datetime.datetime | Unset = UNSET
    extra_data: ExtraData | Unset = UNSET
    timeline_i_frame: TimelineIFrame | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        properties = self.properties.to_dict()
        wire: dict[str, Any] = {
            **self.additional_properties,
            "eventTypeName": self.event_type_name,
            "id": self.id,
            "properties": properties,
        }
        if self.object_id is not UNSET:
            wire["objectId"] = self.object_id
        if self.email is not UNSET:
            wire["email"] = self.email
        if self.utk is not UNSET:
            wire["utk"] = self.utk
        if self.domain is not UNSET:
            wire["domain"] = self.domain
        if self.object_type_fully_qualified_name is not UNSET:
            wire["objectTypeFullyQualifiedName"] = self.object_type_fully_qualified_name
        if not isinstance(self.timestamp, Unset):
            wire["timestamp"] = self.timestamp.isoformat(
                timespec="auto"
                if not self.timestamp.microsecond or self.timestamp.microsecond % 1000
                else "milliseconds"
            ).replace("+00:00", "Z")

        if not isinstance(self.extra_data, Unset):
            wire["extraData"] = self.extra_data.to_dict()

        if not isinstance(self.timeline_i_frame, Unset):
            wire["timelineIFrame"] = self.timeline_i_frame.to_dict()
        return wire

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.app_event_properties import AppEventProperties  # noqa: PLC0415
        from ..models.extra_data import ExtraData  # noqa: PLC0415
        from ..models.timeline_i_frame import TimelineIFrame  # noqa: PLC0415

        d = dict(src_dict)
        event_type_name = d.pop("eventTypeName")
        id = d.pop("id")
        properties = AppEventProperties.from_dict(d.pop("properties"))

        object_id = d.pop("objectId", UNSET)
        email = d.pop("email", UNSET)
        utk = d.pop("utk", UNSET)
        domain = d.pop("domain", UNSET)
        object_type_fully_qualified_name = d.pop("objectTypeFullyQualifiedName", UNSET)
        _timestamp = d.pop("timestamp", UNSET)
        timestamp: datetime.datetime | Unset
        if isinstance(_timestamp, Unset):
            timestamp = UNSET
        else:
            timestamp = datetime.datetime.fromisoformat(_timestamp)

        _extra_data = d.pop("extraData", UNSET)
        extra_data: ExtraData | Unset
        if isinstance(_extra_data, Unset):
            extra_data = UNSET
        else:
            extra_data = ExtraData.from_dict(_extra_data)

        _timeline_i_frame = d.pop("timelineIFrame", UNSET)
        timeline_i_frame: TimelineIFrame | Unset
        if isinstance(_timeline_i_frame, Unset):
            timeline_i_frame = UNSET
        else:
            timeline_i_frame = TimelineIFrame.from_dict(_timeline_i_frame)

        app_event = cls(
            event_type_name=event_type_name,
            id=id,
            properties=properties,
            object_id=object_id,
            email=email,
            utk=utk,
            domain=domain,
            object_type_fully_qualified_name=object_type_fully_qualified_name,
            timestamp=timestamp,
            extra_data=extra_data,
            timeline_i_frame=timeline_i_frame,
        )
        app_event.additional_properties = d
        return app_event

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
