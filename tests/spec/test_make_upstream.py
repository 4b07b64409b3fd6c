"""`make upstream` lists what the vendor's document has and ours has not, however the vendor organises it."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, TypeAlias

import pytest

from changes.report import Exit
from tests.helpers.changed_document import Scratch
from tests.helpers.document import document

Edit: TypeAlias = Callable[[dict[str, Any]], object]
VERSION = "/integrators/timeline/2026-09"
BATCH = "/events/batch"


def vendor_like(name: str) -> dict[str, Any]:
    """Return the document organised as the vendor does: other names, tags, security and order, a literal version."""
    text = json.dumps(document(name)).replace("integrators/timeline/{version}", VERSION[1:])
    text = re.sub(r"(#/components/(?:schemas|responses|parameters)/)(\w+)", r"\1Public\2", text)
    result: dict[str, Any] = json.loads(text)
    result |= {"openapi": "3.0.1", "info": {"title": "Timeline", "version": "x"}, "tags": [{"name": "Basic"}]}
    result["servers"] = [{"url": "https://api.hubapi.com/"}]
    for section in ("schemas", "responses", "parameters"):
        components = result["components"][section]
        result["components"][section] = {f"Public{key}": value for key, value in reversed(components.items())}
    result["components"]["securitySchemes"] = {"oauth2": {"type": "oauth2", "flows": {}}}
    for path, item in result["paths"].items():
        if VERSION in path:
            item.pop("parameters")
        for method, operation in item.items():
            if method != "parameters":
                operation |= {"operationId": f"{method}-{path}", "tags": ["Basic"], "security": [{"oauth2": []}]}
                operation["responses"].pop("4XX")
    without_extensions(result)
    return result


def without_extensions(node: Any) -> None:
    if isinstance(node, dict):
        for key in [key for key in node if key.startswith("x-")]:
            del node[key]
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        without_extensions(inner)


def schema(vendor: dict[str, Any], name: str) -> Any:
    return vendor["components"]["schemas"][f"Public{name}"]


def batch(vendor: dict[str, Any]) -> Any:
    return vendor["paths"][f"{VERSION}{BATCH}"]["post"]


def found(clone: Scratch, vendor: Any, *arguments: str) -> tuple[int, list[Any]]:
    """Return the exit code and the findings of the program for a file of the vendor."""
    clone.write("vendor.json", json.dumps(vendor))
    completed = clone.diff(f"--upstream={clone.root / 'vendor.json'}", "--format=json", *arguments)
    return completed.code, json.loads(completed.out)["findings"]


@pytest.fixture
def address(clone: Scratch) -> Iterator[str]:
    """Serve the files of the clone on this machine."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(clone.root))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("name", ["app-events", "timeline-v3"])
def test_another_organisation_is_no_difference(clone: Scratch, name: str) -> None:
    """The document is the one with the same paths."""
    assert found(clone, vendor_like(name)) == (Exit.SAME, [])


@pytest.mark.parametrize(
    ("edit", "level", "kind", "text"),
    [
        pytest.param(
            lambda vendor: schema(vendor, "AppEvent")["properties"].update(color={"type": "string"}),
            *("compatible", "property-added", "color` is a new field."),
            id="new field",
        ),
        pytest.param(
            lambda vendor: schema(vendor, "AppEvent")["properties"].pop("utk"),
            *("breaking", "property-removed", "utk` was removed"),
            id="field gone",
        ),
        pytest.param(
            lambda vendor: schema(vendor, "AppEvent")["required"].append("email"),
            *("breaking", "property-required", "email` is now required"),
            id="required",
        ),
        pytest.param(
            lambda vendor: schema(vendor, "AppEvent")["properties"]["objectId"].update(type="integer"),
            *("breaking", "type-changed", "has `type` `integer` instead of `string`"),
            id="type",
        ),
        pytest.param(
            lambda vendor: schema(vendor, "BatchStatus")["enum"].append("FAILED"),
            *("breaking", "enum-value-added", "has the new value `FAILED`"),
            id="enum",
        ),
        pytest.param(
            lambda vendor: batch(vendor)["responses"].update({"207": {"description": "Some."}}),
            *("breaking", "status-overrides-default", "has the new status `207`"),
            id="new status",
        ),
        pytest.param(
            lambda vendor: batch(vendor).update(deprecated=True),
            *("compatible", "deprecation", "deprecated"),
            id="deprecated",
        ),
        pytest.param(
            lambda vendor: vendor["paths"].update({f"{VERSION}/events/{{id}}": {"get": {"responses": {}}}}),
            *("compatible", "operation-added", f"`GET {VERSION}/events/{{id}}`) is a new operation"),
            id="new operation",
        ),
        pytest.param(
            lambda vendor: vendor["paths"].pop(f"{VERSION}/types/projects"),
            *("breaking", "operation-removed", "was removed"),
            id="operation gone",
        ),
        pytest.param(
            lambda vendor: batch(vendor).update(parameters=[{"name": "dry", "in": "query"}]),
            *("compatible", "parameter-added", "(dry)` is a new optional argument"),
            id="new parameter",
        ),
        pytest.param(
            lambda vendor: schema(vendor, "ErrorBody")["properties"].update(traceId={"type": "string"}),
            *("compatible", "property-added", "traceId` is a new field"),
            id="new field beside a correction",
        ),
    ],
)
def test_what_the_vendor_changed_is_one_finding(clone: Scratch, edit: Edit, level: str, kind: str, text: str) -> None:
    """Although many operations may use the part; it has its line in our document, and the exit code of `make diff`."""
    vendor = vendor_like("app-events")
    edit(vendor)
    code, [finding] = found(clone, vendor)
    assert (finding["level"], finding["kind"], finding["source"]) == (level, kind, "spec/app-events.yaml")
    assert text in finding["text"]
    assert code == (Exit.BREAKING if level == "breaking" else Exit.COMPATIBLE)


