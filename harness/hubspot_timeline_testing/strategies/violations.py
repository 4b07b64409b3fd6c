"""What each keyword of a schema asks of a value, and values that break just that."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeAlias

from hypothesis import strategies as st

from hubspot_timeline_testing.strategies.invalid_scalars import (
    NUMERIC,
    above,
    below,
    broken_format,
    broken_max_length,
    broken_min_length,
    broken_pattern,
    only,
    unlike,
)
from hubspot_timeline_testing.strategies.schema_strategies import ValidValues, anything, sampled
from hubspot_timeline_testing.strategies.schemas import Json, Schema, kinds

Broken: TypeAlias = Iterator[tuple[str, Any, Json]]
"""Keyword, argument, values that break it; of nothing if none can break it and keep to the rest of the schema."""

_ALL = ("null", "boolean", "integer", "number", "string", "array", "object")


def broken_value(schema: Schema, valid: ValidValues) -> Broken:
    """Yield what a schema itself asks for, not what it asks of what is within."""
    for word, (concerned, broken) in _BROKEN.items():
        if word in schema and {*concerned} & {*kinds(schema)}:
            rest = {other: asked for other, asked in schema.items() if other != word}
            yield word, schema[word], broken(schema[word], rest, valid)
    if "object" in kinds(schema) and "enum" not in schema:
        yield from _broken_object(schema, valid)


def _type(allowed: str | list[str], rest: Schema, valid: ValidValues) -> Json:
    taken = {*kinds({"type": allowed}), *(["integer"] if "number" in allowed else [])}
    others = [kind for kind in _ALL if kind not in taken]
    free = {word: asked for word, asked in rest.items() if word != "enum"}  # what is of another type is no word of it
    return unlike(valid.of({**free, "type": others}), type=allowed)


def _enum(words: list[Any], rest: Schema, valid: ValidValues) -> Json:
    if {*kinds(rest)} <= {"boolean", "null"}:
        return valid.of({**rest, "enum": [word for word in (None, False, True) if word not in words]})
    return unlike(valid.of(rest), enum=words)


def _not(excluded: Mapping[str, Any], rest: Schema, valid: ValidValues) -> Json:
    return sampled(valid.words({**rest, "enum": [*excluded["enum"]]}) if "enum" not in rest else [])


def _min_items(least: int, rest: Schema, valid: ValidValues) -> Json:
    return valid.of(only(rest, "array", maxItems=least - 1)) if least else st.nothing()


def _max_items(most: int, rest: Schema, valid: ValidValues) -> Json:
    if "enum" in rest:
        return valid.of(only(rest, "array", minItems=most + 1))
    # One item many times, since so many different ones take long to draw.
    return valid.of(rest.get("items", {})).map(lambda item: [item] * max(most + 1, rest.get("minItems", 0)))


def _broken_object(schema: Schema, valid: ValidValues) -> Broken:
    whole = valid.object_with(schema, {})
    for name in schema.get("required", ()):
        yield "required", name, whole.map(partial(_without, name))
    if schema.get("additionalProperties") is False:
        names = valid.names(schema, schema.get("properties", {}))
        more = st.dictionaries(names, anything, min_size=1, max_size=2)
        yield "additionalProperties", False, st.tuples(more, whole).map(lambda both: both[0] | both[1])


def _without(name: str, found: dict[str, Any]) -> dict[str, Any]:
    return {other: value for other, value in found.items() if other != name}


_BROKEN: Mapping[str, tuple[tuple[str, ...], Callable[[Any, Schema, ValidValues], Json]]] = {
    "type": (_ALL, _type),
    "enum": (_ALL, _enum),
    "format": (_ALL, broken_format),
    "pattern": (("string",), broken_pattern),
    "not": (_ALL, _not),
    "minLength": (("string",), broken_min_length),
    "maxLength": (("string",), broken_max_length),
    "minimum": (NUMERIC, below),
    "maximum": (NUMERIC, above),
    "minItems": (("array",), _min_items),
    "maxItems": (("array",), _max_items),
}
