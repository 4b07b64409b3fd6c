"""A baseline hides exactly the failures that it names, in runs with other seeds too."""

import json
from pathlib import Path

import pytest
from attrs import evolve

from hubspot_timeline_testing.contract import ContractUsageError, Verdict
from hubspot_timeline_testing.contract.baseline import Baseline
from tests.helpers.contract_runs import Exchange, changed, contract, respond_json

COMPLETENESS = "v3 create_events batch_completeness 201"
ENUM = "v3 create_events response_schema_conformance 201 BatchStatus/enum"
IDS = "v3 create_event identifiers_match 201"
REQUIRED = "v3 create_event negative_data_rejection 201 TimelineEvent/required"
TYPE = "v3 create_event negative_data_rejection 201 TimelineEvent/properties/id/type"
GONE = "v3 create_event not_a_server_error 500"
COMMENTED = "# reported in March\n"


def defective(exchange: Exchange) -> Exchange:
    """Plant a lost result or a wrong word in the responses to batches, and another id in those to events."""
    body = json.loads(exchange.body or b"{}")
    if exchange.status == 201 and len(body.get("results", ())) > 2:
        body["results"].pop()
    elif exchange.status == 201 and "results" in body:
        body["status"] = "FINISHED"
    elif exchange.status == 201 and "eventTemplateId" in body:
        body["id"] = "other"
    return evolve(exchange, body=json.dumps(body).encode())


def test_a_baseline_hides_exactly_the_known_failures(tmp_path: Path) -> None:
    """With another seed and other ids; also in the reports of Schemathesis. What no longer appears is named."""
    junit = tmp_path / "junit.xml"
    with changed(defective) as url:
        first = contract(url, seed=1)
        names = {finding.fingerprint for finding in first.findings}
        baseline = [IDS, COMPLETENESS, GONE, "2026-09 create_app_event not_a_server_error 500"]
        second = contract(url, seed=2, baseline=baseline, schemathesis_options=[f"--report-junit-path={junit}"])
    assert names == {IDS, COMPLETENESS, ENUM}
    assert [finding.fingerprint for finding in second.findings] == [ENUM]
    assert second.verdict is Verdict.BROKEN
    assert second.known == (IDS, COMPLETENESS)
    assert second.gone == (GONE,)
    allowed = f"{GONE[:-4]} any-token"  # which the run does not look for
    other = evolve(second, settings=evolve(second.settings, allow=["any-token"], baseline=[allowed, GONE]))
    assert other.gone == (GONE,)
    report = junit.read_text(encoding="utf-8")
    assert "FINISHED" in report
    assert "has another id" not in report
    assert f"Known, and no longer found: {GONE}; --update-baseline removes it" in str(second)
    assert second.with_baseline(names).verdict is Verdict.HOLDS


def accepting(exchange: Exchange) -> Exchange:
    """Accept events without one of the required fields, and those whose id is not a text."""
    if exchange.status != 400 or not exchange.path.endswith("/events"):
        return exchange
    sent = json.loads(exchange.sent or b"null")
    if isinstance(sent, dict) and (len({"eventTemplateId", "tokens"} - sent.keys()) == 1 or not is_text(sent)):
        event = {"id": "a", "eventTemplateId": "1", "tokens": {}, "objectType": "contacts"}
        return respond_json(exchange, 201, json.dumps(event).encode())
    return exchange


def is_text(event: dict[str, object]) -> bool:
    return isinstance(event.get("id", ""), str)


def test_failures_of_other_keywords_are_others() -> None:
    """An accepted request is a failure of each keyword that it violates, and known only if all of them are."""
    with changed(accepting) as url:
        report = contract(url, operations=["create_event"], phases=["coverage"], baseline=[REQUIRED])
    found = {finding.fingerprint for finding in report.findings}
    assert report.known == (REQUIRED,)
    assert TYPE in found, found
    [result] = report.operations
    assert result.coverage["required"]["201"] > 0
    assert result.coverage["nothing"]["201"] > 0
    assert "400" in result.coverage["format"]


def test_the_file_keeps_its_comments(tmp_path: Path) -> None:
    """New failures come last, each once, and those that are gone are removed."""
    path = tmp_path / "known.txt"
    assert Baseline.read(path, may_be_missing=True).fingerprints == ()
    path.write_text(f"{COMMENTED}{IDS}\n\n {GONE} \n")
    baseline = Baseline.read(path)
    assert baseline.fingerprints == (IDS, GONE)
    baseline.updated(new=[ENUM, COMPLETENESS, ENUM, IDS], gone=[GONE]).write()
    assert path.read_text() == f"{COMMENTED}{IDS}\n\n{COMPLETENESS}\n{ENUM}\n"


@pytest.mark.parametrize("line", ["v4 create_event x", "v3 create_evnt x", "v3 create_event", "create_event x"])
def test_a_line_that_is_not_a_failure_is_named(line: str, tmp_path: Path) -> None:
    """With the file, the number of the line, and an example."""
    path = tmp_path / "known.txt"
    path.write_text(f"{COMMENTED}{line}\n")
    with pytest.raises(ContractUsageError, match=r"known\.txt:2: '.*' is not a failure; write API, operation and"):
        Baseline.read(path)


def test_a_baseline_that_cannot_be_read_or_written_is_a_usage_error(tmp_path: Path) -> None:
    """A missing one too, so that no run of CI passes because of a wrong path."""
    with pytest.raises(ContractUsageError, match="cannot be read: No such file or directory; --update-baseline writes"):
        Baseline.read(tmp_path / "none")
    (tmp_path / "binary").write_bytes(b"\xff")
    with pytest.raises(ContractUsageError, match="is not a text in UTF-8"):
        Baseline.read(tmp_path / "binary")
    with pytest.raises(ContractUsageError, match="cannot be written: "):
        Baseline(tmp_path / "none/known.txt").write()
