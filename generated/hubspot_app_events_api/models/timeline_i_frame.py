from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TimelineIFrame")


@_attrs_define
class TimelineIFrame:
    """A link on the event that opens a page of the sender inside the CRM.

    Attributes:
        link_label (str): The text of the link.
        header_label (str): The title of the window.
        url (str): The page to show.
        width (int): Width of the window in pixels.
        height (int): Height of the window in pixels.
    """

    link_label: str
    header_label: str
    url: str
    width: int
    height: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        wire: dict[str, Any] = {
            **self.additional_properties,
            "linkLabel": self.link_label,
            "headerLabel": self.header_label,
            "url": self.url,
            "width": self.width,
            "height": self.height,
        }
        return wire

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:

        d = dict(src_dict)
        link_label = d.pop("linkLabel")
        header_label = d.pop("headerLabel")
        url = d.pop("url")
        width = d.pop("width")
        height = d.pop("height")
        timeline_i_frame = cls(
            link_label=link_label,
            header_label=header_label,
            url=url,
            width=width,
            height=height,
        )
        timeline_i_frame.additional_properties = d
        return timeline_i_frame

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
