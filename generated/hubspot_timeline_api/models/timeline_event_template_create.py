from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.timeline_event_template_token import TimelineEventTemplateToken

T = TypeVar("T", bound="TimelineEventTemplateCreate")


@_attrs_define
class TimelineEventTemplateCreate:
    """A template to create.

    Attributes:
        name (str): The name of this kind of events, for people.
        object_type (str): The type of the records that such events land on, such as contacts.
        tokens (list[TimelineEventTemplateToken]): The tokens that events may have, at most 500, each name once.
        header_template (str | Unset): One line of Markdown with Handlebars placeholders for tokens.
        detail_template (str | Unset): Markdown with Handlebars placeholders for tokens and extraData.
    """

    name: str
    object_type: str
    tokens: list[TimelineEventTemplateToken]
    header_template: str | Unset = UNSET
    detail_template: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        tokens = []
        for tokens_item_data in self.tokens:
            tokens_item = tokens_item_data.to_dict()
            tokens.append(tokens_item)

        wire: dict[str, Any] = {
            **self.additional_properties,
            "name": self.name,
            "objectType": self.object_type,
            "tokens": tokens,
        }
        if self.header_template is not UNSET:
            wire["headerTemplate"] = self.header_template
        if self.detail_template is not UNSET:
            wire["detailTemplate"] = self.detail_template
        return wire

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.timeline_event_template_token import TimelineEventTemplateToken  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")
        object_type = d.pop("objectType")
        tokens = []
        _tokens = d.pop("tokens")
        for tokens_item_data in _tokens:
            tokens_item = TimelineEventTemplateToken.from_dict(tokens_item_data)

            tokens.append(tokens_item)

        header_template = d.pop("headerTemplate", UNSET)
        detail_template = d.pop("detailTemplate", UNSET)
        timeline_event_template_create = cls(
            name=name,
            object_type=object_type,
            tokens=tokens,
            header_template=header_template,
            detail_template=detail_template,
        )
        timeline_event_template_create.additional_properties = d
        return timeline_event_template_create

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
