"""The reports are well-formed whatever a server says, and hold what was found."""

import json
from xml.etree import ElementTree as ET

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from hubspot_timeline_testing.contract import ContractReport, render
from hubspot_timeline_testing.contract.reports.summary import summary
from hubspot_timeline_testing.contract.redaction import shown
from tests.helpers.contract_runs import (
    STRICT,
    TOKEN,
    Exchange,
    Flaw,
    contract,
    contract_of,
    evolve_answer,
    flawed,
    serving,
)
from tests.helpers.examples import examples

HOSTILE = "]]>``` </details><script>alert(1)</script> @everyone | # `x` \x00\x1b[31m\x85\u202e\u2028\ud800 & \r\n- [x]"


def hostile(exchange: Exchange) -> Exchange:
    body = json.dumps({"message": HOSTILE * 3, "status": [HOSTILE], HOSTILE: HOSTILE}).encode()
    return evolve_answer(exchange, 400, body, **{"X-Odd": "]]>"})


def raw(exchange: Exchange) -> Exchange:
    body = HOSTILE.encode("utf-8", "surrogatepass") + bytes(range(256)) + b"`" * 200_000
    return evolve(exchange, status=201, content_type="text/`<b>]]>", body=body)


@pytest.fixture(scope="module", params=[hostile, raw], ids=["message", "body"])
def report(request: pytest.FixtureRequest) -> ContractReport:
    answer: Flaw = request.param
    with serving(answer) as url:
        return contract(url, phases=["examples", "coverage"])


def test_junit_is_xml_with_a_case_for_each_operation_and_check(report: ContractReport) -> None:
    """And says how many there are, how many failed, and for what reason."""
    root = ET.fromstring(render(report, "junit"))  # noqa: S314 - our own
    cases = root.findall("testsuite/testcase")
    failed = root.findall("testsuite/testcase/failure")
    assert (root.get("tests"), root.get("failures")) == (str(len(cases)), str(len(failed)))
    assert len({(case.get("classname"), case.get("name")) for case in cases}) == len(cases)
    assert len(failed) == len(report.failures)
    for failure in failed:
        assert (failure.get("message") or "").isprintable()
        assert "curl -sS" in (failure.text or "")
        assert "httpx.request(" in (failure.text or "")
    assert root.find(f"testsuite/properties/property[@name='seed'][@value='{report.settings.seed}']") is not None


def test_json_has_its_documented_shape(report: ContractReport) -> None:
    """In ASCII, so that no reader stumbles."""
    text = render(report, "json")
    assert text.isascii()
    found = json.loads(text)
    assert found["format"] == 1
    assert (found["verdict"], found["seed"]) == ("broken", 1)
    assert [one["message"] for one in found["failures"]] == [failure.message for failure in report.failures]
    assert sum(one["requests"] for one in found["operations"]) == found["requests"]
    assert set(found["versions"]) == {"hubspot-timeline", "schemathesis", "hypothesis", "python"}
    assert all(len(one["answer"]["body"]) < 20_000 for one in found["failures"])


def test_markdown_keeps_what_a_server_says_in_code(report: ContractReport) -> None:
    """No mark-up, no mention, no HTML of its own, and it fits into a comment."""
    text = render(report, "markdown")
    assert len(text) <= 65_536
    html = MarkdownIt("commonmark").enable("table").render(text)
    for word in ("<script", "<b>", "</details><"):
        assert word not in html
    outside = "".join(token.content for token in _texts(text))
    assert "@everyone" not in outside
    assert "alert" not in outside
    assert html.count("<details>") == html.count("</details>")


def _texts(text: str) -> list[Token]:
    inline = [token for token in MarkdownIt("commonmark").enable("table").parse(text) if token.type == "inline"]
    return [child for token in inline for child in token.children or () if child.type in ("text", "html_inline")]


def test_the_summary_has_no_signs_that_move_a_cursor(report: ContractReport) -> None:
    """And its sentences fit into 80 columns; commands are not broken."""
    text = summary(report)
    assert all(line.isprintable() for line in text.split("\n"))
    sentences = [line for line in text.split("\n") if "curl" not in line and "document:" not in line]
    assert all(len(line) < 80 for line in sentences if " " in line.strip()), sentences


def test_a_contract_that_holds_has_no_failure_in_any_form() -> None:
    """And a test case for each check that was made."""
    found = contract_of(STRICT)
    root = ET.fromstring(render(found, "junit"))  # noqa: S314 - our own
    assert (root.get("failures"), root.get("errors")) == ("0", "0")
    assert root.find("testsuite/testcase[@name='response_schema_conformance'][@classname='create_events']") is not None
    assert json.loads(render(found, "json"))["verdict"] == "holds"
    assert render(found, "markdown").startswith("### The contract holds\n")


def test_what_could_not_be_verified_is_an_error_and_no_success() -> None:
    """In each form."""
    with serving(lambda exchange: evolve_answer(exchange, 401, b"{}")) as url:
        found = contract(url)
    root = ET.fromstring(render(found, "junit"))  # noqa: S314 - our own
    assert [error.get("message") for error in root.iter("error")] == ["all answers were 401"] * 2
    assert json.loads(render(found, "json"))["verdict"] == "unverified"
    assert "could not be verified" in render(found, "markdown")


def test_a_server_that_repeats_the_token_does_not_bring_it_into_a_report() -> None:
    """Neither from its body nor from its headers."""

    def telling(exchange: Exchange) -> Exchange:
        token = exchange.headers.get("Authorization", "")
        body = json.dumps({"message": f"I know {token}", "errors": token.removeprefix("Bearer ")}).encode()
        return evolve(exchange, status=400, body=body, content_type=f"text/plain; what={token}")

    with serving(telling) as url:
        found = contract(url)
    assert found.failures
    for form in ("junit", "json", "markdown"):
        assert TOKEN not in render(found, form)
    assert TOKEN not in summary(found) + repr(found)


@settings(max_examples=examples(50, 2_000))
@given(st.text(), st.integers(1, 50))
def test_any_text_is_shown_on_one_printable_line(text: str, limit: int) -> None:
    """With nothing lost of what is printable, within the limit."""
    told = shown(text, limit)
    assert told.isprintable()
    if text.isprintable() and len(text) <= limit:
        assert told == text


def test_flaws_of_every_operation_are_told_under_its_name() -> None:
    """A report is read from its top: by operation."""
    with flawed(lambda done: evolve(done, content_type="text/css") if done.status < 300 else done) as url:
        found = contract(url, operations=["list_templates", "create_template", "get_event"])
    named = [failure.operation for failure in found.failures]
    assert set(named) == {"list_templates", "create_template", "get_event"}
    assert named == sorted(named)
