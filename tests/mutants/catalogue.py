"""All mutants of a document, and the equivalent mutants with the reason for each."""

from collections.abc import Mapping

from tests.mutants.mutant import Document, Mutant
from tests.mutants.operation_mutants import operation_mutants
from tests.mutants.schema_mutants import schema_mutants

_ANY = "additional properties are allowed by default, too"
_NULL = "null is not a value of the enum, so it stays invalid"
_TEXT = "a text/html body is read as text whatever its schema is; client and sandbox stay the same"
_HTML = (
    "#/paths/~1integrators~1timeline~1v3~1events~1{eventTemplateId}~1{eventId}~1render/get"
    "/responses/200/content/text~1html/schema"
)
EQUIVALENTS: Mapping[str, str] = {
    "#/components/schemas/ExtraData: no additionalProperties": _ANY,
    "#/components/schemas/BatchError/properties/subCategory: no additionalProperties": _ANY,
    "#/components/schemas/BatchStatus: type ['string', 'null'] instead of string": _NULL,
    "#/components/schemas/TokenType: type ['string', 'null'] instead of string": _NULL,
    f"{_HTML}: type integer instead of string": _TEXT,
    f"{_HTML}: type boolean instead of string": _TEXT,
    f"{_HTML}: type ['string', 'null'] instead of string": _TEXT,
}
"""Mutants that no check can detect, by name, with the reason."""


def all_mutants(document: Document) -> list[Mutant]:
    """Return every mutant of a document."""
    return [*schema_mutants(document), *operation_mutants(document)]
