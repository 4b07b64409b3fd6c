"""from_schema() generates values that are valid against the schema."""

import warnings
from typing import Any

import pytest
from hypothesis import find, given, settings
from jsonschema_rs import Draft202012Validator

from hubspot_timeline_testing.openapi.validators import make_validator
from hubspot_timeline_testing.strategies import from_schema
from hubspot_timeline_testing.strategies.schemas import JsonStrategy
from tests.helpers.document import document, schemas, validator
from tests.helpers.examples import examples
from tests.strategies.supported_schemas import FIND, INSEPARABLE, REF, SLOW, SUPPORTED, in_document

PROPERTIES = set(schemas()["TimelineEvent"]["properties"])

WITHOUT_VALUES: list[dict[str, Any]] = [
    {"type": "integer", "minimum": 5, "maximum": 1},
    {"type": "number", "minimum": 5, "maximum": 1},
    {"type": "integer", "minimum": 0.2, "maximum": 0.8},
    {"type": "object", "required": ["a"], "additionalProperties": False},
    {"type": "object", "required": ["a"], "propertyNames": {"enum": ["b"]}},
    {"type": "object", "required": ["a"], "properties": {"a": {"$ref": f"{REF}/New"}}},
    {"type": "string", "format": "uuid", "maxLength": 10},
    {"type": "string", "format": "date", "minLength": 11},
    {"type": "string", "minLength": 3, "maxLength": 2},
    {"type": "string", "enum": [1]},
    {"type": "array", "minItems": 3, "maxItems": 2},
]


def assert_valid(values: JsonStrategy, by: Draft202012Validator, max_examples: int) -> None:
    @given(values)
    @settings(max_examples=max_examples, suppress_health_check=SLOW)
    def check(value: Any) -> None:
        by.validate(value)

    check()


@pytest.mark.parametrize("extra_fields", [False, True])
@pytest.mark.parametrize("schema", schemas())
def test_values_for_each_schema_of_the_document_are_valid(schema: str, extra_fields: bool) -> None:
    """The validator accepts values with and without unknown fields."""
    assert_valid(from_schema(schema, extra_fields=extra_fields), validator(schema), examples(5, 200))


@pytest.mark.parametrize("extra_fields", [False, True])
@pytest.mark.parametrize("schema", [*(schema for schema, _ in SUPPORTED), INSEPARABLE])
def test_values_for_each_supported_keyword_are_valid(schema: dict[str, Any], extra_fields: bool) -> None:
    """A new field of the document needs no new test code, whichever supported keyword it uses."""
    document = in_document(schema)
    values = from_schema("New", document=document, extra_fields=extra_fields)
    assert_valid(values, make_validator("New", document), examples(12, 400))


@given(event=from_schema("TimelineEvent"))
@settings(suppress_health_check=SLOW)
def test_objects_have_only_properties_of_the_schema(event: dict[str, Any]) -> None:
    """Values that can be sent have no unknown field."""
    assert set(event) <= PROPERTIES


def test_extra_fields_are_generated_on_request() -> None:
    """With extra_fields, objects also have fields that a newer service may return."""
    find(from_schema("TimelineEvent", extra_fields=True), lambda event: bool(set(event) - PROPERTIES), settings=FIND)


@pytest.mark.parametrize("schema", WITHOUT_VALUES)
def test_a_schema_without_values_is_rejected(schema: dict[str, Any]) -> None:
    """A schema that allows nothing raises at once; as an optional property it is left out."""
    document = in_document(schema)

    with pytest.raises(NotImplementedError, match="schemas/New: no finite value satisfies all its constraints"):
        from_schema("New", document=document)
    parent = {"type": "object", "properties": {"a": {"$ref": f"{REF}/New"}}}
    assert find(from_schema(parent, document=document), lambda _: True, settings=FIND) == {}


@pytest.mark.parametrize(
    ("schema", "own"),
    [({"minimum": 5}, float), ({"pattern": "^a+$"}, str), ({"required": ["a"]}, dict), ({"minItems": 2}, list)],
)
def test_without_a_type_values_of_all_types_are_generated(schema: dict[str, Any], own: type) -> None:
    """The type that the keyword constrains is among them."""
    for kind in {own, str, bool, list, dict, type(None)}:
        find(from_schema(schema), lambda value, kind=kind: isinstance(value, kind), settings=FIND)  # type: ignore[misc]


def test_another_document_replaces_the_default() -> None:
    """A document is a mapping; its components are optional until a schema refers to one."""
    changed = document() | {"components": {"schemas": {"New": {"type": "integer", "minimum": 3}}}}

    assert find(from_schema("New", document=changed), lambda _: True) == 3
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert find(from_schema({"type": "null"}, document={}), lambda _: True) is None
