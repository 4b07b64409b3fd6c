"""A seed determines the requests of a run."""

import re

from attrs import evolve

from tests.helpers.contract_runs import Exchange, changed, contract
from tests.helpers.examples import examples

AMOUNT = examples(2, 40)
VARIABLE = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+Z|[0-9a-f]{8}-[0-9a-f-]{27}")


def requests_with(seed: int, *phases: str) -> list[tuple[str, str, str]]:
    """Return the requests to a server that responds the same each time; chains use values of responses."""
    sent: list[tuple[str, str, str]] = []
    mark = re.compile(rf"[- ]{seed}\b")  # in the ids and names of the scenario and of examples

    def respond(exchange: Exchange) -> Exchange:
        sent.append(
            (exchange.method, mark.sub("", exchange.path), mark.sub("", exchange.sent.decode("utf-8", "replace")))
        )
        return evolve(exchange, body=VARIABLE.sub(b"2026-03-10T23:04:41.164Z", exchange.body))

    with changed(respond) as url:
        contract(url, seed=seed, max_examples=AMOUNT, operations=["create_event", "get_event"], phases=phases)
    return sent


def test_the_same_seed_sends_the_same_requests_and_another_seed_others() -> None:
    """In all phases, in the same order; another seed generates others."""
    first, repeated = requests_with(7), requests_with(7)
    assert len(first) > 100
    assert first == repeated
    assert requests_with(7, "fuzzing") != requests_with(8, "fuzzing")


def test_a_random_seed_is_reported() -> None:
    """So that the run can be repeated."""
    with changed(lambda exchange: exchange) as url:
        reports = [contract(url, seed=None, operations=["list_templates"]) for _ in range(2)]
    assert len({report.settings.seed for report in reports}) == 2
    assert all(f"seed {report.settings.seed}" in str(report) for report in reports)
