"""What each keyword of a schema asks of a value, and values that break just that."""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, TypeAlias

from hypothesis import strategies as st

from hubspot_timeline.testing.formats import INTEGERS, STRINGS
from hubspot_timeline.testing.schemas import Json, Schema, kinds
from hubspot_timeline.testing.strategies import ValidValues, anything

Broken: TypeAlias = Iterator[tuple[str, Any, Json]]
"""Keyword, argument, values that break it."""

_BY_TYPE: Mapping[str, Json] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "integer": st.integers(),
    "number": st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: not number.is_integer()),
    "string": st.text(),
    "array": st.lists(anything, max_size=2),
    "object": st.dictionaries(st.text(), anything, max_size=2),
}


def broken_value(schema: Schema, valid: ValidValues) -> Broken:
    """Yield what a schema itself asks for, not what it asks of what is within."""
    if "type" in schema:
        yield "type", schema["type"], _of_other_types(kinds(schema))
    if "enum" in schema:
        yield "enum", schema["enum"], st.text().filter(lambda text: text not in schema["enum"])
    elif "string" in kinds(schema):
        yield from broken_text(schema)
    yield from _broken_number(schema)
    yield from _broken_array(schema, valid)
    yield from _broken_object(schema, valid)


def broken_text(schema: Schema) -> Broken:
    """Yield what a schema asks of a text, or of the name of a property."""
    if schema.get("format") in STRINGS:
        yield "format", schema["format"], STRINGS[schema["format"]].broken
    if "pattern" in schema:
        yield "pattern", schema["pattern"], _unlike(schema["pattern"])
    if "not" in schema:
        yield "not", schema["not"], st.sampled_from(schema["not"]["enum"])
    if schema.get("minLength"):
        yield "minLength", schema["minLength"], st.text(max_size=schema["minLength"] - 1)
    if "maxLength" in schema:
        yield "maxLength", schema["maxLength"], st.text(min_size=schema["maxLength"] + 1)


def _of_other_types(allowed: list[str]) -> Json:
    taken = {*allowed, *(["integer"] if "number" in allowed else [])}
    return st.one_of(*(values for kind, values in _BY_TYPE.items() if kind not in taken))


def _unlike(pattern: str) -> Json:
    """Return a strategy of texts that a pattern does not match: any, and such as nearly do."""
    near = st.builds(lambda text, tail: text + tail, st.from_regex(pattern, fullmatch=True), st.characters())
    return (st.text() | near).filter(lambda text: not re.search(pattern, text))


def _broken_number(schema: Schema) -> Broken:
    if schema.get("format") in INTEGERS:
        yield "format", schema["format"], INTEGERS[schema["format"]].broken
    if "minimum" in schema:
        yield "minimum", schema["minimum"], st.integers(max_value=schema["minimum"] - 1)
    if "maximum" in schema:
        yield "maximum", schema["maximum"], st.integers(min_value=schema["maximum"] + 1)


def _broken_array(schema: Schema, valid: ValidValues) -> Broken:
    items = valid.of(schema.get("items", {}))
    if schema.get("minItems"):
        yield "minItems", schema["minItems"], st.lists(items, max_size=schema["minItems"] - 1)
    if "maxItems" in schema:  # one item many times, since so many different ones take long to draw
        yield "maxItems", schema["maxItems"], items.map(lambda item: [item] * (schema["maxItems"] + 1))


def _broken_object(schema: Schema, valid: ValidValues) -> Broken:
    whole = valid.object_with(schema, {})
    for name in schema.get("required", ()):
        yield "required", name, whole.map(partial(_without, name))
    if schema.get("additionalProperties") is False:
        names = st.text().filter(lambda name: name not in schema.get("properties", {}))
        more = st.dictionaries(names, anything, min_size=1, max_size=2)
        yield "additionalProperties", False, st.builds(lambda found, other: other | found, whole, more)


def _without(name: str, found: dict[str, Any]) -> dict[str, Any]:
    return {other: value for other, value in found.items() if other != name}
