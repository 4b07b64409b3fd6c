from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="DeveloperSymbol")


@_attrs_define
class DeveloperSymbol:
    """An event type, by the project that defines it.

    Attributes:
        project_name (str): The name of the app's project.
        developer_symbol (str): The uid of the event type in the project.
    """

    project_name: str
    developer_symbol: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        wire: dict[str, Any] = {
            **self.additional_properties,
            "projectName": self.project_name,
            "developerSymbol": self.developer_symbol,
        }
        return wire

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:

        d = dict(src_dict)
        project_name = d.pop("projectName")
        developer_symbol = d.pop("developerSymbol")
        developer_symbol = cls(
            project_name=project_name,
            developer_symbol=developer_symbol,
        )
        developer_symbol.additional_properties = d
        return developer_symbol

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
