"""The document's schemas as judges of requests and answers."""

from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from hubspot_timeline.document import document, schemas
from hubspot_timeline.sandbox.judging.positions import json_path

_INT32 = {"minimum": -(2**31), "maximum": 2**31 - 1}


@cache
def validator(name: str) -> Draft202012Validator:
    """Return a validator for a schema of the document's components. Raises LookupError.

    Formats are asserted. Its messages say `it` for the value at fault, which may be large or private. Use
    `is_valid` and `validate`, not `iter_errors`: that one gathers everything that is wrong, which for a hostile body
    takes minutes and gigabytes.
    """
    if name not in schemas():
        raise LookupError(f"the document has no schema {name}")
    components = _with_int32_bounds(document()["components"])
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": components}, validate_formats=True, mask="it"
    )


def complaint(name: str, value: Any) -> str | None:
    """Return what is wrong with a value that is to conform to a schema, and where, if anything."""
    try:
        validator(name).validate(value)
    except ValidationError as error:
        return f"{json_path(error.instance_path)}: {error.message}"
    return None


def _with_int32_bounds(node: Any) -> Any:
    """Return the schemas with the range of int32 written out, since no validator asserts formats of numbers."""
    if isinstance(node, list):
        return [_with_int32_bounds(item) for item in node]
    if not isinstance(node, dict):
        return node
    bounds = _INT32 if node.get("format") == "int32" else {}
    return bounds | {name: _with_int32_bounds(value) for name, value in node.items()}
