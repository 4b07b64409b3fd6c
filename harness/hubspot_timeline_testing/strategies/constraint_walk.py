"""The way through a schema to each of its constraints."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve, frozen
from hypothesis import strategies as st

from hubspot_timeline_testing.strategies.schema_strategies import ValidValues
from hubspot_timeline_testing.strategies.schemas import Json, Schema, kinds, steps_of
from hubspot_timeline_testing.strategies.violations import broken_value


@frozen
class Constraint:
    """Something that a schema asks for.

    `path` is the place of the value at fault as JSONPath, such as `$.inputs[*].timestamp`; `keyword` and `argument` are
    the schema's, such as `format` and `date-time`; `broken` is a strategy of whole values, valid but for this; `steps`
    is where the schema stands that has the keyword, as validators tell it, in the document or in what was given.
    """

    path: str
    keyword: str
    argument: Any
    broken: Json
    steps: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return place, keyword and argument, such as `$.inputs[*].timestamp: format date-time`."""
        return f"{self.path}: {self.keyword} {self.argument}"


@frozen
class Walk:
    """Finds the constraints of a schema and of those within it, each with whole values that break it."""

    _valid: ValidValues
    _within: tuple[Schema, ...] = ()

    def constraints(self, schema: Any, path: str, steps: tuple[str, ...]) -> Iterator[Constraint]:
        """Yield those of a schema at a path of the value, which stands after some steps: see Constraint."""
        if isinstance(schema, Mapping) and "$ref" in schema:
            yield from self.constraints(self._valid.schemas.target(schema["$ref"]), path, steps_of(schema["$ref"]))
            return
        schema = self._valid.schemas.resolve(schema)
        if any(schema is outer for outer in self._within):  # it holds itself
            return
        for keyword, argument, broken in broken_value(schema, self._valid):
            yield Constraint(path, keyword, argument, broken, steps)
        inner = Walk(self._valid, (*self._within, schema))
        if "enum" not in schema:  # its words are whole
            yield from inner._of_parts(schema, path, steps)

    def _of_parts(self, schema: Schema, path: str, steps: tuple[str, ...]) -> Iterator[Constraint]:
        if "object" in kinds(schema):
            yield from self._of_properties(schema, path, steps)
            yield from self._of_others(schema, path, steps)
        if "array" in kinds(schema) and "items" in schema:
            for found in self.constraints(schema["items"], f"{path}[*]", (*steps, "items")):
                yield evolve(found, broken=self._valid.array_with(schema, found.broken))

    def _of_properties(self, schema: Schema, path: str, steps: tuple[str, ...]) -> Iterator[Constraint]:
        for name, inner in schema.get("properties", {}).items():
            for found in self.constraints(inner, f"{path}.{name}", (*steps, "properties", name)):
                yield evolve(found, broken=self._valid.object_with(schema, {name: found.broken}))

    def _of_others(self, schema: Schema, path: str, steps: tuple[str, ...]) -> Iterator[Constraint]:
        names = self._valid.names(schema, {*schema.get("properties", {}), *schema.get("required", ())})
        if schema.get("additionalProperties", False) is not False:
            inner = (*steps, "additionalProperties")
            for found in self.constraints(schema["additionalProperties"], f"{path}.*", inner):
                yield evolve(found, broken=self._one_more(schema, names, found.broken))
        if "propertyNames" in schema:
            others = self._valid.others(schema)
            for found in self.constraints(schema["propertyNames"], f"{path}.~", (*steps, "propertyNames")):
                if found.keyword != "type":  # every name is a text
                    texts = found.broken.filter(lambda name: isinstance(name, str))
                    yield evolve(found, broken=self._one_more(schema, texts, others))

    def _one_more(self, schema: Schema, names: Json, values: Json) -> Json:
        whole = self._valid.object_with(schema, {})
        return st.tuples(whole, names, values).map(lambda parts: parts[0] | {parts[1]: parts[2]})
