from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.timeline_event_template import TimelineEventTemplate

T = TypeVar("T", bound="TimelineEventTemplateList")


@_attrs_define
class TimelineEventTemplateList:
    """The templates of an app.

    Attributes:
        results (list[TimelineEventTemplate]): All templates of the app.
    """

    results: list[TimelineEventTemplate]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        results = []
        for results_item_data in self.results:
            results_item = results_item_data.to_dict()
            results.append(results_item)

        wire: dict[str, Any] = {
            **self.additional_properties,
            "results": results,
        }
        return wire

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.timeline_event_template import TimelineEventTemplate  # noqa: PLC0415

        d = dict(src_dict)
        results = []
        _results = d.pop("results")
        for results_item_data in _results:
            results_item = TimelineEventTemplate.from_dict(results_item_data)

            results.append(results_item)

        timeline_event_template_list = cls(
            results=results,
        )
        timeline_event_template_list.additional_properties = d
        return timeline_event_template_list

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
