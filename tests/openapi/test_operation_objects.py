"""The openapi package reads schemas, operations and references from any document."""

from typing import Any

import pytest

from hubspot_timeline_testing.openapi import (
    document,
    document_file,
    operation_objects,
    operations,
    resolve_reference,
    schemas,
)

DOCUMENT: dict[str, Any] = {
    "security": [{"bearer": []}],
    "paths": {
        "/a/{id}": {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "get": {
                "operationId": "read",
                "security": [],
                "responses": {200: {"$ref": "#/components/responses/Ok"}, "default": {"description": "An error."}},
            },
            "put": {
                "operationId": "write",
                "tags": ["a"],
                "parameters": [{"name": "q", "in": "query", "schema": {"type": "string"}}],
                "requestBody": {"required": True, "content": {"text/plain": {"schema": {"type": "string"}}}},
                "responses": {"204": {"description": "Written."}},
            },
        }
    },
    "components": {
        "parameters": {"Id": {"name": "id", "in": "path", "schema": {"type": "string"}}},
        "responses": {"Ok": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A~1B"}}}}},
        "schemas": {"A/B": {"enum": ["first"]}},
    },
}


def test_operations_have_their_references_resolved() -> None:
    """Parameters of the path and the operation, bodies, responses, and the default security."""
    read, write = operation_objects(DOCUMENT)["read"], operation_objects(DOCUMENT)["write"]

    assert operations(DOCUMENT) == {"read": ("GET", "/a/{id}"), "write": ("PUT", "/a/{id}")}
    assert [parameter["name"] for parameter in write.parameters] == ["id", "q"]
    assert (write.tags, write.is_body_required, write.responses) == (("a",), True, {"204": None})
    assert write.request
    assert (write.request.name, write.request.schema_name) == ("text/plain", None)
    assert (read.request, read.is_body_required, list(read.responses)) == (None, False, ["200", "default"])
    assert (read.security, write.security) == ((), ({"bearer": []},))


def test_a_status_has_the_response_of_its_code_its_range_or_default() -> None:
    """In this order; a status that none of them describes has none."""
    [operation] = operation_objects(
        {"paths": {"/a": {"get": {"operationId": "a", "responses": {"404": {}, "4XX": {}, "default": {}}}}}}
    ).values()
    assert [operation.response_key(status) for status in (404, 409, 500)] == ["404", "4XX", "default"]
    assert operation_objects(DOCUMENT)["write"].response_key(200) is None


def test_each_document_has_its_name() -> None:
    """The default is that of version 3; the error lists the names."""
    assert document() == document("timeline-v3")
    assert set(operations(document("app-events"))) == {"create_app_event", "create_app_events", "resolve_event_type"}
    assert document_file("app-events").name == "app-events.json"
    with pytest.raises(LookupError, match="unknown document nope; the documents are app-events, timeline-v3"):
        document("nope")


def test_references_are_json_pointers() -> None:
    """Steps may be escaped names or positions in a list."""
    assert resolve_reference(DOCUMENT, "#/components/schemas/A~1B/enum/0") == "first"


@pytest.mark.parametrize("reference", ["#/components/schemas/C", "#/components/schemas/A~1B/enum/x", 5])
def test_a_reference_that_leads_nowhere_is_rejected(reference: str) -> None:
    """The error lists the schemas of the document."""
    with pytest.raises(LookupError, match=r"the document has no schema .*; it has A/B"):
        resolve_reference(DOCUMENT, reference)
    assert set(schemas(DOCUMENT)) == {"A/B"}
