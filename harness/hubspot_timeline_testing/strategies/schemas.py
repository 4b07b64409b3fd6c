"""Schemas of an OpenAPI document, as far as the strategies know the language that they are written in."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import unquote

from attrs import frozen
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from hubspot_timeline_testing import openapi as shipped
from hubspot_timeline_testing.openapi.validators import make_validator

Json: TypeAlias = st.SearchStrategy[Any]
Schema: TypeAlias = Mapping[str, Any]

_OF_WHAT_IS_WITHIN = {"items", "properties", "additionalProperties", "propertyNames"}
ASSERTIONS = _OF_WHAT_IS_WITHIN | {
    *("type", "enum", "format", "not", "pattern", "minLength", "maxLength", "minimum", "maximum"),
    *("minItems", "maxItems", "required"),
}
_NOTES = {"title", "summary", "description", "default", "examples", "example", "deprecated"}
_COMPONENTS = "#/components/schemas/"


@frozen
class Schemas:
    """The schemas of one document, the shipped one if none is given."""

    document: Mapping[str, Any]

    @classmethod
    def of(cls, document: Mapping[str, Any] | None) -> "Schemas":
        """Return the schemas of a document, of the shipped one for None."""
        return cls(shipped.document() if document is None else document)

    @property
    def named(self) -> Mapping[str, Schema]:
        """Return the schemas of the components by name."""
        found: Mapping[str, Schema] = self.document.get("components", {}).get("schemas", {})
        return found

    def resolve(self, schema: str | bool | Schema, place: str = "the schema") -> Schema:
        """Return a schema, given by its name in the components or itself, without references.

        `place` is where it stands, for those who are told what is wrong. Raises LookupError for what there is none of,
        NotImplementedError for a constraint beside a reference, for a reference that comes back to itself, and for
        `false`, so that none of them is passed over.
        """
        found: Any = {"$ref": place_of(schema)} if isinstance(schema, str) else schema
        been = set[str]()
        while isinstance(found, Mapping) and "$ref" in found:
            if beside := unknown_words(found, _NOTES | {"$ref"}):
                raise refusal(place, f"{beside} beside $ref")
            place = found["$ref"]
            if place in been:
                raise refusal(place, "a $ref that comes back to itself")
            been.add(place)
            found = self.target(place)
        if not isinstance(found, Mapping) and found is not True:
            raise refusal(place, f"{found!r} as a schema")
        return {} if found is True else found

    def validator(self, schema: str | Schema) -> Draft202012Validator:
        """Return a validator of a schema, with the document's components only where it may refer to them."""
        is_alone = isinstance(schema, Mapping) and not (_OF_WHAT_IS_WITHIN | {"$ref"}) & schema.keys()
        return make_validator(schema, {"components": {} if is_alone else self.document.get("components", {})})

    def target(self, ref: str) -> Any:
        """Follow a JSON pointer into the document."""
        found: Any = self.document
        try:
            for step in steps_of(ref):
                found = found[int(step) if isinstance(found, list) else step]
        except (AttributeError, LookupError, TypeError, ValueError):
            has = ", ".join(sorted(self.named)) or "none"
            raise LookupError(
                f"the document has no schema {str(ref).removeprefix(_COMPONENTS)}; it has {has}"
            ) from None
        return found


def steps_of(ref: str) -> tuple[str, ...]:
    """Return the steps of a JSON pointer into the document."""
    return tuple(unquote(step).replace("~1", "/").replace("~0", "~") for step in ref.removeprefix("#/").split("/"))


def place_of(schema: str | Schema) -> str:
    """Return where a schema stands that is given by its name or itself, for those who are told what is wrong."""
    return f"{_COMPONENTS}{schema}" if isinstance(schema, str) else "the schema"


def refusal(place: str, what: str) -> NotImplementedError:
    """Return the error for what is not known here, so that no constraint is passed over."""
    return NotImplementedError(
        f"{place}: no strategy is known for {what}; give a schema without it, and filter what is drawn"
    )


def unknown_words(schema: Schema, known: set[str] = ASSERTIONS | _NOTES) -> list[str]:
    """Return the keywords of a schema that are none of the known; extensions such as `x-source` ask for nothing."""
    return sorted(word for word in schema if word not in known and not word.startswith("x-"))


def judge(schema: Schema, *words: str) -> Callable[[Any], bool]:
    """Return what tells whether a value keeps to some keywords of a schema, as validators understand them."""
    return make_validator({word: schema[word] for word in words if word in schema}, {"components": {}}).is_valid


def kinds(schema: Schema) -> list[str]:
    """Return the JSON types that a schema allows; all of them where it names none."""
    named = schema.get("type", ["null", "boolean", "number", "string", "array", "object"])
    return [named] if isinstance(named, str) else list(named)
