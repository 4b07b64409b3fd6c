from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.app_event import AppEvent

T = TypeVar("T", bound="AppEventBatch")


@_attrs_define
class AppEventBatch:
    """The events of one request.

    Attributes:
        inputs (list[AppEvent]): The events to create. The most that fit into one request is undocumented; 100 is safe
            by the limits of other operations.
    """

    inputs: list[AppEvent]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        inputs = []
        for inputs_item_data in self.inputs:
            inputs_item = inputs_item_data.to_dict()
            inputs.append(inputs_item)

        wire: dict[str, Any] = {
            **self.additional_properties,
            "inputs": inputs,
        }
        return wire

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.app_event import AppEvent  # noqa: PLC0415

        d = dict(src_dict)
        inputs = []
        _inputs = d.pop("inputs")
        for inputs_item_data in _inputs:
            inputs_item = AppEvent.from_dict(inputs_item_data)

            inputs.append(inputs_item)

        app_event_batch = cls(
            inputs=inputs,
        )
        app_event_batch.additional_properties = d
        return app_event_batch

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
