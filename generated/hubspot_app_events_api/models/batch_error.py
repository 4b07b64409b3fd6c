from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.batch_error_sub_category import BatchErrorSubCategory
    from ..models.error_context import ErrorContext
    from ..models.error_detail import ErrorDetail
    from ..models.links import Links

T = TypeVar("T", bound="BatchError")


@_attrs_define
class BatchError:
    """Why one or more events of a batch were not created.

    Attributes:
        message (str): What is wrong, in words.
        status (str | Unset): Usually the word error.
        id (str | Unset): An id; of the event or of the error, the vendor does not say.
        category (str | Unset): The kind of error, as one word in capitals.
        sub_category (BatchErrorSubCategory | Unset): A finer kind; an object here, a string in an error body.
        context (ErrorContext | Unset): Facts about an error, each a list of strings by name.
        errors (list[ErrorDetail] | Unset): The single causes.
        links (Links | Unset): Links to documentation, by name.
    """

    message: str
    status: str | Unset = UNSET
    id: str | Unset = UNSET
    category: str | Unset = UNSET
    sub_category: BatchErrorSubCategory | Unset = UNSET
    context: ErrorContext | Unset = UNSET
    errors: list[ErrorDetail] | Unset = UNSET
    links: Links | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        wire: dict[str, Any] = {
            **self.additional_properties,
            "message": self.message,
        }
        if self.status is not UNSET:
            wire["status"] = self.status
        if self.id is not UNSET:
            wire["id"] = self.id
        if self.category is not UNSET:
            wire["category"] = self.category

        if not isinstance(self.sub_category, Unset):
            wire["subCategory"] = self.sub_category.to_dict()

        if not isinstance(self.context, Unset):
            wire["context"] = self.context.to_dict()
        errors: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.errors, Unset):
            errors = []
            for errors_item_data in self.errors:
                errors_item = errors_item_data.to_dict()
                errors.append(errors_item)

        if errors is not UNSET:
            wire["errors"] = errors

        if not isinstance(self.links, Unset):
            wire["links"] = self.links.to_dict()
        return wire

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.batch_error_sub_category import BatchErrorSubCategory  # noqa: PLC0415
        from ..models.error_context import ErrorContext  # noqa: PLC0415
        from ..models.error_detail import ErrorDetail  # noqa: PLC0415
        from ..models.links import Links  # noqa: PLC0415

        d = dict(src_dict)
        message = d.pop("message")
        status = d.pop("status", UNSET)
        id = d.pop("id", UNSET)
        category = d.pop("category", UNSET)
        _sub_category = d.pop("subCategory", UNSET)
        sub_category: BatchErrorSubCategory | Unset
        if isinstance(_sub_category, Unset):
            sub_category = UNSET
        else:
            sub_category = BatchErrorSubCategory.from_dict(_sub_category)

        _context = d.pop("context", UNSET)
        context: ErrorContext | Unset
        if isinstance(_context, Unset):
            context = UNSET
        else:
            context = ErrorContext.from_dict(_context)

        _errors = d.pop("errors", UNSET)
        errors: list[ErrorDetail] | Unset = UNSET
        if _errors is not UNSET:
            errors = []
            for errors_item_data in _errors:
                errors_item = ErrorDetail.from_dict(errors_item_data)

                errors.append(errors_item)

        _links = d.pop("links", UNSET)
        links: Links | Unset
        if isinstance(_links, Unset):
            links = UNSET
        else:
            links = Links.from_dict(_links)

        batch_error = cls(
            message=message,
            status=status,
            id=id,
            category=category,
            sub_category=sub_category,
            context=context,
            errors=errors,
            links=links,
        )
        batch_error.additional_properties = d
        return batch_error

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
