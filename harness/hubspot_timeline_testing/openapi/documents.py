"""The OpenAPI document, as it ships inside the generated client."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def document() -> dict[str, Any]:
    """Return the document. Callers must not change it."""
    text = files("hubspot_timeline_api").joinpath("timeline-v3.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


_VERBS = ("get", "put", "post", "delete", "patch")


@cache
def operations() -> Mapping[str, tuple[str, str]]:
    """Return the HTTP method, such as POST, and the path of each operation by its operationId."""
    return {
        item[verb]["operationId"]: (verb.upper(), path)
        for path, item in document()["paths"].items()
        for verb in _VERBS
        if verb in item
    }


@cache
def security_of(operation_id: str) -> Sequence[Mapping[str, Any]]:
    """Return the ways to be let in to an operation, each the security schemes that it takes; none if it is open.

    Raises LookupError if the document has none of that name.
    """
    method, path = _operation(operation_id)
    security: Sequence[Mapping[str, Any]] = document()["paths"][path][method.lower()].get("security", ())
    return security


def operation_path(operation_id: str) -> str:
    """Return the path of an operation, such as create_events. Raises LookupError if the document has none of it."""
    return _operation(operation_id)[1]


def _operation(operation_id: str) -> tuple[str, str]:
    if operation_id not in operations():
        raise LookupError(f"the document has no operation {operation_id}")
    return operations()[operation_id]


def schemas() -> dict[str, Any]:
    """Return the schemas of the document's components by name. Callers must not change them."""
    found: dict[str, Any] = document()["components"]["schemas"]
    return found
