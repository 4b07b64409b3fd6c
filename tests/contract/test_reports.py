"""The reports are those of Schemathesis, and have the checks of this package."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from attrs import evolve

from hubspot_timeline_testing.contract import Verdict
from tests.helpers.contract_runs import (
    STRICT,
    Exchange,
    changed,
    contract,
    contract_of,
    messages,
    respond_json,
    serving,
)

HOSTILE = "]]>``` </details><script>alert(1)</script> @everyone | # `x` \x00\x1b[31m\x85\u202e\u2028\ud800 & \r\n- [x]"


def test_schemathesis_writes_the_reports(tmp_path: Path) -> None:
    """By its own options; checks of a response and of the scenario are in them."""

    def respond(exchange: Exchange) -> Exchange:
        body = json.loads(exchange.body or b"{}") if exchange.method in ("GET", "POST") else {}
        return evolve(exchange, body=json.dumps(body | {"id": "other"}).encode()) if "tokens" in body else exchange

    junit, har = tmp_path / "junit.xml", tmp_path / "run.har"
    with changed(respond) as url:
        report = contract(
            url,
            operations=["create_event", "get_template"],
            schemathesis_options=[f"--report-junit-path={junit}", f"--report-har-path={har}"],
        )
    assert report.verdict is Verdict.BROKEN
    text = " ".join(ET.parse(junit).getroot().itertext()) + junit.read_text(encoding="utf-8")  # noqa: S314 - our own
    assert "identifiers_match" in text
    assert "ScenarioPassed" in text
    assert json.loads(har.read_text(encoding="utf-8"))["log"]["entries"]


def hostile_message(exchange: Exchange) -> Exchange:
    body = json.dumps({"message": HOSTILE * 3, "status": [HOSTILE], HOSTILE: HOSTILE}).encode()
    return respond_json(exchange, 400, body, **{"X-Odd": "]]>"})


def hostile_body(exchange: Exchange) -> Exchange:
    body = HOSTILE.encode("utf-8", "surrogatepass") + bytes(range(256)) + b"`" * 200_000
    return evolve(exchange, status=201, content_type="text/`<b>]]>", body=body)


@pytest.mark.parametrize("respond", [hostile_message, hostile_body])
def test_a_hostile_server_does_no_harm(respond: object) -> None:
    """Its texts are printable and short; each finding is at most a line, and a command."""
    with serving(respond) as url:  # type: ignore[arg-type]
        report = contract(url, operations=["create_event"], phases=["coverage"])
    assert report.verdict is Verdict.BROKEN
    assert all(finding.message.isprintable() and len(finding.message) < 500 for finding in report.findings)


def test_a_configuration_file_of_schemathesis_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is found in the current folder, or named; options of this package outweigh it."""
    text = (
        'base-url = "https://api.hubapi.com"\n[cache]\nenabled = false\n[checks]\nnot_a_server_error.enabled = false\n'
    )
    (tmp_path / "schemathesis.toml").write_text(text, encoding="ascii")
    with changed(lambda exchange: evolve(exchange, status=500) if exchange.status == 201 else exchange) as url:
        named = contract(url, operations=["create_template"], config_file=str(tmp_path / "schemathesis.toml"))
        without = contract(url, operations=["create_template"])
        monkeypatch.chdir(tmp_path)
        found = contract(url, operations=["create_template"])
    checks = [{finding.check for finding in report.findings} for report in (named, found, without)]
    assert "not_a_server_error" not in checks[0] | checks[1]
    assert "not_a_server_error" in checks[2]


def test_a_run_that_schemathesis_fails_for_other_reasons_is_unverified(tmp_path: Path) -> None:
    """Such as a warning that the configuration turns into a failure; it never looks like a contract that holds."""
    (tmp_path / "fail.toml").write_text("[cache]\nenabled = false\n[warnings]\nfail-on = true\n", encoding="ascii")
    report = contract_of(
        STRICT, operations=["get_template"], phases=["coverage"], config_file=str(tmp_path / "fail.toml")
    )
    assert report.verdict is Verdict.UNVERIFIED, messages(report)
    assert [problem.partition(":")[0] for problem in report.problems] == ["Schemathesis ended with exit code 1"]
