"""Schemathesis, which makes requests from the document and checks the responses by it, finds nothing in the sandbox."""

import pytest

from hubspot_timeline_testing.sandbox import Account, SandboxServer, SandboxSettings
from tests.helpers.contract_runs import STRICT, TOKEN, contract, contract_of, messages
from tests.helpers.examples import IS_LONG, examples

MAX_EXAMPLES = examples(5, 250)
DEVIATIONS = ["any-token", "lenient-types"]


@pytest.mark.parametrize(
    ("settings", "deviations", "phases"),
    [(STRICT, [], ()), (SandboxSettings(), DEVIATIONS, () if IS_LONG else ("coverage",))],
    ids=["strict settings", "default settings"],
)
def test_schemathesis_finds_nothing(settings: SandboxSettings, deviations: list[str], phases: tuple[str, ...]) -> None:
    """In all phases, with valid and invalid data; with the default settings except for two known deviations.

    With these `make test` runs only the phase that finds the deviations.
    """
    with SandboxServer(settings=settings) as server:
        report = contract(server.url, operations=(), phases=phases, max_examples=MAX_EXAMPLES, allow=deviations)
        counts = server.store.counts()
    assert report, [*messages(report), *report.problems]
    assert sorted(report.allowed) == deviations
    assert all(result.accepted for result in report.operations)  # each operation has accepted some requests
    assert counts.events > 0
    assert counts.templates > 10


def test_a_finding_names_the_option_that_allows_it() -> None:
    """With the default settings each finding is one of the two known deviations."""
    report = contract_of(SandboxSettings(), operations=["create_events"], phases=["examples", "coverage"])
    assert sorted({str(finding.deviation) for finding in report.findings}) == DEVIATIONS
    for finding in report.findings:
        assert finding.message.endswith(f"(to accept it: --allow {finding.deviation})")


def test_the_requests_use_the_given_app() -> None:
    """The account of the token has that app only, so that requests for other apps would be rejected."""
    settings = SandboxSettings(types="strict", accounts=[Account(name="only", app=77, access_token=TOKEN)])
    with SandboxServer(settings=settings) as server:
        assert contract(server.url, app_id=77, operations=["create_template", "list_templates"])
        assert server.store.counts().templates > 0
