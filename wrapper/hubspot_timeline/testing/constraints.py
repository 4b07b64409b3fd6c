"""Each constraint of a schema, with values that break it and no other."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen
from hypothesis import strategies as st

from hubspot_timeline.testing.keywords import broken_text, broken_value
from hubspot_timeline.testing.schemas import Json, Schema, Schemas
from hubspot_timeline.testing.strategies import ValidValues, anything


@frozen
class Constraint:
    """Something that a schema asks for.

    `path` is the place of the value at fault as JSONPath, such as `$.inputs[*].timestamp`; `keyword` and `argument` are
    the schema's, such as `format` and `date-time`; `broken` is a strategy of whole values, valid but for this.
    """

    path: str
    keyword: str
    argument: Any
    broken: Json

    @property
    def name(self) -> str:
        """Return place, keyword and argument, such as `$.inputs[*].timestamp: format date-time`."""
        return f"{self.path}: {self.keyword} {self.argument}"


@frozen
class Invalid:
    """A value that breaks a schema, and the name of the one constraint that it breaks."""

    constraint: str
    value: Any


def constraints(schema: str | Schema, *, document: Mapping[str, Any] | None = None) -> list[Constraint]:
    """Return every constraint of a schema of the document, of those within it, too.

    Raises what from_schema() raises.
    """
    return list(_Walk(ValidValues(Schemas.of(document))).constraints(schema, "$"))


def invalid(schema: str | Schema, *, document: Mapping[str, Any] | None = None) -> st.SearchStrategy[Invalid]:
    """Return a strategy of values that break exactly one constraint of a schema, with its name: see Invalid."""
    found = constraints(schema, document=document)
    return st.one_of(*(st.builds(Invalid, st.just(each.name), each.broken) for each in found))


@frozen
class _Walk:
    _valid: ValidValues
    _within: tuple[Schema, ...] = ()

    def constraints(self, schema: str | Schema, path: str) -> Iterator[Constraint]:
        schema = self._valid.schemas.resolve(schema)
        if any(schema is outer for outer in self._within):  # it holds itself
            return
        inner = _Walk(self._valid, (*self._within, schema))
        for keyword, argument, broken in broken_value(schema, self._valid):
            yield Constraint(path, keyword, argument, broken)
        yield from inner.of_properties(schema, path)
        yield from inner.of_others(schema, path)
        if "items" in schema:
            for found in inner.constraints(schema["items"], f"{path}[*]"):
                yield _put(found, self._valid.array_with(schema, found.broken))

    def of_properties(self, schema: Schema, path: str) -> Iterator[Constraint]:
        for name, inner in schema.get("properties", {}).items():
            for found in self.constraints(inner, f"{path}.{name}"):
                yield _put(found, self._valid.object_with(schema, {name: found.broken}))

    def of_others(self, schema: Schema, path: str) -> Iterator[Constraint]:
        values = schema.get("additionalProperties", True)
        if isinstance(values, Mapping):
            for found in self.constraints(values, f"{path}.*"):
                yield _put(found, self._one_more(schema, self._valid.names(schema), found.broken))
        for keyword, argument, broken in broken_text(schema.get("propertyNames", {})):
            of_any = anything if values is True else self._valid.of(values or {})
            yield Constraint(f"{path}.~", keyword, argument, self._one_more(schema, broken, of_any))

    def _one_more(self, schema: Schema, names: Json, values: Json) -> Json:
        whole = self._valid.object_with(schema, {})
        return st.builds(lambda found, name, value: found | {name: value}, whole, names, values)


def _put(found: Constraint, whole: Json) -> Constraint:
    return Constraint(found.path, found.keyword, found.argument, whole)
