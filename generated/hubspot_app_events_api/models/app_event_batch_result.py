from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.batch_status import BatchStatus
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.app_event import AppEvent
    from ..models.batch_error import BatchError
    from ..models.links import Links

T = TypeVar("T", bound="AppEventBatchResult")


@_attrs_define
class AppEventBatchResult:
    """The result of a batch.

    Attributes:
        status (BatchStatus): How far the work is.
        results (list[AppEvent]): The events that were created, in no promised order.
        started_at (datetime.datetime): When the work began.
        completed_at (datetime.datetime): When the work ended.
        requested_at (datetime.datetime | Unset): When the request arrived.
        links (Links | Unset): Links to documentation, by name.
        num_errors (int | Unset): How many errors there are. The vendor's text rules errors out in a 200.
        errors (list[BatchError] | Unset): Why events were not created. The vendor's text rules them out in a 200.
    """

    status: BatchStatus
    results: list[AppEvent]
    started_at: datetime.datetime
    completed_at: datetime.datetime
    requested_at: datetime.datetime | Unset = UNSET
    links: Links | Unset = UNSET
    num_errors: int | Unset = UNSET
    errors: list[BatchError] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status = self.status.value
        results = []
        for results_item_data in self.results:
            results_item = results_item_data.to_dict()
            results.append(results_item)

        started_at = self.started_at.isoformat(
            timespec="auto"
            if not self.started_at.microsecond or self.started_at.microsecond % 1000
            else "milliseconds"
        ).replace("+00:00", "Z")

        completed_at = self.completed_at.isoformat(
            timespec="auto"
            if not self.completed_at.microsecond or self.completed_at.microsecond % 1000
            else "milliseconds"
        ).replace("+00:00", "Z")

        wire: dict[str, Any] = {
            **self.additional_properties,
            "status": status,
            "results": results,
            "startedAt": started_at,
            "completedAt": completed_at,
        }
        if not isinstance(self.requested_at, Unset):
            wire["requestedAt"] = self.requested_at.isoformat(
                timespec="auto"
                if not self.requested_at.microsecond
                or self.requested_at.microsecond % 1000
                else "milliseconds"
            ).replace("+00:00", "Z")

        if not isinstance(self.links, Unset):
            wire["links"] = self.links.to_dict()
        if self.num_errors is not UNSET:
            wire["numErrors"] = self.num_errors
        errors: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.errors, Unset):
            errors = []
            for errors_item_data in self.errors:
                errors_item = errors_item_data.to_dict()
                errors.append(errors_item)

        if errors is not UNSET:
            wire["errors"] = errors
        return wire

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.app_event import AppEvent  # noqa: PLC0415
        from ..models.batch_error import BatchError  # noqa: PLC0415
        from ..models.links import Links  # noqa: PLC0415

        d = dict(src_dict)
        status = BatchStatus(d.pop("status"))

        results = []
        _results = d.pop("results")
        for results_item_data in _results:
            results_item = AppEvent.from_dict(results_item_data)

            results.append(results_item)

        started_at = datetime.datetime.fromisoformat(d.pop("startedAt"))

        completed_at = datetime.datetime.fromisoformat(d.pop("completedAt"))

        _requested_at = d.pop("requestedAt", UNSET)
        requested_at: datetime.datetime | Unset
        if isinstance(_requested_at, Unset):
            requested_at = UNSET
        else:
            requested_at = datetime.datetime.fromisoformat(_requested_at)

        _links = d.pop("links", UNSET)
        links: Links | Unset
        if isinstance(_links, Unset):
            links = UNSET
        else:
            links = Links.from_dict(_links)

        num_errors = d.pop("numErrors", UNSET)
        _errors = d.pop("errors", UNSET)
        errors: list[BatchError] | Unset = UNSET
        if _errors is not UNSET:
            errors = []
            for errors_item_data in _errors:
                errors_item = BatchError.from_dict(errors_item_data)

                errors.append(errors_item)

        app_event_batch_result = cls(
            status=status,
            results=results,
            started_at=started_at,
            completed_at=completed_at,
            requested_at=requested_at,
            links=links,
            num_errors=num_errors,
            errors=errors,
        )
        app_event_batch_result.additional_properties = d
        return app_event_batch_result

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
