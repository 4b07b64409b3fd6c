"""The documents are valid OpenAPI 3.1 and name the source of each part; version 3 contains the captured page."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from tests.helpers.document import DOCUMENTS, ROOT, document, examples, operations, schemas, validator

SEED = (ROOT / "spec/seed.txt").read_text(encoding="utf-8")
SOURCES_TABLE = (ROOT / "spec/README.md").read_text(encoding="utf-8")
SOURCES = {"seed", "doc", "seen", "guess"}


def captured_payloads() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the request and the response of the captured page."""
    request, response = re.findall(r"^\{$.*?^\}$", SEED, re.MULTILINE | re.DOTALL)
    return json.loads(request), json.loads(response)


def objects(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every object of the document with its path."""
    if isinstance(node, dict):
        yield path, node
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, inner in pairs:
        yield from objects(inner, f"{path}/{key}")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_document_is_valid_openapi(name: str) -> None:
    """A validator of the OpenAPI specification accepts it."""
    validate(document(name))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_document_is_complete_for_readers(name: str) -> None:
    """Each operation has a description and its 4XX responses, each schema and property a description."""
    for _, _, operation in operations(name):
        assert len(operation["description"]) > 40, operation["operationId"]
        assert {"4XX", "default"} <= set(operation["responses"]), operation["operationId"]
    for schema, body in schemas(document(name)).items():
        assert "description" in body, schema
        for field, inner in body.get("properties", {}).items():
            assert "description" in inner or "$ref" in inner, f"{schema}.{field}"


def test_each_request_of_the_app_events_has_an_example() -> None:
    """Each example validates; every response that is known from the vendor has one, too."""
    found = list(examples("app-events"))
    assert {operation["operationId"] for _, _, operation in operations("app-events")} <= {
        where.partition(" request ")[0] for where, _, _ in found
    }
    for where, schema, value in found:
        assert validator(schema, "app-events").is_valid(value), where


def test_every_operation_of_version_3_is_deprecated() -> None:
    """By the vendor, since the successor exists."""
    assert all(operation["deprecated"] for _, _, operation in operations())
    assert not any("deprecated" in operation for _, _, operation in operations("app-events"))


def test_the_examples_of_the_captured_page_are_unchanged() -> None:
    """The examples named `captured` equal the request and the response of the page."""
    assert [value for where, _, value in examples() if where.endswith("captured")] == list(captured_payloads())


def test_no_field_of_the_captured_page_is_missing() -> None:
    """Each field of the page's examples is a property of its schema, and each status is in the enum."""
    request, response = captured_payloads()
    for part, schema in (
        (request["inputs"][0], "TimelineEvent"),
        (response, "TimelineEventBatchResult"),
        (response["results"][0], "TimelineEventResult"),
        (response["results"][0]["timelineIFrame"], "TimelineIFrame"),
    ):
        assert set(part) <= set(schemas()[schema]["properties"])
    assert set(re.findall(r"^([A-Z]{6,}),?$", SEED, re.MULTILINE)) <= set(schemas()["BatchStatus"]["enum"])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_schema_and_operation_names_its_source(name: str) -> None:
    """The sources are the four that spec/README.md explains; only version 3 started from a captured page."""
    assert all("x-source" in schema for schema in schemas(document(name)).values())
    assert all(operation["x-source"] in SOURCES for _, _, operation in operations(name))
    sources = {node["x-source"] for _, node in objects(document(name)) if "x-source" in node}
    assert sources == (SOURCES if name == "timeline-v3" else SOURCES - {"seed"})


@pytest.mark.parametrize("path", ["numErrors", "errors", "timelineIFrame", "BatchStatus", "207", "200", "ErrorBody"])
def test_every_deviation_from_the_page_has_a_reason(path: str) -> None:
    """The known additions and corrections each have an x-correction."""
    reasons = [node.get("x-correction", "") for where, node in objects(document()) if where.endswith(f"/{path}")]

    assert any(len(reason) > 20 for reason in reasons)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_table_of_sources_lists_every_field(name: str) -> None:
    """spec/README.md has a section for each schema and a row for each property; no other document's row counts."""
    for title, schema in schemas(document(name)).items():
        section = SOURCES_TABLE.partition(f"### {title}\n")[2].partition("\n#")[0]
        assert section, title
        rows = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
        assert rows == set(schema.get("properties", {})), title


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_table_of_sources_lists_every_operation(name: str) -> None:
    """spec/README.md has the method and the path of each operation below the heading of the document."""
    part = "".join(re.findall(rf"^## {name}: .*?(?=^## |\Z)", SOURCES_TABLE, re.MULTILINE | re.DOTALL))
    for method, path, _ in operations(name):
        short = re.sub("^/integrators/timeline/(v3|{version})", "", path)
        assert any(f"`{method.upper()} {each}`" in part for each in (short, path)), path
