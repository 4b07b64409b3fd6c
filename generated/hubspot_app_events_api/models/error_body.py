from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.error_context import ErrorContext
    from ..models.error_detail import ErrorDetail
    from ..models.links import Links

T = TypeVar("T", bound="ErrorBody")


@_attrs_define
class ErrorBody:
    """The body of a response that is not a success. No field is required, because real bodies lack each of them at times.

    Attributes:
        status (int | str | Unset): The word error, or the number of the status code.
        message (str | Unset): What is wrong, in words.
        correlation_id (str | Unset): What to quote to the vendor's support.
        category (str | Unset): The kind of error, as one word in capitals.
        sub_category (str | Unset): A finer kind; a string here, an object in a batch error.
        error_type (str | Unset): RATE_LIMIT on a 429.
        policy_name (str | Unset): Which rate limit was reached, such as TEN_SECONDLY_ROLLING, SECONDLY or DAILY.
        group_name (str | Unset): The group of operations that the rate limit counts.
        context (ErrorContext | Unset): Facts about an error, each a list of strings by name.
        errors (list[ErrorDetail] | Unset): The single causes.
        links (Links | Unset): Links to documentation, by name.
    """

    status: int | str | Unset = UNSET
    message: str | Unset = UNSET
    correlation_id: str | Unset = UNSET
    category: str | Unset = UNSET
    sub_category: str | Unset = UNSET
    error_type: str | Unset = UNSET
    policy_name: str | Unset = UNSET
    group_name: str | Unset = UNSET
    context: ErrorContext | Unset = UNSET
    errors: list[ErrorDetail] | Unset = UNSET
    links: Links | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        wire: dict[str, Any] = {
            **self.additional_properties,
        }
        status: int | str | Unset
        if isinstance(self.status, Unset):
            status = UNSET
        else:
            status = self.status
        if status is not UNSET:
            wire["status"] = status
        if self.message is not UNSET:
            wire["message"] = self.message
        if self.correlation_id is not UNSET:
            wire["correlationId"] = self.correlation_id
        if self.category is not UNSET:
            wire["category"] = self.category
        if self.sub_category is not UNSET:
            wire["subCategory"] = self.sub_category
        if self.error_type is not UNSET:
            wire["errorType"] = self.error_type
        if self.policy_name is not UNSET:
            wire["policyName"] = self.policy_name
        if self.group_name is not UNSET:
            wire["groupName"] = self.group_name

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
        from ..models.error_context import ErrorContext  # noqa: PLC0415
        from ..models.error_detail import ErrorDetail  # noqa: PLC0415
        from ..models.links import Links  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_status(data: object) -> int | str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(int | str | Unset, data)

        status = _parse_status(d.pop("status", UNSET))

        message = d.pop("message", UNSET)
        correlation_id = d.pop("correlationId", UNSET)
        category = d.pop("category", UNSET)
        sub_category = d.pop("subCategory", UNSET)
        error_type = d.pop("errorType", UNSET)
        policy_name = d.pop("policyName", UNSET)
        group_name = d.pop("groupName", UNSET)
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

        error_body = cls(
            status=status,
            message=message,
            correlation_id=correlation_id,
            category=category,
            sub_category=sub_category,
            error_type=error_type,
            policy_name=policy_name,
            group_name=group_name,
            context=context,
            errors=errors,
            links=links,
        )
        error_body.additional_properties = d
        return error_body

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
