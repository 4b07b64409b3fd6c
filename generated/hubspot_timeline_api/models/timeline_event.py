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

T = TypeVar("T", bound="TimelineEvent")


@_attrs_define
class TimelineEvent:
    """One event to create. Written as JSON it may take at most 1 MB.

    Attributes:
        event_template_id (str): The template that gives the event its shape; it belongs to the app that owns the token.
        id (str): Unique for the app and the template, at most 500 bytes. The placeholder {{uuid}} inside it is replaced
            by the service, so that the answer's id differs from the one sent.
        tokens (EventTokens): Values for the placeholders of the template, each at most 510 KB. Numbers are accepted too
            and come back as strings; a date is sent as epoch milliseconds.
        custom_object_type_id (str | Unset): The type of the record, where it is neither a contact nor what the template
            says.
        domain (str | Unset): The domain that goes with the event.
        email (str | Unset): Identifies a contact, and creates one where the address is unknown.
        extra_data (ExtraData | Unset): Any further JSON, for use in the template's detail view.
        object_id (str | Unset): Identifies the record by its CRM id. Goes before utk and email; required for all but
            contacts.
        timestamp (datetime.datetime | Unset): When the event happened; the time of the request where absent.
        utk (str | Unset): Identifies a contact by its tracking cookie. Goes before email.
        timeline_i_frame (TimelineIFrame | Unset): A link on the event that opens a page of the sender's inside the CRM.
    """

    event_template_id: str
    id: str
    tokens: EventTokens
    custom_object_type_id: str | Unset = UNSET
    domain: str | Unset = UNSET
    email: str | Unset = UNSET
    extra_data: ExtraData | Unset = UNSET
    object_id: str | Unset = UNSET
    timestamp: datetime.datetime | Unset = UNSET
    utk: str | Unset = UNSET
    timeline_i_frame: TimelineIFrame | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        tokens = self.tokens.to_dict()
        wire: dict[str, Any] = {
            **self.additional_properties,
            "eventTemplateId": self.event_template_id,
            "id": self.id,
            "tokens": tokens,
        }
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
        if not isinstance(self.timestamp, Unset):
            wire["timestamp"] = self.timestamp.isoformat(
                timespec="auto"
                if not self.timestamp.microsecond or self.timestamp.microsecond % 1000
                else "milliseconds"
            ).replace("+00:00", "Z")

        if self.utk is not UNSET:
            wire["utk"] = self.utk

        if not isinstance(self.timeline_i_frame, Unset):
            wire["timelineIFrame"] = self.timeline_i_frame.to_dict()
        return wire

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.event_tokens import EventTokens  # noqa: PLC0415
        from ..models.extra_data import ExtraData  # noqa: PLC0415
        from ..models.timeline_i_frame import TimelineIFrame  # noqa: PLC0415

        d = dict(src_dict)
        event_template_id = d.pop("eventTemplateId")
        id = d.pop("id")
        tokens = EventTokens.from_dict(d.pop("tokens"))

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
        _timestamp = d.pop("timestamp", UNSET)
        timestamp: datetime.datetime | Unset
        if isinstance(_timestamp, Unset):
            timestamp = UNSET
        else:
            timestamp = datetime.datetime.fromisoformat(_timestamp)

        utk = d.pop("utk", UNSET)
        _timeline_i_frame = d.pop("timelineIFrame", UNSET)
        timeline_i_frame: TimelineIFrame | Unset
        if isinstance(_timeline_i_frame, Unset):
            timeline_i_frame = UNSET
        else:
            timeline_i_frame = TimelineIFrame.from_dict(_timeline_i_frame)

        timeline_event = cls(
            event_template_id=event_template_id,
            id=id,
            tokens=tokens,
            custom_object_type_id=custom_object_type_id,
            domain=domain,
            email=email,
            extra_data=extra_data,
            object_id=object_id,
            timestamp=timestamp,
            utk=utk,
            timeline_i_frame=timeline_i_frame,
        )
        timeline_event.additional_properties = d
        return timeline_event

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
