"""Schemas that the strategies do not support are rejected at once, with the location and the reason."""

from typing import Any

import pytest

from hubspot_timeline_testing.strategies import constraints, from_schema, invalid
from tests.strategies.supported_schemas import REF, in_document

UNSUPPORTED: list[tuple[dict[str, Any], str]] = [
    ({"$ref": f"{REF}/Word", "maxLength": 1}, r"schemas/New: .*\['maxLength'\] beside \$ref"),
    ({"items": {"$ref": f"{REF}/Word", "oneOf": [{}]}}, r"New/items: .*\['oneOf'\] beside"),
    ({"$ref": f"{REF}/New"}, r"schemas/New: .*a circular \$ref"),
    ({"items": {"multipleOf": 2}}, r"schemas/New/items: .*\['multipleOf'\]"),
    ({"properties": {"a": {"$ref": f"{REF}/Const"}}}, r"schemas/Const: .*\['const'\]"),
    ({"items": False}, "schemas/New/items: .*False"),
    ({"properties": {"a": {"not": {}}}}, "New/properties/a: .*not {}"),
    ({"not": {"enum": [1], "pattern": "a"}}, "only `not` with `enum` alone is supported"),
    ({"type": "str"}, "schemas/New: .*type, which is not valid JSON Schema"),
    ({"items": {"type": "str"}}, "schemas/New: .*items/type, which is not valid JSON Schema"),
    ({"properties": []}, "properties, which is not valid JSON Schema"),
    ({"propertyNames": {"pattern": r"^\p{L}+$"}}, r"New/propertyNames: .*not a regular expression of Python"),
    ({"type": "number", "format": "ipv4"}, "the format ipv4 of number"),
    ({"type": "string", "format": "int32"}, "the format int32 of string"),
    ({"type": "string", "format": "ipv7"}, "the format ipv7 of string"),
]
DANGLING: list[tuple[dict[str, Any], str]] = [
    ({"$ref": f"{REF}/No"}, "no schema No; it has Alias"),
    ({"$ref": f"{REF}/Inner/properties/no"}, "no schema Inner/properties/no"),
    ({"$ref": "other.json#/a"}, "no schema other.json#/a"),
    ({"$ref": 5}, "no schema 5"),
]


@pytest.mark.parametrize("strategy", [from_schema, constraints, invalid])
@pytest.mark.parametrize(
    ("schema", "error", "message"),
    [
        *((schema, NotImplementedError, message) for schema, message in UNSUPPORTED),
        *((schema, LookupError, message) for schema, message in DANGLING),
    ],
)
def test_an_unsupported_schema_is_rejected(
    strategy: Any, schema: dict[str, Any], error: type[Exception], message: str
) -> None:
    """Strategies for valid and for invalid values raise before any value is generated."""
    with pytest.raises(error, match=message):
        strategy("New", document=in_document(schema))


@pytest.mark.parametrize(
    ("document", "message"), [(None, "no schema Nope; it has BatchError"), ({}, "no schema Nope; it has none")]
)
def test_an_unknown_schema_name_is_rejected(document: dict[str, Any] | None, message: str) -> None:
    """The error lists the schemas of the document."""
    with pytest.raises(LookupError, match=message):
        from_schema("Nope", document=document)
