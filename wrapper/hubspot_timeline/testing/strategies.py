"""Hypothesis strategies of JSON values that a document's schemas allow, so that a new field needs no new code here."""

import re
from collections.abc import Mapping
from typing import Any

from attrs import frozen
from hypothesis import strategies as st

from hubspot_timeline.testing.formats import INTEGERS, STRINGS, Format
from hubspot_timeline.testing.schemas import Json, Schema, Schemas, kinds

_MOST = 3  # items and names of what may have any number of them
_MOST_AT_THE_EDGE = 1_000
_numbers = st.floats(allow_nan=False, allow_infinity=False)
_scalars = st.none() | st.booleans() | st.integers() | _numbers | st.text()
anything = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8
)
"""Any JSON value."""


def from_schema(schema: str | Schema, *, document: Mapping[str, Any] | None = None, extra_fields: bool = False) -> Json:
    """Return a strategy of JSON values that are valid against a schema, given by its name or itself.

    `document` is the OpenAPI document that has the schema, as parsed; the shipped one if it is left out. Objects hold
    only the properties that the schema names, so that what is drawn can be sent; with `extra_fields` they also hold
    some that it does not know, as a newer service's do. Free-form objects hold any JSON. Raises LookupError for an
    unknown name, NotImplementedError for a keyword that is not known here.
    """
    return ValidValues(Schemas.of(document), extra_fields=extra_fields).of(schema)


@frozen
class ValidValues:
    """Makes the strategies of one document."""

    schemas: Schemas
    extra_fields: bool = False

    def of(self, schema: str | Schema) -> Json:
        """Return a strategy of the values that a schema allows."""
        if isinstance(schema, Mapping) and "$ref" in schema:
            return st.deferred(lambda: self.of(self.schemas.resolve(schema)))  # it may hold itself
        schema = self.schemas.resolve(schema)
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        if "type" not in schema:
            return anything
        return st.one_of(*(self._by_type(kind, schema) for kind in kinds(schema)))

    def object_with(self, schema: Schema, given: Mapping[str, Json]) -> Json:
        """Return a strategy of the objects that a schema allows, but for the properties whose values are given."""
        properties = {name: self.of(inner) for name, inner in schema.get("properties", {}).items()}
        must = {*schema.get("required", ()), *given}
        named = st.fixed_dictionaries(
            {name: properties.get(name, anything) for name in must} | dict(given),
            optional={name: values for name, values in properties.items() if name not in must},
        )
        return st.builds(lambda others, own: others | own, self._others(schema, frozenset(properties) | must), named)

    def array_with(self, schema: Schema, given: Json) -> Json:
        """Return a strategy of arrays of a schema that hold one item of another strategy."""
        items = st.lists(self.of(schema["items"]), max_size=2)
        return st.builds(lambda before, item, after: [*before, item, *after], items, given, items)

    def names(self, schema: Schema) -> st.SearchStrategy[str]:
        """Return a strategy of the names that properties may have which an object's schema does not name."""
        return _texts(schema.get("propertyNames", {}))

    def _others(self, schema: Schema, named: frozenset[str]) -> st.SearchStrategy[dict[str, Any]]:
        """Return a strategy of the properties that a schema does not name."""
        values = schema.get("additionalProperties", True)
        if values is False or (schema.get("properties") and not self.extra_fields):
            return st.just({})
        names = self.names(schema).filter(lambda name: name not in named)
        return st.dictionaries(names, anything if values is True else self.of(values), max_size=_MOST)

    def _by_type(self, kind: str, schema: Schema) -> Json:
        match kind:
            case "object":
                return self.object_with(schema, {})
            case "array":
                return self._array(schema)
            case _:
                return scalars(kind, schema)

    def _array(self, schema: Schema) -> Json:
        items, least, most = self.of(schema.get("items", {})), schema.get("minItems", 0), schema.get("maxItems")
        few = st.lists(items, min_size=least, max_size=min(least + _MOST, least + _MOST if most is None else most))
        if most is None or most > _MOST_AT_THE_EDGE:
            return few
        # At its edge of one item, since so many different ones take long to draw.
        return few | few | few | items.map(lambda item: [item] * most)


def scalars(kind: str, schema: Schema) -> Json:
    """Return a strategy of the values of a scalar type that a schema allows."""
    match kind:
        case "string":
            return _texts(schema)
        case "integer":
            within = _format(INTEGERS, schema)
            bounded = st.integers(schema.get("minimum"), schema.get("maximum"))
            return within.valid.filter(lambda number: _is_within(number, schema)) if within else bounded
        case "number":
            return st.floats(schema.get("minimum"), schema.get("maximum"), allow_nan=False, allow_infinity=False)
        case "boolean":
            return st.booleans()
        case _:
            return st.none()


def _texts(schema: Schema) -> st.SearchStrategy[str]:
    within = _format(STRINGS, schema)
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    reserved = schema.get("not", {}).get("enum", ())
    texts: st.SearchStrategy[str] = st.text(min_size=least, max_size=most)
    if "pattern" in schema:
        texts = st.from_regex(_pattern(schema), fullmatch=True)
    if within:
        texts = within.valid
    return texts.filter(lambda text: text not in reserved and least <= len(text) <= (most or len(text)))


def _pattern(schema: Schema) -> re.Pattern[str]:
    return re.compile(schema["pattern"])


def _format(known: Mapping[str, Format], schema: Schema) -> Format | None:
    name = schema.get("format")
    if name is not None and name not in known:
        raise NotImplementedError(f"no strategy is known for the format {name}")
    return known[name] if name else None


def _is_within(number: float, schema: Schema) -> bool:
    return bool(schema.get("minimum", number) <= number <= schema.get("maximum", number))
