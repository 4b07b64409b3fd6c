from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.event_tokens import EventTokens
    from ..models.extra_data import ExtraData
    from ..models.timeline_i_frame import TimelineIFrame

T = TypeVar("T", bound="TimelineEventResult")


@_attrs_define
class TimelineEventResult:
    """One event as the service created it.

    Attributes:
        event_template_id (str): The template of the event.
        id (str): The id that was sent, with {{uuid}} replaced.
        object_type (str): The type of the record that the event landed on.
        tokens (EventTokens): Values for the placeholders of the template, each at most 510 KB. Numbers are accepted too
            and come back as strings; a date is sent as epoch milliseconds.
        created_at (datetime.datetime | Unset): Unused, by the vendor's own words.
        custom_object_type_id (str | Unset): The type of the record, as sent.
        domain (str | Unset): The domain, as sent.
        email (str | Unset): The contact's address.
        extra_data (ExtraData | Unset): Any further JSON, for use in the template's detail view.
        object_id (str | Unset): The CRM id of the record.
        timeline_i_frame (TimelineIFrame | Unset): A link on the event that opens a page of the sender's inside the CRM.
        timestamp (datetime.datetime | Unset): When the event happened.
        utk (str | Unset): The contact's tracking cookie.
    """

    event_template_id: str
    id: str
    object_type: str
    tokens: EventTokens
    created_at: datetime.datetime | Unset = UNSET
    custom_object_type_id: str | Unset = UNSET
    domain: str | Unset = UNSET
    email: str | Unset = UNSET
    extra_data: ExtraData | Unset = UNSET
    object_id: str | Unset = UNSET
    timeline_i_frame: TimelineIFrame | Unset = UNSET
    timestamp: datetime.datetime | Unset = UNSET
    utk: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        tokens = self.tokens.to_dict()
        wire: dict[str, Any] = {
            **self.additional_properties,
            "eventTemplateId": self.event_template_id,
            "id": self.id,
            "objectType": self.object_type,
            "tokens": tokens,
        }
        if not isinstance(self.created_at, Unset):
            wire["createdAt"] = self.created_at.isoformat(
                timespec="auto"
                if not self.created_at.microsecond or self.created_at.microsecond % 1000
                else "milliseconds"
            ).replace("+00:00", "Z")

        if self.custom_object_type_id is not UNSET:
            wire["customObjectTypeId"] = self.custom_object_type_id
        if self.domain is not UNSET:
            wire["domain"] = self.domain
        if self.email is not UNSET:
            wire["email"] = self.email

        if not isinstance(self.extra_data, Unset):
            wire["extraData"] = self.extra_data.to_dict()
        if self.object_id is not UNSET:
            wire["objectId"] = self.object_id

        if not isinstance(self.timeline_i_frame, Unset):
            wire["timelineIFrame"] = self.timeline_i_frame.to_dict()
        if not isinstance(self.timestamp, Unset):
            wire["timestamp"] = self.timestamp.isoformat(
                timespec="auto"
                if not self.timestamp.microsecond or self.timestamp.microsecond % 1000
                else "milliseconds"
            ).replace("+00:00", "Z")

        if self.utk is not UNSET:
            wire["utk"] = self.utk
        return wire

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.event_tokens import EventTokens  # noqa: PLC0415
        from ..models.extra_data import ExtraData  # noqa: PLC0415
        from ..models.timeline_i_frame import TimelineIFrame  # noqa: PLC0415

        d = dict(src_dict)
        event_template_id = d.pop("eventTemplateId")
        id = d.pop("id")
        object_type = d.pop("objectType")
        tokens = EventTokens.from_dict(d.pop("tokens"))

        _created_at = d.pop("createdAt", UNSET)
        created_at: datetime.datetime | Unset
        if isinstance(_created_at, Unset):
            created_at = UNSET
        else:
            created_at = datetime.datetime.fromisoformat(_created_at)

        custom_object_type_id = d.pop("customObjectTypeId", UNSET)
        domain = d.pop("domain", UNSET)
        email = d.pop("email", UNSET)
        _extra_data = d.pop("extraData", UNSET)
        extra_data: ExtraData | Unset
        if isinstance(_extra_data, Unset):
            extra_data = UNSET
        else:
            extra_data = ExtraData.from_dict(_extra_data)

        object_id = d.pop("objectId", UNSET)
        _timeline_i_frame = d.pop("timelineIFrame", UNSET)
        timeline_i_frame: TimelineIFrame | Unset
        if isinstance(_timeline_i_frame, Unset):
            timeline_i_frame = UNSET
        else:
            timeline_i_frame = TimelineIFrame.from_dict(_timeline_i_frame)

        _timestamp = d.pop("timestamp", UNSET)
        timestamp: datetime.datetime | Unset
        if isinstance(_timestamp, Unset):
            timestamp = UNSET
        else:
            timestamp = datetime.datetime.fromisoformat(_timestamp)

        utk = d.pop("utk", UNSET)
        timeline_event_result = cls(
            event_template_id=event_template_id,
            id=id,
            object_type=object_type,
            tokens=tokens,
            created_at=created_at,
            custom_object_type_id=custom_object_type_id,
            domain=domain,
            email=email,
            extra_data=extra_data,
            object_id=object_id,
            timeline_i_frame=timeline_i_frame,
            timestamp=timestamp,
            utk=utk,
        )
        timeline_event_result.additional_properties = d
        return timeline_event_result

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
