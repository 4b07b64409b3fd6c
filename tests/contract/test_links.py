"""The links of the document lead from each operation to the next, so that chains of requests succeed."""

import pytest

from hubspot_timeline_testing.openapi import document, operations
from tests.helpers.contract_runs import STRICT, contract_of, messages
from tests.helpers.examples import examples

LINKS = {
    (name, status): response["links"]
    for name, (method, path) in operations().items()
    for status, response in document()["paths"][path][method.lower()]["responses"].items()
    if "links" in response
}


@pytest.mark.parametrize("source", LINKS, ids=str)
def test_a_link_sets_all_path_parameters(source: tuple[str, str]) -> None:
    """Each link names an operation by its operationId."""
    for name, link in LINKS[source].items():
        _, path = operations()[link["operationId"]]
        assert link["operationId"] == name
        assert link.get("parameters", {}).keys() == {part.partition("}")[0] for part in path.split("{")[1:]}


def test_every_operation_is_linked() -> None:
    """As a source or as a target."""
    assert {target for links in LINKS.values() for target in links} | {name for name, _ in LINKS} == set(operations())


def test_operations_on_templates_succeed_in_chains() -> None:
    """Only few chains go further, to a token of a template of a chain."""
    names = ["create_template", "get_template", "delete_template", "create_token"]
    report = contract_of(STRICT, operations=names, phases=["stateful"], max_examples=examples(10, 100))
    assert report, [*messages(report), *report.problems]
    for result in report.operations:
        assert any(200 <= status < 300 for status in result.statuses_by_phase["stateful"]), result
