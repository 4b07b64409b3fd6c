"""The document, for tests: read once, with a validator for each of its schemas."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

from hubspot_timeline_testing.openapi.validators import make_validator

ROOT = Path(__file__).parents[2]
PATH = "/integrators/timeline/v3/events/batch/create"


@cache
def document() -> dict[str, Any]:
    """Return the document as kept in spec/."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "spec/timeline-v3.yaml").read_bytes())
    return found


def schemas() -> dict[str, Any]:
    """Return the component schemas by name."""
    found: dict[str, Any] = document()["components"]["schemas"]
    return found


@cache
def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    """Return a validator for a component schema; formats are asserted."""
    return make_validator(name, document())


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield every operation: its verb, its path, and what the document says of it."""
    for path, item in document()["paths"].items():
        for verb, operation in item.items():
            if verb != "parameters":
                yield verb, path, operation


def examples() -> Iterator[tuple[str, str, Any]]:
    """Yield every named example: where it stands, the schema that it is of, and its value."""
    for _, _, operation in operations():
        request = {"request": operation["requestBody"]} if "requestBody" in operation else {}
        for where, body in (request | operation["responses"]).items():
            content = body.get("content", {}).get("application/json", {})
            for name, example in content.get("examples", {}).items():
                schema = content["schema"]["$ref"].rpartition("/")[2]
                yield f"{operation['operationId']} {where} {name}", schema, example["value"]
