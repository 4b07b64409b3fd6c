"""Values that are valid, as strategies: objects, arrays, words, and any JSON."""

from collections.abc import Container, Mapping
from typing import Any

from attrs import field, frozen
from hypothesis import strategies as st

from hubspot_timeline_testing.strategies.schemas import ASSERTIONS, Json, Schema, Schemas, judge, kinds
from hubspot_timeline_testing.strategies.valid_scalars import scalars

_MOST = 3  # items and names of what may have any number of them
_MOST_AT_THE_EDGE = 1_000
_numbers = st.floats(allow_nan=False, allow_infinity=False)
_scalars = st.none() | st.booleans() | st.integers() | _numbers | st.text()
anything = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8
)
"""Any JSON value."""


@frozen
class ValidValues:
    """Makes the strategies of one document."""

    schemas: Schemas
    extra_fields: bool = False
    _referred: dict[str, Json] = field(factory=dict, eq=False)

    def of(self, schema: str | bool | Schema) -> Json:
        """Return a strategy of the values that a schema allows."""
        if isinstance(schema, Mapping) and "$ref" in schema:
            made = st.deferred(lambda: self.of(self.schemas.resolve(schema)))  # it may hold itself
            return self._referred.setdefault(schema["$ref"], made)
        schema = self.schemas.resolve(schema)
        if "enum" in schema:
            return sampled(self.words(schema))
        if not ASSERTIONS & schema.keys():
            return anything
        values = st.one_of(*(self._by_type(kind, schema) for kind in kinds(schema)))
        return values.filter(judge(schema, "not")) if "not" in schema else values

    def words(self, schema: Schema) -> list[Any]:
        """Return the values of an enum that the rest of its schema allows."""
        is_valid = self.schemas.validator(schema).is_valid
        return [word for word in schema["enum"] if is_valid(word)]

    def object_with(self, schema: Schema, given: Mapping[str, Json]) -> Json:
        """Return a strategy of the objects that a schema allows, but for the properties whose values are given."""
        properties = {name: self.of(inner) for name, inner in schema.get("properties", {}).items()} | dict(given)
        must = {*schema.get("required", ()), *given}
        may = self.schemas.validator({"type": "string"} | dict(self.schemas.resolve(schema.get("propertyNames", {}))))
        known = {name: values if may.is_valid(name) else st.nothing() for name, values in properties.items()}
        unknown = {name: self.others(schema) if may.is_valid(name) else st.nothing() for name in must}
        named = st.fixed_dictionaries(
            {name: known.get(name, unknown[name]) for name in must},
            optional={name: values for name, values in known.items() if name not in must},
        )
        more = self._more(schema, properties.keys() | must)
        return st.tuples(more, named).map(lambda both: both[0] | both[1])  # builds() hides what is empty

    def array_with(self, schema: Schema, given: Json) -> Json:
        """Return a strategy of arrays of a schema that hold one item of another strategy."""
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        if most == 0:
            return st.nothing()
        room = {"minItems": max(least - 1, 0), "maxItems": least + 1 if most is None else min(least + 1, most - 1)}
        whole = st.tuples(self._array({**schema, **room}), given, st.integers(0, 2))
        return whole.map(lambda parts: [*parts[0][: parts[2]], parts[1], *parts[0][parts[2] :]])

    def names(self, schema: Schema, named: Container[str]) -> st.SearchStrategy[str]:
        """Return a strategy of the names that other properties of an object may have than those that are named."""
        rules = self.schemas.resolve(schema.get("propertyNames", {}))
        if "string" not in kinds(rules):
            return st.nothing()
        if "enum" in rules:
            return sampled([word for word in self.words({**rules, "type": "string"}) if word not in named])
        return self.of({**rules, "type": "string"}).filter(lambda name: name not in named)

    def others(self, schema: Schema) -> Json:
        """Return a strategy of the values of properties that an object's schema does not name."""
        values = schema.get("additionalProperties", True)
        return st.nothing() if values is False else self.of(values)

    def _more(self, schema: Schema, named: Container[str]) -> st.SearchStrategy[dict[str, Any]]:
        """Return a strategy of the properties that a schema does not name."""
        if schema.get("properties") and not self.extra_fields:
            return st.just({})
        some = st.dictionaries(self.names(schema, named), self.others(schema), min_size=1, max_size=_MOST)
        return st.just({}) | some | some | some

    def _by_type(self, kind: str, schema: Schema) -> Json:
        match kind:
            case "object":
                return self.object_with(schema, {})
            case "array":
                return self._array(schema)
            case _:
                return scalars(kind, schema)

    def _array(self, schema: Schema) -> Json:
        items, least, most = self.of(schema.get("items", {})), int(schema.get("minItems", 0)), schema.get("maxItems")
        none: Json = st.nothing() if least else st.builds(list)
        room = int(least + _MOST if most is None else min(least + _MOST, most))
        if room < max(least, 1):
            return none
        few = st.lists(items, min_size=max(least, 1), max_size=room)
        if most is None or not least + _MOST < most <= _MOST_AT_THE_EDGE:
            return none | few | few | few
        # At its edge of one item, since so many different ones take long to draw.
        return none | few | few | few | items.map(lambda item: [item] * int(most))


def sampled(values: list[Any]) -> Json:
    """Return a strategy of some values, of nothing where there are none."""
    return st.sampled_from(values) if values else st.nothing()
