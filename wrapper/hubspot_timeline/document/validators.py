"""The document's schemas as validators of JSON. Needs jsonschema-rs, which the extras bring that use it."""

from collections.abc import Mapping
from typing import Any

from jsonschema_rs import Draft202012Validator

_INT32 = {"minimum": -(2**31), "maximum": 2**31 - 1}


def make_validator(
    schema: str | Mapping[str, Any], document: Mapping[str, Any], *, mask: str | None = None
) -> Draft202012Validator:
    """Return a validator for a schema, given by its name in an OpenAPI document's components or itself.

    The dialect is that of 2020-12. Formats are asserted, int32 among them. `mask` is what its messages say for the
    value at fault, which may be large or private. Raises LookupError for a name that the document does not have.
    """
    if isinstance(schema, str):
        if schema not in document["components"]["schemas"]:
            raise LookupError(f"the document has no schema {schema}")
        schema = {"$ref": f"#/components/schemas/{schema}"}
    whole = _with_int32_bounds({**schema, "components": document["components"]})
    return Draft202012Validator(whole, validate_formats=True, mask=mask)


def _with_int32_bounds(node: Any) -> Any:
    """Return the schemas with the range of int32 written out, since no validator asserts formats of numbers."""
    if isinstance(node, list):
        return [_with_int32_bounds(item) for item in node]
    if not isinstance(node, dict):
        return node
    bounds = _INT32 if node.get("format") == "int32" else {}
    return bounds | {name: _with_int32_bounds(value) for name, value in node.items()}
