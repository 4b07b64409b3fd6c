"""Of any schema, what is drawn keeps to it or breaks just what it is named after; or the schema is refused by name."""

import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from hubspot_timeline_testing.openapi.validators import make_validator
from hubspot_timeline_testing.strategies import Constraint, constraints, from_schema, invalid
from tests.helpers.examples import examples

SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
QUICK = settings(max_examples=500, phases=[Phase.generate], suppress_health_check=SLOW)
OTHERS = {
    "Inner": {"type": "object", "properties": {"id": {"type": "integer"}, "a/b": {"type": "boolean"}}},
    "id": {"type": "string"},
    "Word": {"type": "string", "minLength": 2, "enum": ["aa", "b"]},
    "Alias": {"$ref": "#/components/schemas/Word", "description": "The same."},
}
REF = "#/components/schemas"
INTEGERS = {"type": "array", "items": {"type": "integer"}}

KEPT: list[tuple[dict[str, Any], list[str]]] = [
    # Without a type, a keyword asks only of its own.
    ({}, []),
    ({"minimum": 5}, ["minimum 5"]),
    ({"pattern": "^a+$"}, ["pattern ^a+$"]),
    ({"format": "date"}, ["format date"]),
    ({"properties": {"a": {"type": "string"}}, "required": ["a"]}, ["required a", ".a: type string"]),
    ({"maxItems": 1, "items": {"type": "integer"}}, ["maxItems 1", "[*]: type integer"]),
    ({"type": "string", "minimum": 3}, ["type string"]),
    ({"type": ["integer", "string"], "minimum": 3, "minLength": 1}, ["type", "minLength 1", "minimum 3"]),
    # References.
    ({"$ref": f"{REF}/Inner", "description": "As it is."}, ["type object", ".id: type integer", ".a/b: type boolean"]),
    ({"properties": {"q": {"$ref": f"{REF}/Inner/properties/id"}}, "required": ["q"]}, ["required q", ".q: type"]),
    ({"properties": {"q": {"$ref": f"{REF}/Inner/properties/a~1b"}}}, [".q: type boolean"]),
    ({"type": "object", "propertyNames": {"$ref": f"{REF}/Alias"}}, ["type object", ".~: enum", ".~: minLength 2"]),
    (
        {
            "type": "object",
            "required": ["v"],
            "properties": {"v": {"type": "integer"}, "c": {"items": {"$ref": f"{REF}/New"}}},
        },
        ["type object", "required v", ".v: type integer"],
    ),
    # Names.
    ({"type": "object", "propertyNames": {"enum": ["a", "b"]}}, ["type object", ".~: enum ['a', 'b']"]),
    ({"propertyNames": {"enum": ["a"]}, "properties": {"a": {}, "c": {}}}, [".~: enum ['a']"]),
    ({"propertyNames": {"type": "integer"}}, []),
    ({"propertyNames": {"pattern": "^[a-c]"}, "properties": {"d": {"type": "null"}}}, [".~: pattern ^[a-c]"]),
    ({"required": ["a"], "additionalProperties": {"type": "integer"}}, ["required a", ".*: type integer"]),
    (
        {"additionalProperties": False, "propertyNames": {"maxLength": 1}, "properties": {"a": {}, "bc": {}}},
        ["additionalProperties False"],
    ),
    ({"properties": {"a": True}, "required": ["a"]}, ["required a"]),
    # Words.
    ({"not": {"enum": ["a", 1]}}, ["not {'enum': ['a', 1]}"]),
    ({"type": "integer", "not": {"enum": [0, 1]}, "minimum": 0, "maximum": 3}, ["type", "not", "minimum", "maximum"]),
    ({"type": "string", "enum": ["a", 1]}, ["type string", "enum ['a', 1]"]),
    ({"type": "string", "enum": ["a", "bbb"], "minLength": 2}, ["type", "enum ['a', 'bbb']", "minLength 2"]),
    ({"type": "string", "enum": ["a", "1"], "pattern": "a"}, ["type", "enum ['a', '1']", "pattern a"]),
    ({"type": "integer", "enum": [1, 2]}, ["type integer", "enum [1, 2]"]),
    ({"type": ["string", "null"], "enum": ["a", None]}, ["type", "enum ['a', None]"]),
    ({"type": "boolean", "enum": [True]}, ["type boolean", "enum [True]"]),
    ({"type": "boolean", "enum": [True, False]}, ["type boolean"]),
    ({"type": "object", "enum": [{"a": 1}, {}], "required": ["a"]}, ["type object", "enum [{'a': 1}, {}]"]),
    # Texts.
    ({"type": "string", "pattern": r"^\d{2}$"}, ["type string", r"pattern ^\d{2}$"]),
    ({"type": "string", "pattern": r"^\w\s$"}, ["type string", r"pattern ^\w\s$"]),
    ({"type": "string", "pattern": "^[a-z]*$", "maxLength": 3}, ["type", "pattern ^[a-z]*$", "maxLength 3"]),
    ({"type": "string", "pattern": "^[a-z]+$", "minLength": 1}, ["type", "pattern ^[a-z]+$"]),
    ({"type": "string", "pattern": "^[a-z]+$", "minLength": 40}, ["type", "pattern ^[a-z]+$", "minLength 40"]),
    ({"type": "string", "pattern": "b", "minLength": 4}, ["type", "pattern b", "minLength 4"]),
    ({"type": "string", "format": "uuid", "minLength": 36, "maxLength": 36}, ["type", "format uuid"]),
    # Numbers.
    ({"type": "number", "format": "int32"}, ["type number", "format int32"]),
    ({"type": "number", "format": "double"}, ["type number"]),
    ({"type": "integer", "format": "int32", "minimum": 0}, ["type integer", "format int32", "minimum 0"]),
    ({"type": "integer", "format": "int32", "minimum": 1, "maximum": 9}, ["type", "minimum 1", "maximum 9"]),
    ({"type": "integer", "format": "int64"}, ["type integer", "format int64"]),
    ({"type": "integer", "minimum": 0.5}, ["type integer", "minimum 0.5"]),
    ({"type": "number", "minimum": 0.5, "maximum": 0.7}, ["type", "minimum 0.5", "maximum 0.7"]),
    # Items.
    (INTEGERS | {"maxItems": 0}, ["type array", "maxItems 0"]),
    (INTEGERS | {"maxItems": 1}, ["type array", "maxItems 1", "[*]: type integer"]),
    (INTEGERS | {"minItems": 9}, ["type array", "minItems 9", "[*]: type integer"]),
    (INTEGERS | {"minItems": 2, "maxItems": 2}, ["type array", "minItems 2", "maxItems 2", "[*]: type integer"]),
    (
        {"items": {"type": "integer", "minimum": 5, "maximum": 1}, "maxItems": 2},
        ["[*]: type", "[*]: minimum", "[*]: maximum"],
    ),
]

