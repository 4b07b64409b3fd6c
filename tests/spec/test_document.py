"""The document is valid OpenAPI 3.1, contains the captured page, and names the source of each part."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from tests.helpers.document import ROOT, document, examples, operations, schemas

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


def test_the_document_is_valid_openapi() -> None:
    """A validator of the OpenAPI specification accepts it."""
    validate(document())


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


def test_every_schema_and_operation_names_its_source() -> None:
    """The sources are the four that spec/README.md explains."""
    assert all("x-source" in schema for schema in schemas().values())
    assert all(operation["x-source"] in SOURCES for _, _, operation in operations())
    assert {node["x-source"] for _, node in objects(document()) if "x-source" in node} == SOURCES


@pytest.mark.parametrize("path", ["numErrors", "errors", "timelineIFrame", "BatchStatus", "207", "200", "ErrorBody"])
def test_every_deviation_from_the_page_has_a_reason(path: str) -> None:
    """The known additions and corrections each have an x-correction."""
    reasons = [node.get("x-correction", "") for where, node in objects(document()) if where.endswith(f"/{path}")]

    assert any(len(reason) > 20 for reason in reasons)


def test_the_table_of_sources_lists_every_field() -> None:
    """spec/README.md has a section for each schema and a row for each property."""
    for name, schema in schemas().items():
        section = SOURCES_TABLE.partition(f"### {name}\n")[2].partition("\n#")[0]
        assert section, name
        for field in schema.get("properties", {}):
            assert f"| `{field}` |" in section, f"{name}.{field}"


def test_the_table_of_sources_lists_every_operation() -> None:
    """spec/README.md has the method and the path of each operation."""
    for method, path, _ in operations():
        short = path.removeprefix("/integrators/timeline/v3")
        assert any(f"`{method.upper()} {each}`" in SOURCES_TABLE for each in (short, path)), path
