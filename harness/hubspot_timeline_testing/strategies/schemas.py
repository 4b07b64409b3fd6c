"""The schemas of an OpenAPI document, as far as the strategies support JSON Schema."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from attrs import frozen
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from hubspot_timeline_testing import openapi
from hubspot_timeline_testing.openapi.documents import SCHEMAS, Document
from hubspot_timeline_testing.openapi.validators import make_validator

JsonStrategy: TypeAlias = st.SearchStrategy[Any]
Schema: TypeAlias = Mapping[str, Any]

_APPLICATORS = {"items", "properties", "additionalProperties", "propertyNames"}
KEYWORDS = _APPLICATORS | {
    *("type", "enum", "format", "not", "pattern", "minLength", "maxLength", "minimum", "maximum"),
    *("minItems", "maxItems", "required"),
}
"""The supported keywords that constrain a value."""

_ANNOTATIONS = {"title", "summary", "description", "default", "examples", "example", "deprecated"}


@frozen
class Schemas:
    """The schemas of one document."""

    document: Document

    @classmethod
    def of(cls, document: Document | None) -> "Schemas":
        """Return the schemas of a document, of the document of the generated client for None."""
        return cls(openapi.document() if document is None else document)

    def resolve(self, schema: str | bool | Schema, location: str = "the schema") -> Schema:
        """Return a schema, given by component name or inline, with its reference followed.

        `location` is for error messages. Raises LookupError for a reference that leads nowhere, NotImplementedError
        for a constraint beside a reference, for a circular reference, and for `false`: no constraint is ignored.
        """
        resolved: Any = {"$ref": location_of(schema)} if isinstance(schema, str) else schema
        visited = set[str]()
        while isinstance(resolved, Mapping) and "$ref" in resolved:
            if siblings := unsupported_keywords(resolved, _ANNOTATIONS | {"$ref"}):
                raise unsupported_error(location, f"{siblings} beside $ref")
            location = resolved["$ref"]
            if location in visited:
                raise unsupported_error(location, "a circular $ref")
            visited.add(location)
            resolved = openapi.resolve_reference(self.document, location)
        if not isinstance(resolved, Mapping) and resolved is not True:
            raise unsupported_error(location, f"{resolved!r} as a schema")
        return {} if resolved is True else resolved

    def validator(self, schema: str | Schema) -> Draft202012Validator:
        """Return a validator of a schema, compiled with the document's components only if it may refer to them."""
        is_scalar = isinstance(schema, Mapping) and not (_APPLICATORS | {"$ref"}) & schema.keys()
        return make_validator(schema, {"components": {} if is_scalar else self.document.get("components", {})})


def location_of(schema: str | Schema) -> str:
    """Return the location of a schema for error messages: the JSON pointer of a component schema."""
    return f"{SCHEMAS}{schema}" if isinstance(schema, str) else "the schema"


def unsupported_error(location: str, feature: str) -> NotImplementedError:
    """Return the error for a feature of JSON Schema that is not supported, so that no constraint is ignored."""
    return NotImplementedError(
        f"{location}: no strategy supports {feature}; use a schema without it, and filter the values"
    )


def unsupported_keywords(schema: Schema, supported: set[str] = KEYWORDS | _ANNOTATIONS) -> list[str]:
    """Return the keywords of a schema that are not supported; extensions such as `x-source` constrain nothing."""
    return sorted(keyword for keyword in schema if keyword not in supported and not keyword.startswith("x-"))


def is_valid_for(schema: Schema, *keywords: str) -> Callable[[Any], bool]:
    """Return a predicate: whether a value is valid against these keywords of a schema, by the validator."""
    constraints = {keyword: schema[keyword] for keyword in keywords if keyword in schema}
    return make_validator(constraints, {"components": {}}).is_valid


def types_of(schema: Schema) -> list[str]:
    """Return the JSON types that a schema allows; all types where it has no `type`."""
    types = schema.get("type", ["null", "boolean", "number", "string", "array", "object"])
    return [types] if isinstance(types, str) else list(types)
