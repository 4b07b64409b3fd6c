"""The OpenAPI documents for tests: schemas, operations and examples, and a validator for each schema."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from hubspot_timeline_testing.openapi import document, packages, schemas
from hubspot_timeline_testing.openapi.validators import make_validator

__all__ = ["DOCUMENTS", "PATH", "ROOT", "V3", "document", "examples", "operations", "schemas", "validator"]

ROOT = Path(__file__).parents[2]
PATH = "/integrators/timeline/v3/events/batch/create"
DOCUMENTS = sorted(packages())
V3 = "timeline-v3"


@cache
def validator(schema: str, name: str = V3) -> jsonschema_rs.Draft202012Validator:
    """Return a validator for a component schema of a document; formats are asserted."""
    return make_validator(schema, document(name))


def operations(name: str = V3) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the method, the path and the operation object of every operation, as in the document."""
    for path, item in document(name)["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield method, path, operation


def examples(name: str = V3) -> Iterator[tuple[str, str, Any]]:
    """Yield the location, the schema name and the value of every named example."""
    bodies: dict[str, Any] = dict(document(name)["components"]["responses"])
    for _, _, operation in operations(name):
        parts = {"request": operation.get("requestBody", {}), **operation["responses"]}
        bodies |= {f"{operation['operationId']} {part}": body for part, body in parts.items()}
    for where, body in bodies.items():
        media_type: Mapping[str, Any] = body.get("content", {}).get("application/json", {})
        for title, example in media_type.get("examples", {}).items():
            yield f"{where} {title}", media_type["schema"]["$ref"].rpartition("/")[2], example["value"]
