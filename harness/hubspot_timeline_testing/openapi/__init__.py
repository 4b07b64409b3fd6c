"""The OpenAPI document, as it ships inside the generated client."""

from hubspot_timeline_testing.openapi.documents import document, operation_path, operations, schemas, security_of

__all__ = ["document", "operation_path", "operations", "schemas", "security_of"]
