"""Adapts the OpenAPI document to one run before Schemathesis loads it."""

from typing import Any

from hubspot_timeline_testing.contract.settings import ContractSettings
from hubspot_timeline_testing.openapi import operations


def adapt_document(document: dict[str, Any], settings: ContractSettings) -> None:
    """Set the server and the app, make ids of example events unique, and restrict `default` responses to rejections."""
    document["servers"] = [{"url": settings.url or "http://127.0.0.1"}]  # nothing may fall back to the vendor's
    if settings.app_id is not None:
        document["components"]["parameters"]["AppId"]["schema"]["enum"] = [settings.app_id]
    for name, (method, path) in operations().items():
        operation = document["paths"][path][method.lower()]
        # Without a default, an undeclared success is a failure.
        operation["responses"]["5XX"] = operation["responses"].pop("default")
        if name in ("create_event", "create_events"):
            _make_ids_unique(operation, f"{name}-{settings.seed}")


def _make_ids_unique(operation: dict[str, Any], suffix: str) -> None:
    """Change the ids of example events, which the service accepts only once."""
    for name, example in operation["requestBody"]["content"]["application/json"]["examples"].items():
        for event in example["value"].get("inputs", [example["value"]]):
            event["id"] = f"{event['id']}-{name}-{suffix}"