# No text breaks the pattern and keeps to the length, which nobody can tell without trying.
ENTANGLED = {"type": "string", "pattern": "a*", "maxLength": 0}

REFUSED: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"$ref": f"{REF}/Word", "maxLength": 1}, NotImplementedError, r"schemas/New: .*\['maxLength'\] beside \$ref"),
    ({"items": {"$ref": f"{REF}/Word", "oneOf": [{}]}}, NotImplementedError, r"New/items: .*\['oneOf'\] beside"),
    ({"$ref": f"{REF}/New"}, NotImplementedError, r"schemas/New: .*comes back to itself"),
    ({"$ref": f"{REF}/No"}, LookupError, "no schema No; it has Alias"),
    ({"$ref": f"{REF}/Inner/properties/no"}, LookupError, "no schema Inner/properties/no"),
    ({"$ref": "other.json#/a"}, LookupError, "no schema other.json#/a"),
    ({"$ref": 5}, LookupError, "no schema 5"),
    ({"items": {"multipleOf": 2}}, NotImplementedError, r"schemas/New/items: .*\['multipleOf'\]"),
    ({"properties": {"a": {"$ref": f"{REF}/Bad"}}}, NotImplementedError, r"schemas/Bad: .*\['const'\]"),
    ({"items": False}, NotImplementedError, "schemas/New/items: .*False"),
    ({"properties": {"a": {"not": {}}}}, NotImplementedError, "New/properties/a: .*not {}"),
    ({"not": {"enum": [1], "pattern": "a"}}, NotImplementedError, "only for not with enum"),
    ({"type": "str"}, NotImplementedError, "schemas/New: .*type, which is no JSON Schema"),
    ({"items": {"type": "str"}}, NotImplementedError, "schemas/New: .*items/type, which is no JSON Schema"),
    ({"properties": []}, NotImplementedError, "properties, which is no JSON Schema"),
    ({"propertyNames": {"pattern": r"^\p{L}+$"}}, NotImplementedError, r"New/propertyNames: .*Python cannot read"),
    ({"type": "number", "format": "ipv4"}, NotImplementedError, "the format ipv4 of number"),
    ({"type": "string", "format": "int32"}, NotImplementedError, "the format int32 of string"),
]

