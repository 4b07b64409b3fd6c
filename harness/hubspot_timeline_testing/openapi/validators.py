"""JSON Schema validators for the schemas of an OpenAPI document. Needs jsonschema-rs, which the extras install."""

from collections.abc import Mapping
from typing import Any

from jsonschema_rs import Draft202012Validator

INTEGER_RANGES: Mapping[str, tuple[int, int]] = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
"""The least and the greatest number of each integer format."""


def make_validator(
    schema: str | Mapping[str, Any], document: Mapping[str, Any], *, mask: str | None = None
) -> Draft202012Validator:
    """Return a JSON Schema 2020-12 validator for a component schema, by name, or for an inline schema.

    Formats are asserted, including int32 and int64. `mask` replaces the invalid value in error messages, since the
    value may be large or private. Raises LookupError for an unknown name.
    """
    if isinstance(schema, str):
        if schema not in document["components"]["schemas"]:
            raise LookupError(f"the document has no schema {schema}")
        schema = {"$ref": f"#/components/schemas/{schema}"}
    whole = _with_ranges({**schema, "components": document["components"]})
    return Draft202012Validator(whole, validate_formats=True, mask=mask)


def _with_ranges(node: Any) -> Any:
    """Return schemas with integer formats written as bounds, since validators do not assert formats of numbers."""
    if isinstance(node, list):
        return [_with_ranges(item) for item in node]
    if not isinstance(node, dict):
        return node
    bounds = {}
    if (name := str(node.get("format"))) in INTEGER_RANGES:
        bounds = dict(zip(("minimum", "maximum"), INTEGER_RANGES[name], strict=True))
    return bounds | {key: _with_ranges(value) for key, value in node.items()}
