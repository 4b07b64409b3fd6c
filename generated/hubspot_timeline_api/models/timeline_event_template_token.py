from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.token_type import TokenType
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.timeline_event_template_token_option import (
        TimelineEventTemplateTokenOption,
    )

T = TypeVar("T", bound="TimelineEventTemplateToken")


@_attrs_define
class TimelineEventTemplateToken:
    """A placeholder of a template, with the values that it takes.

    Attributes:
        name (str): The name in the template and in events. The words log and lookup are reserved.
        label (str): The name for people.
        type_ (TokenType): What the values of a token are. A date is sent as epoch milliseconds.
        options (list[TimelineEventTemplateTokenOption] | Unset): The values that a token of the type enumeration takes;
            empty for the others, and where left out.
        object_property_name (str | Unset): The property of the record that the token's value is written to.
        created_at (datetime.datetime | Unset): When the token was created.
        updated_at (datetime.datetime | Unset): When the token was changed for the last time.
    """

    name: str
    label: str
    type_: TokenType
    options: list[TimelineEventTemplateTokenOption] | Unset = UNSET
    object_property_name: str | Unset = UNSET
    created_at: datetime.datetime | Unset = UNSET
    updated_at: datetime.datetime | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_.value
        wire: dict[str, Any] = {
            **self.additional_properties,
            "name": self.name,
            "label": self.label,
            "type": type_,
        }
        options: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.options, Unset):
            options = []
            for options_item_data in self.options:
                options_item = options_item_data.to_dict()
                options.append(options_item)

        if options is not UNSET:
            wire["options"] = options
        if self.object_property_name is not UNSET:
            wire["objectPropertyName"] = self.object_property_name
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
        from ..models.timeline_event_template_token_option import (
            TimelineEventTemplateTokenOption,  # noqa: PLC0415
        )

        d = dict(src_dict)
        name = d.pop("name")
        label = d.pop("label")
        type_ = TokenType(d.pop("type"))

        _options = d.pop("options", UNSET)
        options: list[TimelineEventTemplateTokenOption] | Unset = UNSET
        if _options is not UNSET:
            options = []
            for options_item_data in _options:
                options_item = TimelineEventTemplateTokenOption.from_dict(
                    options_item_data
                )

                options.append(options_item)

        object_property_name = d.pop("objectPropertyName", UNSET)
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

        timeline_event_template_token = cls(
            name=name,
            label=label,
            type_=type_,
            options=options,
            object_property_name=object_property_name,
            created_at=created_at,
            updated_at=updated_at,
        )
        timeline_event_template_token.additional_properties = d
        return timeline_event_template_token

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
