"""What no strategy is known for, said with its place before anything is drawn."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen
from jsonschema_rs import ValidationError, meta

from hubspot_timeline_testing.strategies.formats import INTEGERS, NUMBERS, STRINGS
from hubspot_timeline_testing.strategies.schemas import Schema, Schemas, kinds, place_of, refusal, unknown_words


def refuse_unknown(schemas: Schemas, schema: str | Schema) -> None:
    """Raise NotImplementedError for what is not known of a schema, or of one within it; LookupError for what lacks."""
    place = place_of(schema)
    _Walk(schemas).through({"$ref": place} if isinstance(schema, str) else schema, place)


@frozen
class _Walk:
    _schemas: Schemas
    _been: set[int] = field(factory=set)

    def through(self, schema: Any, place: str) -> None:
        found = self._schemas.resolve(schema, place)
        if id(found) in self._been:
            return
        self._been.add(id(found))
        if isinstance(schema, Mapping) and "$ref" in schema:
            place = schema["$ref"]
        for problem in _problems(found):
            raise refusal(place, problem)
        for step, inner in _within(found):
            self.through(inner, f"{place}/{step}")


def _within(schema: Schema) -> Iterator[tuple[str, Any]]:
    """Yield the schemas that stand in a schema, and where; `additionalProperties: false` asks for no values."""
    yield from ((f"properties/{name}", inner) for name, inner in schema.get("properties", {}).items())
    for word in ("items", "propertyNames"):
        if word in schema:
            yield word, schema[word]
    if schema.get("additionalProperties", False) is not False:
        yield "additionalProperties", schema["additionalProperties"]


def _problems(schema: Schema) -> Iterator[str]:
    try:
        meta.validate(dict(schema))
    except ValidationError as error:
        yield f"{'/'.join(map(str, error.instance_path))}, which is no JSON Schema ({error.message})"
    if unknown := unknown_words(schema):
        yield f"{unknown} of {dict(schema)!r}"
    if "not" in schema and (not isinstance(schema["not"], Mapping) or unknown_words(schema["not"], set()) != ["enum"]):
        yield f"not {schema['not']!r}, only for not with enum"
    yield from _of_format(schema)
    if "pattern" in schema:
        try:
            re.compile(schema["pattern"], re.ASCII)
        except re.error as error:
            yield f"the pattern {schema['pattern']}, which Python cannot read ({error})"


def _of_format(schema: Schema) -> Iterator[str]:
    """Yield a format that none of the allowed types is known to have."""
    known = {"string": {*STRINGS}, "integer": {*INTEGERS}, "number": {*INTEGERS, *NUMBERS}}
    if "format" in schema and not any(schema["format"] in known.get(kind, ()) for kind in kinds(schema)):
        yield f"the format {schema['format']} of {' or '.join(kinds(schema))}"
