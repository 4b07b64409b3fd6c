"""Schemathesis, which thinks of requests by the document and judges the answers by it, finds nothing in the sandbox."""

from hubspot_timeline_testing.contract import ContractReport, verify
from hubspot_timeline_testing.sandbox import Account, SandboxServer, SandboxSettings
from tests.helpers.contract_runs import STRICT, TOKEN
from tests.helpers.examples import examples

AMOUNT = examples(5, 250)


def told(report: ContractReport) -> str:
    return "\n".join([*(finding.message + "\n" + finding.curl for finding in report.findings), *report.problems])


def test_schemathesis_finds_nothing_in_a_strict_sandbox() -> None:
    """In all its phases, with data by the document and against it, in chains of operations, nothing is amiss."""
    with SandboxServer(settings=STRICT) as server:
        report = verify(server.url, TOKEN, seed=1, max_examples=AMOUNT)
        counts = server.store.counts()
    assert report, told(report)
    assert not report.allowed
    assert all(result.accepted for result in report.operations)  # it has not only been refused
    assert counts.events > 0
    assert counts.templates > 10


def test_schemathesis_finds_but_the_two_allowances_in_a_sandbox_as_it_comes() -> None:
    """Which takes every token, and the types that the service takes."""
    with SandboxServer() as server:
        report = verify(server.url, TOKEN, seed=1, max_examples=AMOUNT, allow=["any-token", "lenient-types"])
    assert report, told(report)
    assert set(report.allowed) == {"any-token", "lenient-types"}


def test_each_departure_of_a_sandbox_as_it_comes_names_its_allowance() -> None:
    """So that whoever meets one knows what to write."""
    with SandboxServer() as server:
        report = verify(server.url, TOKEN, seed=1, operations=["create_events"], phases=["examples", "coverage"])
    assert {finding.deviation for finding in report.findings} == {"any-token", "lenient-types"}
    for finding in report.findings:
        assert finding.message.endswith(f"(to accept it: --allow {finding.deviation})")


def test_the_app_that_is_named_is_the_one_that_is_asked_for() -> None:
    """Where the server knows one app only, the others would be refused."""
    settings = SandboxSettings(types="strict", accounts=[Account(name="only", app=77, access_token=TOKEN)])
    wanted = {"operations": ["create_template", "list_templates"], "phases": ["coverage"], "seed": 1}
    with SandboxServer(settings=settings) as server:
        assert verify(server.url, TOKEN, app_id=77, **wanted), "77 is its app"  # type: ignore[arg-type]
        assert server.store.counts().templates > 0
