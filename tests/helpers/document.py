"""The OpenAPI document for tests: its schemas, operations and examples, and a validator for each schema."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from hubspot_timeline_testing.openapi import document, schemas
from hubspot_timeline_testing.openapi.validators import make_validator

__all__ = ["PATH", "ROOT", "document", "examples", "operations", "schemas", "validator"]

ROOT = Path(__file__).parents[2]
PATH = "/integrators/timeline/v3/events/batch/create"


@cache
def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    """Return a validator for a component schema; formats are asserted."""
    return make_validator(name, document())


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the method, the path and the operation object of every operation, as in the document."""
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield method, path, operation


def examples() -> Iterator[tuple[str, str, Any]]:
    """Yield the location, the schema name and the value of every named example."""
    for _, _, operation in operations():
        request = {"request": operation["requestBody"]} if "requestBody" in operation else {}
        for part, body in (request | operation["responses"]).items():
            media_type: Mapping[str, Any] = body.get("content", {}).get("application/json", {})
            for name, example in media_type.get("examples", {}).items():
                schema = media_type["schema"]["$ref"].rpartition("/")[2]
                yield f"{operation['operationId']} {part} {name}", schema, example["value"]
