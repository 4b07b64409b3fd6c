"""The document, for tests: read once, with a validator for each of its schemas."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

ROOT = Path(__file__).parent.parent
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
    root = {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}
    return jsonschema_rs.Draft202012Validator(root, validate_formats=True)


def examples() -> Iterator[tuple[str, str, Any]]:
    """Yield every named example: where it stands, the schema that it is of, and its value."""
    operation = document()["paths"][PATH]["post"]
    bodies = {"request": operation["requestBody"], **operation["responses"]}
    for where, body in bodies.items():
        content = body["content"]["application/json"]
        schema = content["schema"]["$ref"].rpartition("/")[2]
        for name, example in content.get("examples", {}).items():
            yield f"{where} {name}", schema, example["value"]
