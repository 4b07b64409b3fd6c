from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.developer_symbol import DeveloperSymbol

T = TypeVar("T", bound="EventTypeName")


@_attrs_define
class EventTypeName:
    """The names of an event type.

    Attributes:
        developer_qualified_symbol (DeveloperSymbol): An event type, by the project that defines it.
        fully_qualified_name (str): The name that identifies the type in all accounts.
    """

    developer_qualified_symbol: DeveloperSymbol
    fully_qualified_name: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        developer_qualified_symbol = self.developer_qualified_symbol.to_dict()
        wire: dict[str, Any] = {
            **self.additional_properties,
            "developerQualifiedSymbol": developer_qualified_symbol,
            "fullyQualifiedName": self.fully_qualified_name,
        }
        return wire

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.developer_symbol import DeveloperSymbol  # noqa: PLC0415

        d = dict(src_dict)
        developer_qualified_symbol = DeveloperSymbol.from_dict(
            d.pop("developerQualifiedSymbol")
        )

        fully_qualified_name = d.pop("fullyQualifiedName")
        event_type_name = cls(
            developer_qualified_symbol=developer_qualified_symbol,
            fully_qualified_name=fully_qualified_name,
        )
        event_type_name.additional_properties = d
        return event_type_name

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
