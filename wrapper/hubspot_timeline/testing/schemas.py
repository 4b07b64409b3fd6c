"""Schemas of an OpenAPI document, as far as the strategies know the language that they are written in."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from attrs import frozen
from hypothesis import strategies as st

from hubspot_timeline import document as shipped

Json: TypeAlias = st.SearchStrategy[Any]
Schema: TypeAlias = Mapping[str, Any]

ASSERTIONS = {
    *("type", "enum", "format", "not", "pattern", "minLength", "maxLength", "minimum", "maximum"),
    *("items", "minItems", "maxItems"),
    *("properties", "required", "additionalProperties", "propertyNames"),
}
_NOTES = {"$ref", "title", "summary", "description", "default", "examples", "example", "deprecated"}


@frozen
class Schemas:
    """The schemas of one document, the shipped one if none is given."""

    document: Mapping[str, Any]

    @classmethod
    def of(cls, document: Mapping[str, Any] | None) -> "Schemas":
        """Return the schemas of a document, of the shipped one for None."""
        return cls(shipped.document() if document is None else document)

    def resolve(self, schema: str | Schema) -> Schema:
        """Return a schema, given by its name in the components or itself, without references.

        Raises LookupError for a name that there is none of, NotImplementedError for a keyword that is unknown here, so
        that none of them is passed over.
        """
        if isinstance(schema, str):
            return self._named(schema)
        if "$ref" in schema:
            return self._named(schema["$ref"].rpartition("/")[2])
        unknown = {word for word in schema if not word.startswith("x-")} - ASSERTIONS - _NOTES
        if unknown or set(schema.get("not", {})) - {"enum"}:
            raise NotImplementedError(f"no strategy is known for {sorted(unknown) or 'not'} of {dict(schema)!r}")
        return schema

    def _named(self, name: str) -> Schema:
        found = self.document["components"]["schemas"]
        if name not in found:
            raise LookupError(f"the document has no schema {name}; it has {', '.join(sorted(found))}")
        return self.resolve(found[name])


def kinds(schema: Schema) -> list[str]:
    """Return the JSON types that a schema allows; all of them where it names none."""
    named = schema.get("type", ["null", "boolean", "number", "string", "array", "object"])
    return [named] if isinstance(named, str) else list(named)
