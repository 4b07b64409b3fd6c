"""check_client(): compares the models and the operations of a generated client with an OpenAPI document."""

from collections.abc import Iterator

from hubspot_timeline_testing import openapi
from hubspot_timeline_testing.conformance.generated_package import GeneratedPackage, module_name
from hubspot_timeline_testing.conformance.mismatches import Mismatch
from hubspot_timeline_testing.conformance.models import model_mismatches
from hubspot_timeline_testing.conformance.operations import operation_mismatches
from hubspot_timeline_testing.openapi.documents import Document


def check_client(
    package: str = "hubspot_timeline_api", *, document: Document | None = None, max_examples: int = 20
) -> list[Mismatch]:
    """Return every mismatch between a generated package, given by its import name, and a document.

    `document` is a whole OpenAPI document, as parsed; by default that of the package hubspot_timeline_api. The checks
    cover, with `max_examples` generated values each: every model (fields, types, required properties, JSON to model
    and back) and every operation (functions and parameters, the request, the model of each response). No request
    leaves the process. Raises ImportError for a package that is not a generated client, LookupError for a document
    without paths.
    """
    document = openapi.document() if document is None else document
    if "paths" not in document:
        raise LookupError("the document has no paths; pass a whole OpenAPI document, as parsed")
    return list(find_mismatches(package, document, max_examples))


def find_mismatches(package_name: str, document: Document, max_examples: int) -> Iterator[Mismatch]:
    """Yield the mismatches that check_client() returns one by one, to stop at the first."""
    package = GeneratedPackage.load(package_name)
    operations = openapi.operation_objects(document)
    expected = {module_name(operation) for operation in operations.values()}
    for name in sorted(package.operation_names() ^ expected):
        is_missing = name in expected
        yield Mismatch(f"api.{name}", f"is {'missing, but' if is_missing else 'not'} an operation of the document")
    for schema in openapi.schemas(document):
        yield from model_mismatches(package, schema, document, max_examples)
    for operation in operations.values():
        yield from operation_mismatches(package, operation, document, max_examples)
