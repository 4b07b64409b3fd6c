"""Schemathesis, which generates requests from the document and checks responses, finds no failure."""

from typing import Any

from hubspot_timeline_testing.contract import ContractReport, verify
from hubspot_timeline_testing.sandbox import Account, SandboxServer, SandboxSettings
from tests.helpers.contract_runs import STRICT, TOKEN
from tests.helpers.examples import examples

AMOUNT = examples(5, 250)


def summary(report: ContractReport) -> str:
    return "\n".join([*(failure.message + "\n" + failure.curl for failure in report.failures), *report.problems])


def test_a_strict_sandbox_has_no_failures() -> None:
    """In all phases, with valid and invalid data, and in chains of operations."""
    with SandboxServer(settings=STRICT) as server:
        report = verify(server.url, TOKEN, seed=1, max_examples=AMOUNT)
        counts = server.store.counts()
    assert report, summary(report)
    assert not report.allowed
    assert all(tally.accepted for tally in report.operations)  # not everything was rejected
    assert counts.events > 0
    assert counts.templates > 10


def test_the_default_sandbox_has_two_known_deviations() -> None:
    """It accepts every token, and the types that the service accepts."""
    with SandboxServer() as server:
        report = verify(server.url, TOKEN, seed=1, max_examples=AMOUNT, allow=["any-token", "lenient-types"])
    assert report, summary(report)
    assert set(report.allowed) == {"any-token", "lenient-types"}


def test_each_known_deviation_is_named() -> None:
    """The message has the option that allows it."""
    with SandboxServer() as server:
        report = verify(server.url, TOKEN, seed=1, operations=["create_events"], phases=["examples", "coverage"])
    assert {failure.allowance for failure in report.failures} == {"any-token", "lenient-types"}
    for failure in report.failures:
        assert failure.message.endswith(f"(if that is known of this server: --allow {failure.allowance})")


def test_requests_are_for_the_app_of_the_option() -> None:
    """The server rejects all others."""
    settings = SandboxSettings(types="strict", accounts=[Account(name="only", app=77, access_token=TOKEN)])
    options: dict[str, Any] = {"operations": ["create_template", "list_templates"], "phases": ["coverage"], "seed": 1}
    with SandboxServer(settings=settings) as server:
        assert verify(server.url, TOKEN, app_id=77, **options)
        assert server.store.counts().templates > 0
