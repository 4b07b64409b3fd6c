"""Hypothesis strategies of JSON values that a document's schemas allow, so that a new field needs no new code here."""

from collections.abc import Mapping
from typing import Any

from hypothesis.errors import InvalidArgument

from hubspot_timeline_testing.strategies.schema_strategies import ValidValues
from hubspot_timeline_testing.strategies.schemas import Json, Schema, Schemas, place_of, refusal
from hubspot_timeline_testing.strategies.unsupported import refuse_unknown


def from_schema(schema: str | Schema, *, document: Mapping[str, Any] | None = None, extra_fields: bool = False) -> Json:
    """Return a strategy of JSON values that are valid against a schema, given by its name or itself.

    `document` is the OpenAPI document that has the schema, as parsed; the shipped one if it is left out. Objects hold
    only the properties that the schema names, so that what is drawn can be sent; with `extra_fields` they also hold
    some that it does not know, as a newer service's do. Free-form objects hold any JSON. Raises LookupError for an
    unknown name, NotImplementedError, with its place, for a keyword that is not known here, and for a schema that
    allows nothing.
    """
    schemas = Schemas.of(document)
    refuse_unknown(schemas, schema)
    found = ValidValues(schemas, extra_fields=extra_fields).of(schema)
    _refuse_empty(found, schema)
    return found.filter(schemas.validator(schema).is_valid)  # a net: what is drawn keeps to the schema as it is made


def _refuse_empty(values: Json, schema: str | Schema) -> None:
    """Raise NotImplementedError for a strategy of a schema that cannot draw anything."""
    try:
        is_empty = values.is_empty
        values.validate()
    except InvalidArgument as error:
        raise refusal(place_of(schema), f"what it asks for ({error})") from error
    if is_empty:
        raise NotImplementedError(
            f"{place_of(schema)}: no strategy is known, since no value, or none that ends, has all that it asks for; "
            "look at what is required, at bounds, and at words of an enum"
        )
