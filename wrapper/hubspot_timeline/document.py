"""The OpenAPI document, as it ships inside the generated client."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def document() -> dict[str, Any]:
    """Return the document. Callers must not change it."""
    text = files("hubspot_timeline_api").joinpath("timeline-v3.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def operation_path(operation_id: str) -> str:
    """Return the path of an operation, such as create_events. Raises LookupError if the document has none of it."""
    for path, item in document()["paths"].items():
        if any(operation.get("operationId") == operation_id for operation in item.values()):
            return str(path)
    raise LookupError(f"the document has no operation {operation_id}")


def schemas() -> dict[str, Any]:
    """Return the schemas of the document's components by name. Callers must not change them."""
    found: dict[str, Any] = document()["components"]["schemas"]
    return found
