from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.timeline_event_template_token_option import (
        TimelineEventTemplateTokenOption,
    )

T = TypeVar("T", bound="TimelineEventTemplateTokenUpdate")


@_attrs_define
class TimelineEventTemplateTokenUpdate:
    """A token as it is to become; its name and its type stay.

    Attributes:
        label (str): The name for people.
        options (list[TimelineEventTemplateTokenOption] | Unset): The values that a token of the type enumeration takes;
            empty for the others, and where left out.
        object_property_name (str | Unset): The property of the record that the token's value is written to.
    """

    label: str
    options: list[TimelineEventTemplateTokenOption] | Unset = UNSET
    object_property_name: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        wire: dict[str, Any] = {
            **self.additional_properties,
            "label": self.label,
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
        return wire

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.timeline_event_template_token_option import (
            TimelineEventTemplateTokenOption,  # noqa: PLC0415
        )

        d = dict(src_dict)
        label = d.pop("label")
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
        timeline_event_template_token_update = cls(
            label=label,
            options=options,
            object_property_name=object_property_name,
        )
        timeline_event_template_token_update.additional_properties = d
        return timeline_event_template_token_update

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
