"""The document's schemas as validators of JSON. Needs jsonschema-rs, which the extras bring that use it."""

from collections.abc import Mapping
from typing import Any

from jsonschema_rs import Draft202012Validator

_RANGES: Mapping[str, Mapping[str, int]] = {
    "int32": {"minimum": -(2**31), "maximum": 2**31 - 1},
    "int64": {"minimum": -(2**63), "maximum": 2**63 - 1},
}


def make_validator(
    schema: str | Mapping[str, Any], document: Mapping[str, Any], *, mask: str | None = None
) -> Draft202012Validator:
    """Return a validator for a schema, given by its name in an OpenAPI document's components or itself.

    The dialect is that of 2020-12. Formats are asserted, int32 and int64 among them. `mask` is what its messages say
    for the value at fault, which may be large or private. Raises LookupError for a name that the document does not
    have.
    """
    if isinstance(schema, str):
        if schema not in document["components"]["schemas"]:
            raise LookupError(f"the document has no schema {schema}")
        schema = {"$ref": f"#/components/schemas/{schema}"}
    whole = _with_ranges({**schema, "components": document["components"]})
    return Draft202012Validator(whole, validate_formats=True, mask=mask)


def _with_ranges(node: Any) -> Any:
    """Return the schemas with the ranges of integers written out, since no validator asserts formats of numbers."""
    if isinstance(node, list):
        return [_with_ranges(item) for item in node]
    if not isinstance(node, dict):
        return node
    bounds = _RANGES.get(str(node.get("format")), {})
    return dict(bounds) | {name: _with_ranges(value) for name, value in node.items()}
