"""The document is valid OpenAPI 3.1, holds the captured page whole, and says where each part is known from."""

import json
import re
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest
from openapi_spec_validator import validate

from tests.helpers.document import ROOT, document, examples, operations, schemas, validator

SEED = (ROOT / "spec/seed.txt").read_text(encoding="utf-8")
SOURCES = {"seed", "doc", "seen", "guess"}


def seed_json() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the request and the response on the captured page."""
    request, response = re.findall(r"^\{$.*?^\}$", SEED, re.MULTILINE | re.DOTALL)
    return json.loads(request), json.loads(response)


def nodes(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(part, dict):
        yield path, part
        for name, inner in part.items():
            yield from nodes(inner, f"{path}/{name}")
    if isinstance(part, list):
        for index, inner in enumerate(part):
            yield from nodes(inner, f"{path}/{index}")


def test_it_is_valid_openapi() -> None:
    """By the reference validator."""
    validate(document())


@pytest.mark.parametrize(("schema", "value"), [pytest.param(s, v, id=where) for where, s, v in examples()])
def test_every_example_is_valid(schema: str, value: Any) -> None:
    """Against the schema that it is an example of, formats asserted."""
    validator(schema).validate(value)


def test_the_examples_of_the_captured_page_stand_in_it_unchanged() -> None:
    """Request and response, as parsed from the page's own text."""
    captured = [value for where, _, value in examples() if where.endswith("captured")]

    assert captured == list(seed_json())


def test_no_field_of_the_captured_page_is_dropped() -> None:
    """Each field of the page's examples is a property of the schema in its place."""
    request, response = seed_json()
    found = schemas()

    assert set(request["inputs"][0]) <= set(found["TimelineEvent"]["properties"])
    assert set(response) <= set(found["TimelineEventBatchResult"]["properties"])
    assert set(response["results"][0]) <= set(found["TimelineEventResult"]["properties"])
    assert set(response["results"][0]["timelineIFrame"]) <= set(found["TimelineIFrame"]["properties"])
    assert set(re.findall(r"^([A-Z]{6,}),?$", SEED, re.MULTILINE)) <= set(found["BatchStatus"]["enum"])


def test_every_schema_names_its_source() -> None:
    """And no source is named that is not one of the four."""
    assert all("x-source" in schema for schema in schemas().values())
    assert {node["x-source"] for _, node in nodes(document()) if "x-source" in node} == SOURCES


@pytest.mark.parametrize("path", ["numErrors", "errors", "timelineIFrame", "BatchStatus", "207", "200", "ErrorBody"])
def test_every_departure_from_the_page_gives_its_reason(path: str) -> None:
    """The known additions and corrections each carry an x-correction of some length."""
    reasons = [node.get("x-correction", "") for where, node in nodes(document()) if where.endswith(f"/{path}")]

    assert any(len(reason) > 20 for reason in reasons)


def test_the_map_of_sources_lists_every_field() -> None:
    """spec/README.md has a row for each property of each schema."""
    text = (ROOT / "spec/README.md").read_text(encoding="utf-8")
    for name, schema in schemas().items():
        section = text.partition(f"### {name}\n")[2].partition("\n#")[0]
        assert section, name
        for field in schema.get("properties", {}):
            assert f"| `{field}` |" in section, f"{name}.{field}"


def test_the_map_of_sources_lists_every_operation() -> None:
    """Each with its verb and its path, and each names its source."""
    text = (ROOT / "spec/README.md").read_text(encoding="utf-8")
    for verb, path, operation in operations():
        short = path.removeprefix("/integrators/timeline/v3")
        assert f"`{verb.upper()} {short}`" in text or f"`{verb.upper()} {path}`" in text, path
        assert operation["x-source"] in SOURCES


def test_the_package_ships_the_same_document() -> None:
    """As JSON, inside the generated package."""
    shipped = resources.files("hubspot_timeline_api").joinpath("timeline-v3.json").read_text(encoding="utf-8")

    assert json.loads(shipped) == document()
