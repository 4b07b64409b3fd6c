"""Schemas with every supported keyword, each with the names of its constraints, and a document around a schema."""

from typing import Any

from hypothesis import HealthCheck, Phase, settings

SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
FIND = settings(max_examples=500, phases=[Phase.generate], suppress_health_check=SLOW)
"""Finds an example without shrinking it."""

REF = "#/components/schemas"
_INTEGERS = {"type": "array", "items": {"type": "integer"}}
_COMPONENTS = {
    "Inner": {"type": "object", "properties": {"id": {"type": "integer"}, "a/b": {"type": "boolean"}}},
    "id": {"type": "string"},
    "Word": {"type": "string", "minLength": 2, "enum": ["aa", "b"]},
    "Alias": {"$ref": f"{REF}/Word", "description": "The same."},
    "Const": {"const": 1},
}


def in_document(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a document in which a schema has the name New."""
    return {"components": {"schemas": {"New": schema, **_COMPONENTS}}}


# The names start with these texts, after the `$` of the path.
SUPPORTED: list[tuple[dict[str, Any], list[str]]] = [
    # Without a type, a keyword constrains only the values of its own type.
    ({}, []),
    ({"minimum": 5}, ["minimum 5"]),
    ({"pattern": "^a+$"}, ["pattern ^a+$"]),
    ({"format": "date"}, ["format date"]),
    ({"properties": {"a": {"type": "string"}}, "required": ["a"]}, ["required a", ".a: type string"]),
    ({"maxItems": 1, "items": {"type": "integer"}}, ["maxItems 1", "[*]: type integer"]),
    # Types.
    ({"type": "string", "minimum": 3}, ["type string"]),
    ({"type": "boolean"}, ["type boolean"]),
    ({"type": ["number", "null"]}, ["type ['number', 'null']"]),
    ({"type": ["integer", "string"], "minimum": 3, "minLength": 1}, ["type", "minLength 1", "minimum 3"]),
    # References.
    ({"$ref": f"{REF}/Inner", "description": "As it is."}, ["type object", ".id: type integer", ".a/b: type boolean"]),
    ({"properties": {"q": {"$ref": f"{REF}/Inner/properties/id"}}, "required": ["q"]}, ["required q", ".q: type"]),
    ({"properties": {"q": {"$ref": f"{REF}/Inner/properties/a~1b"}}}, [".q: type boolean"]),
    ({"type": "object", "propertyNames": {"$ref": f"{REF}/Alias"}}, ["type object", ".~: enum", ".~: minLength 2"]),
    ({"type": "object", "properties": {"again": {"$ref": f"{REF}/New"}}}, ["type object"]),
    (
        {
            "type": "object",
            "required": ["v"],
            "properties": {"v": {"type": "integer"}, "c": {"items": {"$ref": f"{REF}/New"}}},
        },
        ["type object", "required v", ".v: type integer"],
    ),
    # Property names.
    ({"type": "object", "propertyNames": {"enum": ["a", "b"]}}, ["type object", ".~: enum ['a', 'b']"]),
    ({"propertyNames": {"enum": ["a"]}, "properties": {"a": {}, "c": {}}}, [".~: enum ['a']"]),
    ({"propertyNames": {"type": "integer"}}, []),
    ({"propertyNames": {"pattern": "^[a-c]"}, "properties": {"d": {"type": "null"}}}, [".~: pattern ^[a-c]"]),
    ({"required": ["a"], "additionalProperties": {"type": "integer"}}, ["required a", ".*: type integer"]),
    ({"additionalProperties": False, "properties": {"a": {}}}, ["additionalProperties False"]),
    (
        {"additionalProperties": False, "propertyNames": {"maxLength": 1}, "properties": {"a": {}, "bc": {}}},
        ["additionalProperties False"],
    ),
    ({"properties": {"a": True}, "required": ["a"]}, ["required a"]),
    # Enums.
    ({"not": {"enum": ["a", 1]}}, ["not {'enum': ['a', 1]}"]),
    ({"type": "integer", "not": {"enum": [0, 1]}, "minimum": 0, "maximum": 3}, ["type", "not", "minimum", "maximum"]),
    ({"type": "string", "pattern": "^(a|log)$", "not": {"enum": ["log"]}}, ["type", "pattern", "not"]),
    ({"type": "string", "enum": ["a", 1]}, ["type string", "enum ['a', 1]"]),
    ({"type": "string", "enum": ["a", "bbb"], "minLength": 2}, ["type", "enum ['a', 'bbb']", "minLength 2"]),
    ({"type": "string", "enum": ["a", "1"], "pattern": "a"}, ["type", "enum ['a', '1']", "pattern a"]),
    ({"type": "integer", "enum": [1, 2]}, ["type integer", "enum [1, 2]"]),
    ({"type": ["string", "null"], "enum": ["a", None]}, ["type", "enum ['a', None]"]),
    ({"type": "boolean", "enum": [True]}, ["type boolean", "enum [True]"]),
    ({"type": "boolean", "enum": [True, False]}, ["type boolean"]),
    ({"type": "object", "enum": [{"a": 1}, {}], "required": ["a"]}, ["type object", "enum [{'a': 1}, {}]"]),
    # Strings.
    ({"type": "string", "minLength": 2, "maxLength": 3}, ["type string", "minLength 2", "maxLength 3"]),
    ({"type": "string", "pattern": r"^\d{2}$"}, ["type string", r"pattern ^\d{2}$"]),
    ({"type": "string", "pattern": r"^\w\s$"}, ["type string", r"pattern ^\w\s$"]),
    ({"type": "string", "pattern": "^[a-z]*$", "maxLength": 3}, ["type", "pattern ^[a-z]*$", "maxLength 3"]),
    ({"type": "string", "pattern": "^[a-z]+$", "minLength": 1}, ["type", "pattern ^[a-z]+$"]),
    ({"type": "string", "pattern": "^[a-z]+$", "minLength": 40}, ["type", "pattern ^[a-z]+$", "minLength 40"]),
    ({"type": "string", "pattern": "b", "minLength": 4}, ["type", "pattern b", "minLength 4"]),
    ({"type": "string", "format": "date"}, ["type string", "format date"]),
    ({"type": "string", "format": "uuid", "minLength": 36, "maxLength": 36}, ["type", "format uuid"]),
    # Numbers.
    ({"type": "number", "format": "int32"}, ["type number", "format int32"]),
    ({"type": "number", "format": "double"}, ["type number"]),
    ({"type": "integer", "format": "int32", "minimum": 0}, ["type integer", "format int32", "minimum 0"]),
    ({"type": "integer", "format": "int32", "minimum": 1, "maximum": 9}, ["type", "minimum 1", "maximum 9"]),
    ({"type": "integer", "format": "int64"}, ["type integer", "format int64"]),
    ({"type": "integer", "minimum": 0.5}, ["type integer", "minimum 0.5"]),
    ({"type": "number", "minimum": 0.5, "maximum": 0.7}, ["type", "minimum 0.5", "maximum 0.7"]),
    # Arrays.
    (_INTEGERS | {"maxItems": 0}, ["type array", "maxItems 0"]),
    (_INTEGERS | {"maxItems": 1}, ["type array", "maxItems 1", "[*]: type integer"]),
    (_INTEGERS | {"minItems": 9}, ["type array", "minItems 9", "[*]: type integer"]),
    (_INTEGERS | {"minItems": 2, "maxItems": 2}, ["type array", "minItems 2", "maxItems 2", "[*]: type integer"]),
    (_INTEGERS | {"minItems": 2, "maxItems": 3}, ["type array", "minItems 2", "maxItems 3", "[*]: type integer"]),
    (
        {"items": {"type": "integer", "minimum": 5, "maximum": 1}, "maxItems": 2},
        ["[*]: type", "[*]: minimum", "[*]: maximum"],
    ),
]

# No string violates the pattern and keeps to the length, which only generating values can show.
INSEPARABLE = {"type": "string", "pattern": "a*", "maxLength": 0}
