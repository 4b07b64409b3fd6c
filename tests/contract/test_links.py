"""Chains of requests take from each answer what the next request needs, so that what they reach is really there."""

import pytest

from hubspot_timeline_testing.contract.links import LINKS
from hubspot_timeline_testing.openapi import document, operations
from tests.helpers.contract_runs import STRICT, contract_of
from tests.helpers.examples import examples


def path_names(operation: str) -> set[str]:
    _, path = operations()[operation]
    return {word.partition("}")[0] for word in path.split("{")[1:]}


@pytest.mark.parametrize("source", LINKS, ids=str)
def test_a_link_gives_all_that_a_path_needs(source: tuple[str, str]) -> None:
    """For an operation and a status that the document has; but for a body's, which has a rule of its own."""
    operation, status = source
    method, path = operations()[operation]
    assert status in document()["paths"][path][method.lower()]["responses"]
    for target, parameters in LINKS[source].items():
        assert parameters.keys() == path_names(target), target


def test_every_operation_is_linked() -> None:
    """But for a batch, whose events need no template of a chain's."""
    reached = {target for targets in LINKS.values() for target in targets} | {source for source, _ in LINKS}
    assert reached == set(operations())


def test_each_operation_of_templates_succeeds_in_chains() -> None:
    """Not only in the walk; but for update_template, whose body only few chains make."""
    names = ["get_template", "delete_template", "create_token", "update_token", "delete_token"]
    report = contract_of(
        STRICT, operations=["create_template", *names], phases=["stateful"], max_examples=examples(25, 100)
    )
    accepted = {tally.operation: tally.accepted - (tally.requests - tally.generated) for tally in report.operations}
    assert report, [*report.failures, *report.problems]
    assert all(accepted[name] > 0 for name in names), accepted
