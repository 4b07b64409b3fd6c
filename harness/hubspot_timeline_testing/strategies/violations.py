"""For each keyword of a schema, a strategy for values that violate that keyword alone."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from hypothesis import strategies as st

from hubspot_timeline_testing.strategies.invalid_scalars import (
    NUMERIC,
    above_maximum,
    below_minimum,
    invalid_format,
    invalid_pattern,
    narrowed,
    too_long,
    too_short,
    violating,
)
from hubspot_timeline_testing.strategies.schema_strategies import SchemaStrategies, any_json, sampled
from hubspot_timeline_testing.strategies.schemas import JsonStrategy, Schema, types_of

Violations: TypeAlias = Iterator[tuple[str, Any, JsonStrategy]]
"""Keyword, argument, and values that violate it; an empty strategy where no value can violate it alone."""

_ALL_TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")


def violations(schema: Schema, build: SchemaStrategies) -> Violations:
    """Yield the violations of the keywords of a schema itself, not of its subschemas."""
    for keyword, (types, violate) in _VIOLATIONS.items():
        if keyword in schema and {*types} & {*types_of(schema)}:
            rest = {other: argument for other, argument in schema.items() if other != keyword}
            yield keyword, schema[keyword], violate(schema[keyword], rest, build)
    if "object" in types_of(schema) and "enum" not in schema:
        yield from _object_violations(schema, build)


def _wrong_type(allowed: str | list[str], rest: Schema, build: SchemaStrategies) -> JsonStrategy:
    excluded = {*types_of({"type": allowed}), *(["integer"] if "number" in allowed else [])}
    others = [json_type for json_type in _ALL_TYPES if json_type not in excluded]
    rest = {keyword: argument for keyword, argument in rest.items() if keyword != "enum"}  # it allows no other type
    return violating(build.valid({**rest, "type": others}), type=allowed)


def _not_in_enum(values: list[Any], rest: Schema, build: SchemaStrategies) -> JsonStrategy:
    if {*types_of(rest)} <= {"boolean", "null"}:
        return build.valid({**rest, "enum": [value for value in (None, False, True) if value not in values]})
    return violating(build.valid(rest), enum=values)


def _excluded(excluded: Mapping[str, Any], rest: Schema, build: SchemaStrategies) -> JsonStrategy:
    return sampled(build.enum_values({**rest, "enum": [*excluded["enum"]]}) if "enum" not in rest else [])


def _too_few_items(least: int, rest: Schema, build: SchemaStrategies) -> JsonStrategy:
    return build.valid(narrowed(rest, "array", maxItems=least - 1)) if least else st.nothing()


def _too_many_items(most: int, rest: Schema, build: SchemaStrategies) -> JsonStrategy:
    if "enum" in rest:
        return build.valid(narrowed(rest, "array", minItems=most + 1))
    # One item, repeated, since many distinct ones take long to generate.
    return build.valid(rest.get("items", {})).map(lambda item: [item] * max(most + 1, rest.get("minItems", 0)))


def _object_violations(schema: Schema, build: SchemaStrategies) -> Violations:
    objects = build.object_with(schema, {})
    for name in schema.get("required", ()):
        yield "required", name, objects.map(_without(name))
    if schema.get("additionalProperties") is False:
        names = build.property_names(schema, schema.get("properties", {}))
        others = st.dictionaries(names, any_json(), min_size=1, max_size=2)
        yield "additionalProperties", False, st.tuples(others, objects).map(lambda parts: parts[0] | parts[1])


def _without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda value: {other: inner for other, inner in value.items() if other != name}


_VIOLATIONS: Mapping[str, tuple[tuple[str, ...], Callable[[Any, Schema, SchemaStrategies], JsonStrategy]]] = {
    "type": (_ALL_TYPES, _wrong_type),
    "enum": (_ALL_TYPES, _not_in_enum),
    "format": (_ALL_TYPES, invalid_format),
    "pattern": (("string",), invalid_pattern),
    "not": (_ALL_TYPES, _excluded),
    "minLength": (("string",), too_short),
    "maxLength": (("string",), too_long),
    "minimum": (NUMERIC, below_minimum),
    "maximum": (NUMERIC, above_maximum),
    "minItems": (("array",), _too_few_items),
    "maxItems": (("array",), _too_many_items),
}
