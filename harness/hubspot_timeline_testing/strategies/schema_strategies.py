"""Builds Hypothesis strategies for the JSON values that a schema allows: objects, arrays, enums, any JSON."""

from collections.abc import Container, Mapping
from typing import Any

from attrs import field, frozen
from hypothesis import strategies as st

from hubspot_timeline_testing.strategies.schemas import (
    KEYWORDS,
    JsonStrategy,
    Schema,
    Schemas,
    is_valid_for,
    types_of,
)
from hubspot_timeline_testing.strategies.valid_scalars import valid_scalars

_MAX_EXTRA = 3  # more items than minItems, and properties that the schema does not name
_LONGEST_EDGE = 1_000  # the largest maxItems that is generated
_finite = st.floats(allow_nan=False, allow_infinity=False)
_any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | _finite | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@frozen
class SchemaStrategies:
    """Builds the strategies of one document."""

    schemas: Schemas
    extra_fields: bool = False
    _by_reference: dict[str, JsonStrategy] = field(factory=dict, eq=False)

    def valid(self, schema: str | bool | Schema) -> JsonStrategy:
        """Return a strategy for the values that a schema allows."""
        if isinstance(schema, Mapping) and "$ref" in schema:
            deferred = st.deferred(lambda: self.valid(self.schemas.resolve(schema)))  # schemas may be recursive
            return self._by_reference.setdefault(schema["$ref"], deferred)
        schema = self.schemas.resolve(schema)
        if "enum" in schema:
            return sampled(self.enum_values(schema))
        if not KEYWORDS & schema.keys():
            return _any_json
        values = st.one_of(*(self._of_type(json_type, schema) for json_type in types_of(schema)))
        return values.filter(is_valid_for(schema, "not")) if "not" in schema else values

    def enum_values(self, schema: Schema) -> list[Any]:
        """Return the values of an enum that the other keywords of its schema allow."""
        is_valid = self.schemas.validator(schema).is_valid
        return [value for value in schema["enum"] if is_valid(value)]

    def object_with(self, schema: Schema, replaced: Mapping[str, JsonStrategy]) -> JsonStrategy:
        """Return a strategy for the objects that a schema allows, with the values of some properties replaced."""
        properties = {name: self.valid(inner) for name, inner in schema.get("properties", {}).items()} | dict(replaced)
        required = [*schema.get("required", ()), *replaced]
        name_schema = self.schemas.resolve(schema.get("propertyNames", {}))
        is_name = self.schemas.validator({"type": "string"} | dict(name_schema)).is_valid
        by_name = dict.fromkeys(required, self.additional_values(schema)) | properties
        by_name = {name: values if is_name(name) else st.nothing() for name, values in by_name.items()}
        named = st.fixed_dictionaries(
            {name: values for name, values in by_name.items() if name in required},
            optional={name: values for name, values in by_name.items() if name not in required},
        )
        others = self._additional_properties(schema, by_name)
        return st.tuples(others, named).map(lambda parts: parts[0] | parts[1])  # builds() would hide an empty strategy

    def array_with(self, schema: Schema, item: JsonStrategy) -> JsonStrategy:
        """Return a strategy for arrays of a schema, with one item from another strategy."""
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        if most == 0:
            return st.nothing()
        size = {"minItems": max(least - 1, 0), "maxItems": least + 1 if most is None else min(least + 1, most - 1)}
        parts = st.tuples(self._array({**schema, **size}), item, st.integers(0, 2))
        return parts.map(lambda part: [*part[0][: part[2]], part[1], *part[0][part[2] :]])

    def property_names(self, schema: Schema, known: Container[str]) -> st.SearchStrategy[str]:
        """Return a strategy for the names that a schema allows, apart from the known names."""
        rules = self.schemas.resolve(schema.get("propertyNames", {}))
        if "string" not in types_of(rules):
            return st.nothing()
        rules = {**rules, "type": "string"}
        if "enum" in rules:
            return sampled([name for name in self.enum_values(rules) if name not in known])
        return self.valid(rules).filter(lambda name: name not in known)

    def additional_values(self, schema: Schema) -> JsonStrategy:
        """Return a strategy for the values of properties that an object's schema does not name."""
        values = schema.get("additionalProperties", True)
        return st.nothing() if values is False else self.valid(values)

    def _additional_properties(self, schema: Schema, known: Container[str]) -> st.SearchStrategy[dict[str, Any]]:
        if schema.get("properties") and not self.extra_fields:
            return st.just({})
        names, values = self.property_names(schema, known), self.additional_values(schema)
        others = st.dictionaries(names, values, min_size=1, max_size=_MAX_EXTRA)
        return st.just({}) | others | others | others

    def _of_type(self, json_type: str, schema: Schema) -> JsonStrategy:
        match json_type:
            case "object":
                return self.object_with(schema, {})
            case "array":
                return self._array(schema)
            case _:
                return valid_scalars(json_type, schema)

    def _array(self, schema: Schema) -> JsonStrategy:
        items, least, most = self.valid(schema.get("items", {})), int(schema.get("minItems", 0)), schema.get("maxItems")
        empty: JsonStrategy = st.nothing() if least else st.builds(list)
        longest = int(least + _MAX_EXTRA if most is None else min(least + _MAX_EXTRA, most))
        if longest < max(least, 1):
            return empty
        short = st.lists(items, min_size=max(least, 1), max_size=longest)
        if most is None or not least + _MAX_EXTRA < most <= _LONGEST_EDGE:
            return empty | short | short | short
        # The longest array repeats one item, since many distinct ones take long to generate.
        return empty | short | short | short | items.map(lambda item: [item] * int(most))


def any_json() -> JsonStrategy:
    """Return a strategy for any JSON value."""
    return _any_json


def sampled(values: list[Any]) -> JsonStrategy:
    """Return a strategy for some values, the empty strategy for none."""
    return st.sampled_from(values) if values else st.nothing()