IMPOSSIBLE: list[dict[str, Any]] = [
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


def in_document(schema: dict[str, Any]) -> dict[str, Any]:
    return {"components": {"schemas": {"New": schema, "Bad": {"const": 1}, **OTHERS}}}


@pytest.mark.parametrize("schema", [*(schema for schema, _ in KEPT), ENTANGLED])
@given(data=st.data())
@settings(max_examples=examples(30, 400), suppress_health_check=SLOW)
def test_what_is_drawn_is_valid(data: st.DataObject, schema: dict[str, Any]) -> None:
    """By the judgement of the validator, with unknown fields and without."""
    document = in_document(schema)
    judge = make_validator("New", document)

    judge.validate(data.draw(from_schema("New", document=document)))
    judge.validate(data.draw(from_schema("New", document=document, extra_fields=True)))


@pytest.mark.parametrize(("schema", "names"), KEPT)
def test_what_is_invalid_breaks_just_what_it_is_named_after(schema: dict[str, Any], names: list[str]) -> None:
    """Every constraint that can be broken by itself is there, and the validator complains of it alone."""
    document = in_document(schema)
    found = constraints("New", document=document)

    told = [each.name.removeprefix("$").removeprefix(": ") for each in found]
    assert len(told) == len(names), told
    assert all(name.startswith(begin) for name, begin in zip(told, names, strict=True)), told
    for constraint in found:
        is_only_complaint(constraint, document)


def is_only_complaint(constraint: Constraint, document: dict[str, Any]) -> None:
    words = {"type": {"type", "enum"}, "format": {"format", "minimum", "maximum"}}
    allowed = words.get(constraint.keyword, {constraint.keyword})
    depth = constraint.path.count(".") + constraint.path.count("[") - constraint.path.count(".~")
    judge = make_validator("New", document)

    @given(constraint.broken)
    @settings(max_examples=examples(15, 200), suppress_health_check=SLOW)
    def check(value: Any) -> None:
        complaints = list(judge.iter_errors(value))
        assert complaints, constraint.name
        for error in complaints:
            assert error.schema_path[-1] in allowed, (constraint.name, value, error)
            assert len(error.instance_path) <= depth, (constraint.name, value, error)

    check()


def test_what_nothing_breaks_by_itself_hinders_nothing_else() -> None:
    """The rest of what is invalid is drawn."""
    for name in ("$: type string", "$: maxLength 0"):
        find(invalid(ENTANGLED), lambda found, name=name: found.constraint == name, settings=QUICK)  # type: ignore[misc]


@pytest.mark.parametrize(("schema", "error", "words"), REFUSED)
def test_what_is_not_known_is_refused_by_its_place(schema: dict[str, Any], error: type[Exception], words: str) -> None:
    """At once, for what is valid and for what is not."""
    document = in_document(schema)

    for ask in (from_schema, constraints, invalid):
        with pytest.raises(error, match=words):
            ask("New", document=document)


@pytest.mark.parametrize("schema", IMPOSSIBLE)
def test_what_allows_nothing_is_refused(schema: dict[str, Any]) -> None:
    """At once; but where it is only a part, the part is left out."""
    document = in_document(schema)

    with pytest.raises(NotImplementedError, match="schemas/New: no strategy is known, since no value"):
        from_schema("New", document=document)
    part = {"type": "object", "properties": {"a": {"$ref": f"{REF}/New"}}}
    assert find(from_schema(part, document=document), lambda _: True, settings=QUICK) == {}


@pytest.mark.parametrize(
    ("schema", "own"),
    [({"minimum": 5}, float), ({"pattern": "^a+$"}, str), ({"required": ["a"]}, dict), ({"minItems": 2}, list)],
)
def test_without_a_type_all_types_are_drawn(schema: dict[str, Any], own: type) -> None:
    """That of the keyword among them."""
    for kind in {own, str, bool, list, dict, type(None)}:
        find(from_schema(schema), lambda value, kind=kind: isinstance(value, kind), settings=QUICK)  # type: ignore[misc]


def test_what_asks_for_nothing_cannot_be_broken() -> None:
    """And that is said."""
    every = ["string", "null", "number", "boolean", "array", "object"]
    for schema in ({}, {"type": every}, {"description": "Anything."}):
        with pytest.raises(ValueError, match="the schema: it asks for nothing that a value could break"):
            invalid(schema)


def test_a_document_needs_no_components() -> None:
    """Until one is asked for."""
    with pytest.raises(LookupError, match="no schema New; it has none"):
        from_schema("New", document={})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert find(from_schema({"type": "null"}, document={}), lambda _: True) is None