def test_a_finding_has_the_line_of_the_component(clone: Scratch) -> None:
    """Not that of one of the operations that use it, which are listed."""
    vendor = vendor_like("app-events")
    schema(vendor, "AppEvent")["properties"]["objectId"]["type"] = "integer"
    _, [finding] = found(clone, vendor)
    lines = (clone.root / "spec/app-events.yaml").read_text(encoding="utf-8").splitlines()
    first = lines.index("    AppEvent:")
    assert finding["line"] == lines.index("        objectId:", first) + 2
    assert finding["pointer"] == "/components/schemas/AppEvent/properties/objectId/type"
    assert finding["operations"] == ["create_app_event", "create_app_events"]


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda vendor: batch(vendor)["responses"]["400"].clear(), id="a response without a schema"),
        pytest.param(
            lambda vendor: schema(vendor, "BatchError")["required"].extend(["status", "category"]), id="required"
        ),
        pytest.param(lambda vendor: schema(vendor, "ErrorBody")["properties"].pop("policyName"), id="a field"),
        pytest.param(
            lambda vendor: vendor["paths"][f"{VERSION}/events"]["post"]["responses"]["201"].pop("headers"), id="header"
        ),
    ],
)
def test_what_a_correction_explains_is_left_out(clone: Scratch, edit: Edit) -> None:
    """Without the correction it is a finding."""
    vendor = vendor_like("app-events")
    edit(vendor)
    assert found(clone, vendor) == (Exit.SAME, [])
    text = (clone.root / "spec/app-events.yaml").read_text(encoding="utf-8")
    clone.write("spec/app-events.yaml", text.replace("x-correction:", "x-remark:"))
    assert found(clone, vendor)[0] != Exit.SAME


def test_a_field_that_a_correction_names_may_be_required(clone: Scratch) -> None:
    """The reason is at the field, the difference in the list of its schema."""
    vendor = vendor_like("timeline-v3")
    for name in ("TimelineEventTemplateToken", "TimelineEventTemplateTokenUpdate"):
        schema(vendor, name)["required"].append("options")
    assert found(clone, vendor) == (Exit.SAME, [])
    schema(vendor, "TimelineEventTemplateToken")["required"].append("objectPropertyName")
    assert [each["kind"] for each in found(clone, vendor)[1]] == ["property-required"]


def test_make_takes_a_file_or_a_url(clone: Scratch, address: str) -> None:
    """With the exit code of the program on the last line but one; YAML and JSON are read alike."""
    vendor = vendor_like("app-events")
    schema(vendor, "AppEvent")["properties"].pop("utk")
    clone.write("vendor.json", json.dumps(vendor))
    for source in ("FILE=vendor.json", f"URL={address}/vendor.json"):
        completed = clone.make("upstream", source)
        assert completed.code == 2
        assert re.match(r"spec/app-events.yaml:\d+: breaking: .*utk` was removed", completed.out), completed.err
        assert "exit 1: breaking" in completed.err


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "the document of the vendor is missing: name it by FILE=path or URL=address"),
        ("nowhere.json", "nowhere.json: [Errno 2] No such file"),
        ("{address}/nowhere.json", "/nowhere.json: HTTP Error 404: File not found"),
        ("{address}/Makefile", "/Makefile:"),
        ("{address}/spec/generator.yaml", "has no operation of spec/timeline-v3.yaml, spec/app-events.yaml"),
    ],
)
def test_what_cannot_be_compared_is_a_failure(clone: Scratch, address: str, source: str, message: str) -> None:
    """With exit code 3, which is no result."""
    completed = clone.diff(f"--upstream={source.format(address=address)}")
    assert completed.code == Exit.FAILED
    assert message in completed.err


def test_a_named_document_is_compared_whatever_the_paths_are(clone: Scratch) -> None:
    """If they have an operation in common."""
    vendor = vendor_like("app-events")
    both = copy.deepcopy(vendor)
    both["paths"] |= vendor_like("timeline-v3")["paths"]
    code, findings = found(clone, both, "--document=app-events")
    assert code == Exit.COMPATIBLE
    assert {each["kind"] for each in findings} == {"operation-added"}
    assert Path(findings[0]["source"]).stem == "app-events"
