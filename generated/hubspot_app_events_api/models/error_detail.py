from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.error_context import ErrorContext

T = TypeVar("T", bound="ErrorDetail")


@_attrs_define
class ErrorDetail:
    """One cause of an error.

    Attributes:
        message (str): What is wrong, in words.
        code (str | Unset): The cause, as a word.
        in_ (str | Unset): The field that the cause is in.
        sub_category (str | Unset): A finer kind.
        context (ErrorContext | Unset): Facts about an error, each a list of strings by name.
    """

    message: str
    code: str | Unset = UNSET
    in_: str | Unset = UNSET
    sub_category: str | Unset = UNSET
    context: ErrorContext | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        wire: dict[str, Any] = {
            **self.additional_properties,
            "message": self.message,
        }
        if self.code is not UNSET:
            wire["code"] = self.code
        if self.in_ is not UNSET:
            wire["in"] = self.in_
        if self.sub_category is not UNSET:
            wire["subCategory"] = self.sub_category

        if not isinstance(self.context, Unset):
            wire["context"] = self.context.to_dict()
        return wire

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.error_context import ErrorContext  # noqa: PLC0415

        d = dict(src_dict)
        message = d.pop("message")
        code = d.pop("code", UNSET)
        in_ = d.pop("in", UNSET)
        sub_category = d.pop("subCategory", UNSET)
        _context = d.pop("context", UNSET)
        context: ErrorContext | Unset
        if isinstance(_context, Unset):
            context = UNSET
        else:
            context = ErrorContext.from_dict(_context)

        error_detail = cls(
            message=message,
            code=code,
            in_=in_,
            sub_category=sub_category,
            context=context,
        )
        error_detail.additional_properties = d
        return error_detail

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
