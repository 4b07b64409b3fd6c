"""Walks a schema and its subschemas to find every constraint, each with whole values that violate it."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve, frozen
from hypothesis import strategies as st

from hubspot_timeline_testing.openapi import resolve_reference
from hubspot_timeline_testing.openapi.documents import pointer_steps
from hubspot_timeline_testing.strategies.schema_strategies import SchemaStrategies
from hubspot_timeline_testing.strategies.schemas import JsonStrategy, Schema, types_of
from hubspot_timeline_testing.strategies.violations import violations


@frozen
class Constraint:
    """A constraint of a schema.

    `path` is the JSONPath of the constrained value, such as `$.inputs[*].timestamp`; `keyword` and `argument` are the
    schema's, such as `format` and `date-time`; `violations` is a strategy for whole values that violate nothing else;
    `schema_path` is where the schema with the keyword is in the document or in the inline schema, as in a validator's
    errors.
    """

    path: str
    keyword: str
    argument: Any
    violations: JsonStrategy
    schema_path: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return path, keyword and argument, such as `$.inputs[*].timestamp: format date-time`."""
        return f"{self.path}: {self.keyword} {self.argument}"


@frozen
class ConstraintWalk:
    """Finds the constraints of a schema and of its subschemas."""

    _build: SchemaStrategies
    _parents: tuple[Schema, ...] = ()

    def constraints(self, schema: Any, path: str, schema_path: tuple[str, ...]) -> Iterator[Constraint]:
        """Yield the constraints of the schema at `schema_path`, for the value at `path`: see Constraint."""
        if isinstance(schema, Mapping) and "$ref" in schema:
            target = resolve_reference(self._build.schemas.document, schema["$ref"])
            yield from self.constraints(target, path, pointer_steps(schema["$ref"]))
            return
        schema = self._build.schemas.resolve(schema)
        if any(schema is parent for parent in self._parents):  # a recursive schema
            return
        for keyword, argument, values in violations(schema, self._build):
            yield Constraint(path, keyword, argument, values, schema_path)
        inner = ConstraintWalk(self._build, (*self._parents, schema))
        if "enum" not in schema:  # its values have no parts of their own to violate
            yield from inner._of_subschemas(schema, path, schema_path)

    def _of_subschemas(self, schema: Schema, path: str, schema_path: tuple[str, ...]) -> Iterator[Constraint]:
        if "object" in types_of(schema):
            yield from self._of_properties(schema, path, schema_path)
            yield from self._of_additional_properties(schema, path, schema_path)
            yield from self._of_property_names(schema, path, schema_path)
        if "array" in types_of(schema) and "items" in schema:
            for constraint in self.constraints(schema["items"], f"{path}[*]", (*schema_path, "items")):
                yield evolve(constraint, violations=self._build.array_with(schema, constraint.violations))

    def _of_properties(self, schema: Schema, path: str, schema_path: tuple[str, ...]) -> Iterator[Constraint]:
        for name, inner in schema.get("properties", {}).items():
            for constraint in self.constraints(inner, f"{path}.{name}", (*schema_path, "properties", name)):
                yield evolve(constraint, violations=self._build.object_with(schema, {name: constraint.violations}))

    def _of_additional_properties(
        self, schema: Schema, path: str, schema_path: tuple[str, ...]
    ) -> Iterator[Constraint]:
        values = schema.get("additionalProperties", False)
        if values is not False:
            names = self._build.property_names(schema, {*schema.get("properties", {}), *schema.get("required", ())})
            for constraint in self.constraints(values, f"{path}.*", (*schema_path, "additionalProperties")):
                yield evolve(constraint, violations=self._with_property(schema, names, constraint.violations))

    def _of_property_names(self, schema: Schema, path: str, schema_path: tuple[str, ...]) -> Iterator[Constraint]:
        if "propertyNames" in schema:
            values = self._build.additional_values(schema)
            for constraint in self.constraints(schema["propertyNames"], f"{path}.~", (*schema_path, "propertyNames")):
                if constraint.keyword != "type":  # every name is a string
                    names = constraint.violations.filter(lambda name: isinstance(name, str))
                    yield evolve(constraint, violations=self._with_property(schema, names, values))

    def _with_property(self, schema: Schema, names: JsonStrategy, values: JsonStrategy) -> JsonStrategy:
        objects = self._build.object_with(schema, {})
        return st.tuples(objects, names, values).map(lambda parts: parts[0] | {parts[1]: parts[2]})
