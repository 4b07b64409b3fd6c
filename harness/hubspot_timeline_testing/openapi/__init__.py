"""OpenAPI documents as data: schemas, operations, references.

Validators are in `openapi.validators`, since jsonschema-rs is an optional dependency.
"""

from hubspot_timeline_testing.openapi.documents import document, document_file, packages, resolve_reference, schemas
from hubspot_timeline_testing.openapi.operation_objects import (
    MediaTypeObject,
    OperationObject,
    operation_objects,
    operation_path,
    operations,
    security_of,
)

__all__ = [
    "MediaTypeObject",
    "OperationObject",
    "document",
    "document_file",
    "operation_objects",
    "operation_path",
    "operations",
    "packages",
    "resolve_reference",
    "schemas",
    "security_of",
]
