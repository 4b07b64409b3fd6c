"""Holds a client that openapi-python-client generated to an OpenAPI document."""

from collections.abc import Iterator, Mapping
from typing import Any

from hubspot_timeline_testing import openapi as shipped
from hubspot_timeline_testing.conformance.generated_package import Package, module_name
from hubspot_timeline_testing.conformance.mismatches import Breach
from hubspot_timeline_testing.conformance.models import model_breaches
from hubspot_timeline_testing.conformance.operations import operation_breaches
from hubspot_timeline_testing.openapi.operation_objects import operations_of
from hubspot_timeline_testing.strategies.schemas import Schemas


def check_client(
    package: str = "hubspot_timeline_api", *, document: Mapping[str, Any] | None = None, max_examples: int = 20
) -> list[Breach]:
    """Return where a generated package, given by its import name, departs from a document; nothing if it keeps to it.

    `document` is parsed OpenAPI, the shipped one if it is left out. Looked at are, with `max_examples` drawn values
    each: every model (its fields, their types, which are required, the way from JSON and back) and every operation
    (its functions and what they take, the request that leaves, the model of each answer). Nothing is sent anywhere.
    Raises ImportError for a package that cannot be imported, LookupError for a document without paths.
    """
    document = shipped.document() if document is None else document
    if "paths" not in document:
        raise LookupError("the document has no paths; give a whole OpenAPI document, as parsed")
    found = Package.load(package)
    return list(find_breaches(found, document, max_examples))


def find_breaches(package: Package, document: Mapping[str, Any], max_examples: int) -> Iterator[Breach]:
    """Yield what check_client() returns, one by one, for those who want to know only whether there is any."""
    yield from _missing(package, document)
    yield from _of_models(package, document, max_examples)
    yield from _of_operations(package, document, max_examples)


def _of_models(package: Package, document: Mapping[str, Any], max_examples: int) -> Iterator[Breach]:
    for schema in Schemas(document).named:
        yield from model_breaches(package, schema, document, max_examples)


def _of_operations(package: Package, document: Mapping[str, Any], max_examples: int) -> Iterator[Breach]:
    for operation in operations_of(document).values():
        yield from operation_breaches(package, operation, document, max_examples)


def _missing(package: Package, document: Mapping[str, Any]) -> Iterator[Breach]:
    """Yield what there is in one of both alone."""
    known = {module_name(operation) for operation in operations_of(document).values()}
    for name in sorted(package.operation_names() - known):
        yield Breach(f"api.{name}", "is no operation of the document")
    for name in sorted(known - package.operation_names()):
        yield Breach(f"api.{name}", "is missing, an operation of the document")
