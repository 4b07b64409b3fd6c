from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.timeline_event_template_token import TimelineEventTemplateToken

T = TypeVar("T", bound="TimelineEventTemplate")


@_attrs_define
class TimelineEventTemplate:
    """What gives events of one kind their shape.

    Attributes:
        id (str): What events name as their eventTemplateId.
        name (str): The name of this kind of events, for people.
        object_type (str): The type of the records that such events land on, such as contacts.
        tokens (list[TimelineEventTemplateToken]): The tokens that events may have; no others.
        header_template (str | Unset): One line of Markdown with Handlebars placeholders for tokens.
        detail_template (str | Unset): Markdown with Handlebars placeholders for tokens and extraData; shown when the
            event is opened.
        created_at (datetime.datetime | Unset): When the template was created.
        updated_at (datetime.datetime | Unset): When the template was changed for the last time.
    """

    id: str
    name: str
    object_type: str
    tokens: list[TimelineEventTemplateToken]
    header_template: str | Unset = UNSET
    detail_template: str | Unset = UNSET
    created_at: datetime.datetime | Unset = UNSET
    updated_at: datetime.datetime | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        tokens = []
        for tokens_item_data in self.tokens:
            tokens_item = tokens_item_data.to_dict()
            tokens.append(tokens_item)

        wire: dict[str, Any] = {
            **self.additional_properties,
            "id": self.id,
            "name": self.name,
            "objectType": self.object_type,
            "tokens": tokens,
        }
        if self.header_template is not UNSET:
            wire["headerTemplate"] = self.header_template
        if self.detail_template is not UNSET:
            wire["detailTemplate"] = self.detail_template
        if not isinstance(self.created_at, Unset):
            wire["createdAt"] = self.created_at.isoformat(
                timespec="auto"
                if not self.created_at.microsecond or self.created_at.microsecond % 1000
                else "milliseconds"
            ).replace("+00:00", "Z")

        if not isinstance(self.updated_at, Unset):
            wire["updatedAt"] = self.updated_at.isoformat(
                timespec="auto"
                if not self.updated_at.microsecond or self.updated_at.microsecond % 1000
                else "milliseconds"
            ).replace("+00:00", "Z")

        return wire

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.timeline_event_template_token import TimelineEventTemplateToken  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")
        name = d.pop("name")
        object_type = d.pop("objectType")
        tokens = []
        _tokens = d.pop("tokens")
        for tokens_item_data in _tokens:
            tokens_item = TimelineEventTemplateToken.from_dict(tokens_item_data)

            tokens.append(tokens_item)

        header_template = d.pop("headerTemplate", UNSET)
        detail_template = d.pop("detailTemplate", UNSET)
        _created_at = d.pop("createdAt", UNSET)
        created_at: datetime.datetime | Unset
        if isinstance(_created_at, Unset):
            created_at = UNSET
        else:
            created_at = datetime.datetime.fromisoformat(_created_at)

        _updated_at = d.pop("updatedAt", UNSET)
        updated_at: datetime.datetime | Unset
        if isinstance(_updated_at, Unset):
            updated_at = UNSET
        else:
            updated_at = datetime.datetime.fromisoformat(_updated_at)

        timeline_event_template = cls(
            id=id,
            name=name,
            object_type=object_type,
            tokens=tokens,
            header_template=header_template,
            detail_template=detail_template,
            created_at=created_at,
            updated_at=updated_at,
        )
        timeline_event_template.additional_properties = d
        return timeline_event_template

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
