"""Each constraint of a schema, with values that break it and no other."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve, frozen
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from hubspot_timeline_testing.strategies.constraint_walk import Constraint, Walk
from hubspot_timeline_testing.strategies.schema_strategies import ValidValues
from hubspot_timeline_testing.strategies.schemas import Schema, Schemas, place_of
from hubspot_timeline_testing.strategies.unsupported import refuse_unknown

# Validators know no ranges of formats; what is of another type is no word of an enum either.
_COMPLAINTS = {"format": ("format", "minimum", "maximum"), "type": ("type", "enum")}


@frozen
class Invalid:
    """A value that breaks a schema, and the name of the one constraint that it breaks."""

    constraint: str
    value: Any


def constraints(schema: str | Schema, *, document: Mapping[str, Any] | None = None) -> list[Constraint]:
    """Return every constraint of a schema of the document, of those within it, too, that can be broken by itself.

    Raises what from_schema() raises.
    """
    schemas = Schemas.of(document)
    refuse_unknown(schemas, schema)
    validator = schemas.validator(schema)
    whole: Schema = {"$ref": place_of(schema)} if isinstance(schema, str) else schema
    found = Walk(ValidValues(schemas)).constraints(whole, "$", ())
    return [
        evolve(each, broken=each.broken.filter(_breaks_just(each, validator)))
        for each in found
        if not each.broken.is_empty
    ]


def invalid(schema: str | Schema, *, document: Mapping[str, Any] | None = None) -> st.SearchStrategy[Invalid]:
    """Return a strategy of values that break exactly one constraint of a schema, with its name: see Invalid.

    Raises what from_schema() raises, and ValueError for a schema of which nothing can be broken.
    """
    found = constraints(schema, document=document)
    if not found:
        raise ValueError(f"{place_of(schema)}: it asks for nothing that a value could break by itself")
    return st.one_of(*(st.builds(Invalid, st.just(each.name), each.broken) for each in found))


def _breaks_just(constraint: Constraint, validator: Draft202012Validator) -> Callable[[Any], bool]:
    words = _COMPLAINTS.get(constraint.keyword, (constraint.keyword,))
    allowed = [[*constraint.steps, word] for word in words]

    def breaks(value: Any) -> bool:
        complaints = [error.schema_path for error in validator.iter_errors(value)]
        return bool(complaints) and all(path in allowed for path in complaints)

    return breaks
