"""from_schema(): a strategy for valid JSON values, so that a new field of the document needs no new test code."""

from hypothesis.errors import InvalidArgument

from hubspot_timeline_testing.openapi.documents import Document
from hubspot_timeline_testing.strategies.schema_strategies import SchemaStrategies
from hubspot_timeline_testing.strategies.schemas import JsonStrategy, Schema, Schemas, location_of, unsupported_error
from hubspot_timeline_testing.strategies.unsupported import reject_unsupported


def from_schema(schema: str | Schema, *, document: Document | None = None, extra_fields: bool = False) -> JsonStrategy:
    """Return a strategy for JSON values that are valid against a schema, given by component name or inline.

    `document` is the OpenAPI document that has the schema, as parsed; by default that of the generated client. Objects
    have only properties that the schema names, so that the values can be sent; with `extra_fields` also others, as in
    responses of a newer service. Free-form objects contain any JSON. Raises LookupError for an unknown name,
    NotImplementedError, with the location, for a keyword that is not supported and for a schema that allows nothing.
    """
    schemas = Schemas.of(document)
    reject_unsupported(schemas, schema)
    values = SchemaStrategies(schemas, extra_fields=extra_fields).valid(schema)
    _reject_empty(values, schema)
    return values.filter(schemas.validator(schema).is_valid)  # a safety net: the values are built to be valid


def _reject_empty(values: JsonStrategy, schema: str | Schema) -> None:
    """Raise NotImplementedError for a strategy without values."""
    try:
        is_empty = values.is_empty
        values.validate()
    except InvalidArgument as error:
        raise unsupported_error(location_of(schema), f"its constraints ({error})") from error
    if is_empty:
        raise NotImplementedError(
            f"{location_of(schema)}: no finite value satisfies all its constraints; "
            "check `required`, the bounds, and the values of `enum`"
        )
