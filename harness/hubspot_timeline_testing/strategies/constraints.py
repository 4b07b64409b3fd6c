"""constraints() and invalid(): each constraint of a schema, with values that violate that constraint alone."""

from collections.abc import Callable
from typing import Any

from attrs import evolve, frozen
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from hubspot_timeline_testing.openapi.documents import Document
from hubspot_timeline_testing.strategies.constraint_walk import Constraint, ConstraintWalk
from hubspot_timeline_testing.strategies.schema_strategies import SchemaStrategies
from hubspot_timeline_testing.strategies.schemas import Schema, Schemas, location_of
from hubspot_timeline_testing.strategies.unsupported import reject_unsupported

# Validators report integer formats as bounds, and a value of another type is not in the enum either.
_REPORTED = {"format": ("format", "minimum", "maximum"), "type": ("type", "enum")}


@frozen
class Invalid:
    """A value that is invalid against a schema, and the name of the one constraint that it violates."""

    constraint: str
    value: Any


def constraints(schema: str | Schema, *, document: Document | None = None) -> list[Constraint]:
    """Return every constraint of a schema and its subschemas that a value can violate alone.

    Raises the errors of from_schema().
    """
    schemas = Schemas.of(document)
    reject_unsupported(schemas, schema)
    validator = schemas.validator(schema)
    root: Schema = {"$ref": location_of(schema)} if isinstance(schema, str) else schema
    walk = ConstraintWalk(SchemaStrategies(schemas)).constraints(root, "$", ())
    return [
        evolve(constraint, violations=constraint.violations.filter(_violates_only(constraint, validator)))
        for constraint in walk
        if not constraint.violations.is_empty
    ]


def invalid(schema: str | Schema, *, document: Document | None = None) -> st.SearchStrategy[Invalid]:
    """Return a strategy for values that violate exactly one constraint of a schema, with its name: see Invalid.

    Raises the errors of from_schema(), and ValueError for a schema without a constraint that can be violated alone.
    """
    every = constraints(schema, document=document)
    if not every:
        raise ValueError(f"{location_of(schema)}: no constraint that a value can violate alone")
    return st.one_of(*(st.builds(Invalid, st.just(each.name), each.violations) for each in every))


def _violates_only(constraint: Constraint, validator: Draft202012Validator) -> Callable[[Any], bool]:
    keywords = _REPORTED.get(constraint.keyword, (constraint.keyword,))
    expected = [[*constraint.schema_path, keyword] for keyword in keywords]

    def violates(value: Any) -> bool:
        paths = [error.schema_path for error in validator.iter_errors(value)]
        return bool(paths) and all(path in expected for path in paths)

    return violates
