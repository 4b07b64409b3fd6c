"""Rejects schemas with unsupported keywords or formats, with their location, before any value is generated."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema_rs import ValidationError, meta

from hubspot_timeline_testing.openapi.validators import INTEGER_RANGES
from hubspot_timeline_testing.strategies.formats import NUMBER_FORMATS, STRING_FORMATS
from hubspot_timeline_testing.strategies.schemas import (
    Schema,
    Schemas,
    location_of,
    types_of,
    unsupported_error,
    unsupported_keywords,
)

_FORMATS = {
    "string": {*STRING_FORMATS},
    "integer": {*INTEGER_RANGES},
    "number": {*INTEGER_RANGES, *NUMBER_FORMATS},
}


def reject_unsupported(schemas: Schemas, schema: str | Schema) -> None:
    """Raise NotImplementedError for an unsupported feature of a schema or a subschema, LookupError for a bad $ref."""
    location = location_of(schema)
    _check(schemas, {"$ref": location} if isinstance(schema, str) else schema, location, set())


def _check(schemas: Schemas, schema: Any, location: str, visited: set[int]) -> None:
    resolved = schemas.resolve(schema, location)
    if id(resolved) in visited:
        return
    visited.add(id(resolved))
    if isinstance(schema, Mapping) and "$ref" in schema:
        location = schema["$ref"]
    for feature in _unsupported_features(resolved):
        raise unsupported_error(location, feature)
    for step, subschema in _subschemas(resolved):
        _check(schemas, subschema, f"{location}/{step}", visited)


def _subschemas(schema: Schema) -> Iterator[tuple[str, Any]]:
    """Yield the subschemas of a schema with their relative location; `additionalProperties: false` is not one."""
    yield from ((f"properties/{name}", inner) for name, inner in schema.get("properties", {}).items())
    for keyword in ("items", "propertyNames", "additionalProperties"):
        if keyword in schema and (keyword, schema[keyword]) != ("additionalProperties", False):
            yield keyword, schema[keyword]


def _unsupported_features(schema: Schema) -> Iterator[str]:
    try:
        meta.validate(dict(schema))
    except ValidationError as error:
        yield f"{'/'.join(map(str, error.instance_path))}, which is not valid JSON Schema ({error.message})"
    if keywords := unsupported_keywords(schema):
        yield f"{keywords} of {dict(schema)!r}"
    negated = schema.get("not", {"enum": []})
    if not isinstance(negated, Mapping) or unsupported_keywords(negated, set()) != ["enum"]:
        yield f"not {negated!r}; only `not` with `enum` alone is supported"
    if "format" in schema and not any(schema["format"] in _FORMATS.get(kind, ()) for kind in types_of(schema)):
        yield f"the format {schema['format']} of {' or '.join(types_of(schema))}"
    if "pattern" in schema:
        try:
            re.compile(schema["pattern"], re.ASCII)
        except re.error as error:
            yield f"the pattern {schema['pattern']}, which is not a regular expression of Python ({error})"
