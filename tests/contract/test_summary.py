"""The report as JSON and as Markdown, with what was covered: operation, keyword of the schema, status."""

import json

import pytest

from hubspot_timeline_testing.contract import ContractReport, ContractSettings, Finding, OperationResult
from hubspot_timeline_testing.contract.summary import as_json, coverage, markdown
from hubspot_timeline_testing.contract.violations import body_keywords

HOSTILE = "`</details><script> | [x](y) @everyone"
KNOWN, GONE = "v3 create_event not_a_server_error 500", "v3 get_event ignored_auth 200 no_auth"


@pytest.fixture
def report() -> ContractReport:
    """Return a report on two operations, with a new failure and a known one."""
    created = OperationResult("create_event")
    for status, violated in [(201, "nothing"), (400, "required"), (201, "nothing"), (500, "required")]:
        created.add_response(status, "coverage", violated)
    findings = [
        Finding("status_code_conformance", ["create_event"], f"responded 202: {HOSTILE}", 202, fingerprint="new"),
        Finding("not_a_server_error", ["create_event"], "responded 500", 500, fingerprint=KNOWN),
    ]
    return ContractReport(
        settings=ContractSettings(
            url="http://127.0.0.1", operations=["create_event", "get_event"], seed=7, baseline=[KNOWN, GONE]
        ),
        operations=(created, OperationResult("get_event")),
        all_findings=tuple(findings),
        problems=(),
        allowed={},
        interrupted=False,
    )


def test_each_keyword_of_the_document_has_a_row(report: ContractReport) -> None:
    """Also one that no request has violated."""
    rows = {(row.operation, row.violated): row.statuses for row in coverage(report)}
    assert rows["create_event", "nothing"] == {"201": 2}
    assert rows["create_event", "required"] == {"400": 1, "500": 1}
    assert rows["create_event", "format"] == {}
    assert [key for key in rows if key[0] == "get_event"] == [("get_event", "nothing")]


def test_the_keywords_are_those_of_the_request() -> None:
    """Of all of its schemas, and without names of properties or what is in examples."""
    assert body_keywords("create_event") == ("format", "not", "pattern", "required", "type")
    assert body_keywords("create_token") == ("enum", "format", "not", "pattern", "required", "type")
    assert body_keywords("get_event") == ()


def test_the_markdown_has_a_table_for_each_part(report: ContractReport) -> None:
    """A text of the server has no markup in it."""
    lines = markdown(report).splitlines()
    assert lines[0] == "### ❌ Contract broken: API v3, seed 7"
    assert f"| {KNOWN} |" in lines
    assert f"| {GONE} |" in lines
    assert "| create_event | required | 400 (1), 500 (1) |" in lines
    assert "| create_event | format | none |" in lines
    [failure] = [line for line in lines if line.startswith("| status_code_conformance |")]
    assert not set("`<[@") & set(failure)
    assert failure.count("|") == 4


def test_the_json_has_the_same(report: ContractReport) -> None:
    """As values that every parser reads."""
    values = json.loads(json.dumps(as_json(report)))
    assert (values["verdict"], values["api"], values["seed"]) == ("broken", "v3", 7)
    assert [failure["fingerprint"] for failure in values["failures"]] == ["new"]
    assert (values["known"], values["gone"]) == ([KNOWN], [GONE])
    assert {"operation": "create_event", "violated": "required", "statuses": {"400": 1, "500": 1}} in values["coverage"]
