"""Which Python types a schema becomes in a generated client."""

import datetime as dt
import types
import typing
from collections.abc import Mapping
from typing import Any

from attrs import frozen, has

from hubspot_timeline_testing.conformance.generated_package import Package
from hubspot_timeline_testing.strategies.schemas import Schemas, kinds

_SCALARS: Mapping[str, type] = {"string": str, "integer": int, "number": float, "boolean": bool, "null": type(None)}
_FORMATS: Mapping[str, type] = {"date-time": dt.datetime, "date": dt.date}


class _Inline:
    """Stands for the class that the generator makes of an object without a name."""


@frozen
class PythonTypes:
    """Knows the types of one package's models, and those that a document asks for."""

    package: Package
    document: Mapping[str, Any]

    def hints(self, of: Any) -> dict[str, set[Any]]:
        """Return the annotations of a class or a function, each as the set of what may be given."""
        names = vars(self.package.models) | vars(self.package.client)
        found = typing.get_type_hints(
            of, localns={name: value for name, value in names.items() if isinstance(value, type)}
        )
        return {name: self._members(hint) for name, hint in found.items()}

    def is_unset(self, value: Any) -> bool:
        """Tell whether a value stands for a property that is absent."""
        return isinstance(value, self.package.unset)

    def wanted(self, schema: Mapping[str, Any], *, is_required: bool = True) -> set[Any]:
        """Return the types that a schema asks for."""
        optional = set() if is_required else {self.package.unset}
        if "$ref" in schema:
            return {getattr(self.package.models, schema["$ref"].rpartition("/")[2], None)} | optional
        return {self._of_kind(kind, schema) for kind in kinds(Schemas(self.document).resolve(schema))} | optional

    def values_of(self, schema: Mapping[str, Any]) -> Any:
        """Return the type of the properties of an object that the schema does not name."""
        others = schema.get("additionalProperties", True)
        return Any if isinstance(others, bool) else self._union(self.wanted(others))

    def _of_kind(self, kind: str, schema: Mapping[str, Any]) -> Any:
        if kind == "object":
            return _Inline
        if kind == "array":
            return list[self._union(self.wanted(schema["items"]))]  # type: ignore[misc]
        return _FORMATS.get(str(schema.get("format")), _SCALARS[kind]) if kind == "string" else _SCALARS[kind]

    def _members(self, hint: Any) -> set[Any]:
        is_union = typing.get_origin(hint) in {typing.Union, types.UnionType}
        return {self._plain(each) for each in (typing.get_args(hint) if is_union else (hint,))}

    def _plain(self, hint: Any) -> Any:
        """Return a class of an object without a name as what stands for it."""
        is_inline = isinstance(hint, type) and has(hint) and hint.__name__ not in Schemas(self.document).named
        return _Inline if is_inline and hint.__module__.startswith(f"{self.package.name}.models") else hint

    def _union(self, members: set[Any]) -> Any:
        return typing.Union[tuple(sorted(members, key=str))]  # noqa: UP007 - of a set


def names_of(members: set[Any]) -> str:
    """Return types as people write them."""
    return " | ".join(sorted(getattr(each, "__name__", str(each)) for each in members))
