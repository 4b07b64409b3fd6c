"""The Python types of a generated client: those it has, and those that a schema requires."""

import datetime as dt
import types
import typing
from collections.abc import Mapping
from typing import Any

from attrs import frozen, has

from hubspot_timeline_testing import openapi
from hubspot_timeline_testing.conformance.generated_package import GeneratedPackage
from hubspot_timeline_testing.openapi.documents import Document
from hubspot_timeline_testing.strategies.schemas import Schemas, types_of

_SCALARS: Mapping[str, type] = {"string": str, "integer": int, "number": float, "boolean": bool, "null": type(None)}
_FORMATS: Mapping[str, type] = {"date-time": dt.datetime, "date": dt.date}


class _InlineModel:
    """A placeholder for the class that the generator makes of an inline object schema."""


@frozen
class PythonTypes:
    """Compares types as sets of the members of a union."""

    package: GeneratedPackage
    document: Document

    def annotations(self, annotated: Any) -> dict[str, set[Any]]:
        """Return the annotations of a class or a function."""
        names = vars(self.package.models) | vars(self.package.client)
        classes = {name: value for name, value in names.items() if isinstance(value, type)}
        hints = typing.get_type_hints(annotated, localns=classes)
        return {name: self._members(hint) for name, hint in hints.items()}

    def is_unset(self, value: Any) -> bool:
        """Return whether a value marks an absent property."""
        return isinstance(value, self.package.unset)

    def expected(self, schema: Mapping[str, Any], *, is_required: bool = True) -> set[Any]:
        """Return the types of a property or a parameter with this schema."""
        optional = set() if is_required else {self.package.unset}
        if "$ref" in schema:
            return {getattr(self.package.models, schema["$ref"].rpartition("/")[2], None)} | optional
        json_types = types_of(Schemas(self.document).resolve(schema))
        return {self._of_json_type(json_type, schema) for json_type in json_types} | optional

    def additional_values(self, schema: Mapping[str, Any]) -> Any:
        """Return the type of the values of additional properties."""
        values = schema.get("additionalProperties", True)
        return Any if isinstance(values, bool) else _union(self.expected(values))

    def _of_json_type(self, json_type: str, schema: Mapping[str, Any]) -> Any:
        if json_type == "object":
            return _InlineModel
        if json_type == "array":
            return list[_union(self.expected(schema["items"]))]  # type: ignore[misc]
        by_format = _FORMATS.get(str(schema.get("format"))) if json_type == "string" else None
        return by_format or _SCALARS[json_type]

    def _members(self, hint: Any) -> set[Any]:
        is_union = typing.get_origin(hint) in {typing.Union, types.UnionType}
        return {self._without_inline_model(member) for member in (typing.get_args(hint) if is_union else (hint,))}

    def _without_inline_model(self, hint: Any) -> Any:
        is_inline = isinstance(hint, type) and has(hint) and hint.__name__ not in openapi.schemas(self.document)
        return _InlineModel if is_inline and hint.__module__.startswith(f"{self.package.name}.models") else hint


def _union(members: set[Any]) -> Any:
    return typing.Union[tuple(sorted(members, key=str))]  # noqa: UP007 - the members are in a set


def type_names(members: set[Any]) -> str:
    """Return types as in an annotation."""
    return " | ".join(sorted(member.__name__ if isinstance(member, type) else str(member) for member in members))
