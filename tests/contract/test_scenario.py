"""The scenario finds changes that do not persist, and responses about something else than the request."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from hubspot_timeline_testing.contract import ContractSettings
from hubspot_timeline_testing.contract.documents import contract_operations
from hubspot_timeline_testing.contract.scenario import APP_EVENT_STEPS, STEPS, play
from hubspot_timeline_testing.openapi import operations
from tests.helpers.contract_runs import Exchange, Respond, changed, contract, messages

TEMPLATES = ["list_templates", "get_template", "update_template", "create_token", "update_token", "delete_token"]
EVENTS = ["get_event", "get_event_detail", "render_event"]


def is_success(exchange: Exchange, method: str, end: str) -> bool:
    path = exchange.path.partition("?")[0]
    return exchange.method == method and path.endswith(end) and exchange.status < 300


def is_template(exchange: Exchange) -> bool:
    return exchange.method == "GET" and exchange.path.split("/")[-2] == "event-templates"


def with_json(exchange: Exchange, **values: Any) -> Exchange:
    return evolve(exchange, body=json.dumps(json.loads(exchange.body) | values).encode())


def stale_templates(number: int) -> Respond:
    """Respond to later reads of a template, and of the list, as to the one with this number."""
    reads: list[Exchange] = []
    lists: list[Exchange] = []

    def respond(exchange: Exchange) -> Exchange:
        if is_success(exchange, "GET", "event-templates"):
            lists.append(exchange)
            return lists[0]
        if is_success(exchange, "PUT", "tokens/plan"):
            return with_json(exchange, name="other")
        if not is_template(exchange):
            return exchange
        reads.append(exchange)
        return reads[min(number, len(reads)) - 1]

    return respond


def empty_reads() -> Respond:
    def respond(exchange: Exchange) -> Exchange:
        if is_success(exchange, "GET", "event-templates"):
            return evolve(exchange, body=b'{"results": []}')
        if is_success(exchange, "GET", "contract-1-1") or is_success(exchange, "GET", "contract-1-3"):
            return with_json(exchange, tokens={})
        if is_success(exchange, "GET", "/render"):
            return evolve(exchange, body=b"")
        return evolve(exchange, body=b'{"details": ""}') if is_success(exchange, "GET", "/detail") else exchange

    return respond


def other_event() -> Respond:
    def respond(exchange: Exchange) -> Exchange:
        is_event = exchange.path.split("/")[-3] == "events" and exchange.status == 200
        return with_json(exchange, id="other") if is_event else exchange

    return respond


NOT_SHOWN = "changes_persist: {} responded 200: does not show the effect of {}"
DELETED = "changes_persist: get_template responded 200: delete_template is without effect"
OTHER_TOKEN = "identifiers_match: update_token responded 200: has another name than the request: 'other'"
UNLISTED = NOT_SHOWN.format("list_templates", "delete_template")


def stale(*changes: str) -> set[str]:
    return {NOT_SHOWN.format("get_template", change) for change in changes} | {DELETED, OTHER_TOKEN, UNLISTED}


@pytest.mark.parametrize(
    ("change", "names", "expected"),
    [
        (lambda: stale_templates(1), TEMPLATES, stale("update_template", "create_token", "update_token")),
        (lambda: stale_templates(3), TEMPLATES, stale("update_token", "delete_token")),
        (
            empty_reads,
            ["list_templates", *EVENTS],
            {
                NOT_SHOWN.format("list_templates", "create_template"),
                NOT_SHOWN.format("get_event", "create_event"),
                NOT_SHOWN.format("get_event", "create_events"),
                NOT_SHOWN.format("get_event_detail", "create_event"),
                NOT_SHOWN.format("render_event", "create_event"),
            },
        ),
        (
            other_event,
            ["get_event"],
            {"identifiers_match: get_event responded 200: has another id than the request: 'other'"},
        ),
    ],
    ids=["stale from the first read", "stale from the third read", "empty reads", "other event"],
)
def test_what_does_not_persist_is_found(change: Callable[[], Respond], names: list[str], expected: set[str]) -> None:
    """In every run, and nothing else is found."""
    with changed(change()) as url:
        report = contract(url, operations=names)
    assert set(messages(report)) == expected


def test_the_scenario_has_every_operation() -> None:
    """A new operation of the document needs its step."""
    assert {step.operation for step in STEPS} == set(operations())
    assert {step.operation for step in APP_EVENT_STEPS} == set(contract_operations("2026-09"))


def test_a_step_without_its_value_is_skipped() -> None:
    """Where create_template fails, only steps that do not need its id are sent."""
    sent: list[str] = []

    def send(step: Any, state: Any) -> None:
        sent.append(step.operation)
        step.body(state)
        assert state["appId"] == 1
        if "{eventTemplateId}" in operations()[step.operation][1]:
            _ = step.path_values(state)["eventTemplateId"]

    play(ContractSettings(url="", seed=1), send)
    assert sent.count("create_template") == 1
    assert "list_templates" in sent


def test_only_the_operations_that_are_needed_are_sent() -> None:
    """The template is deleted again, whatever the selection."""
    sent: list[str] = []

    def send(step: Any, _: Any) -> Any:
        sent.append(step.operation)
        return {"id": "7"}

    play(ContractSettings(url="", seed=1, operations=["create_token"]), send)
    assert sent == ["create_template", "update_template", "create_token", "delete_template"]
