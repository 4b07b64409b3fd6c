"""Adapts the OpenAPI document to one run before Schemathesis loads it."""

from typing import Any

from hubspot_timeline_testing.contract.documents import contract_operations, fill_version
from hubspot_timeline_testing.contract.settings import ContractSettings


def adapt_document(document: dict[str, Any], settings: ContractSettings) -> None:
    """Set server, version and app, make examples fit for this run, and restrict `default` responses to rejections."""
    document["servers"] = [{"url": settings.url or "http://127.0.0.1"}]  # nothing may fall back to the vendor's
    fill_version(document, settings.api)
    if settings.app_id is not None and "AppId" in document["components"]["parameters"]:
        document["components"]["parameters"]["AppId"]["schema"]["enum"] = [settings.app_id]
    for name, (method, path) in contract_operations(settings.api).items():
        operation = document["paths"][path][method.lower()]
        # Without a default, an undeclared success is a failure.
        operation["responses"]["5XX"] = operation["responses"].pop("default")
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        for example_name, example in content.get("examples", {}).items():
            _adapt_example(example["value"], f"{example_name}-{name}-{settings.run}", settings)


def _adapt_example(value: dict[str, Any], suffix: str, settings: ContractSettings) -> None:
    """Change the ids of events, which the service accepts only once, and the names of event types."""
    if "developerSymbol" in value:
        value.update(projectName=settings.project, developerSymbol=settings.event_type)
    for event in value.get("inputs", [value]):
        if "eventTemplateId" in event or "eventTypeName" in event:
            event["id"] = f"{event['id']}-{suffix}"
        if "eventTypeName" in event:
            event["eventTypeName"] = settings.event_type
