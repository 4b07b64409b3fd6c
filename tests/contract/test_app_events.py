"""The contract of app events holds for the sandbox, and planted defects in its responses are found."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from hubspot_timeline_testing.contract import ContractSettings, ContractUsageError
from hubspot_timeline_testing.contract.batch_completeness import batch_completeness
from hubspot_timeline_testing.contract.known_deviations import is_only_lenient
from hubspot_timeline_testing.contract.scenario import State, Step, play
from hubspot_timeline_testing.contract.suppressions import matching_rule
from hubspot_timeline_testing.sandbox import SandboxSettings
from tests.helpers.contract_runs import (
    APP_EVENTS,
    STRICT,
    Exchange,
    Respond,
    changed,
    contract,
    contract_of,
    messages,
    respond_json,
)
from tests.helpers.examples import examples

API = "2026-09"
QUICK: dict[str, Any] = {"api": API, "operations": (), "max_examples": 1}


@pytest.mark.parametrize(
    ("api", "settings", "deviations"),
    [
        ("2026-09", STRICT, []),
        ("2026-03", SandboxSettings(app_events=APP_EVENTS), ["any-token", "lenient-types"]),
    ],
    ids=["2026-09, strict settings", "2026-03, default settings"],
)
def test_the_contract_holds_for_the_sandbox(api: str, settings: SandboxSettings, deviations: list[str]) -> None:
    """In all phases and operations of each version."""
    report = contract_of(settings, api=api, operations=(), phases=(), allow=deviations, max_examples=examples(3, 250))
    assert report, [*messages(report), *report.problems]
    assert bool(report.allowed) is bool(deviations)
    assert all(result.accepted for result in report.operations)
    assert report.settings.api == api
    assert str(report).splitlines()[-1].endswith(f", 3 operations, API {api}, seed 1.")


def test_what_the_vendor_does_not_document_is_allowed() -> None:
    """The other values of the sandbox's settings for app events, except for a batch that is created in part."""
    app_events = evolve(
        APP_EVENTS,
        invalid_names=False,
        conflict_names=True,
        repeated_ids="invalid",
        single_response="accepted",
        v3_ids_are_taken=True,
    )
    report = contract_of(evolve(STRICT, app_events=app_events), **QUICK)
    assert report, [*messages(report), *report.problems]


def test_a_batch_that_is_created_in_part_is_found() -> None:
    """A 200 with errors, which the schema allows, and the words of the document do not."""
    report = contract_of(evolve(STRICT, app_events=evolve(APP_EVENTS, invalid_events="partial")), **QUICK)
    assert messages(report) == [
        "batch_completeness: create_app_events responded 200: has results for 2 of 3 events, "
        "although a batch is all or nothing"
    ]


def operation_of(exchange: Exchange) -> str:
    """Return a short name of the operation."""
    end = exchange.path.rpartition("/")[2]
    return {"events": "single", "batch": "batch", "projects": "type"}.get(end, "")


def ids(exchange: Exchange) -> list[str]:
    """Return the numbers at the end of the ids of a request of the scenario."""
    body = json.loads(exchange.sent or b"{}")
    return [event["id"].rpartition("-")[2] for event in body.get("inputs", [body]) if "id" in event]


def with_body(exchange: Exchange, change: Callable[[Any], object]) -> Exchange:
    body = json.loads(exchange.body)
    change(body)
    return evolve(exchange, body=json.dumps(body).encode())


def on_success(**changes: Callable[[Exchange], Exchange]) -> Respond:
    """Change the successes of operations."""

    def respond(exchange: Exchange) -> Exchange:
        change = changes.get(operation_of(exchange))
        return change(exchange) if change and exchange.status in (200, 201) else exchange

    return respond


def lost_result(exchange: Exchange) -> Exchange:
    return with_body(exchange, lambda body: body["results"][2:] and body["results"].pop())


def other_id(exchange: Exchange) -> Exchange:
    return with_body(exchange, lambda body: body.get("results", [body])[0].update(id="other"))


def repeated_result(exchange: Exchange) -> Exchange:
    return with_body(exchange, lambda body: body["results"].append(body["results"][0]))


def other_symbol(exchange: Exchange) -> Exchange:
    return with_body(exchange, lambda body: body["developerQualifiedSymbol"].update(developerSymbol="other"))


def without_full_name(exchange: Exchange) -> Exchange:
    return with_body(exchange, lambda body: body.pop("fullyQualifiedName"))


def numbers(exchange: Exchange) -> Exchange:
    return with_body(exchange, lambda body: body["properties"].update(seats=2))


def completed(exchange: Exchange) -> Exchange:
    return with_body(exchange, lambda body: body.update(status="COMPLETED", completedAt="2026-09-10 9:09"))


def with_status(status: int) -> Callable[[Exchange], Exchange]:
    return lambda exchange: evolve(exchange, status=status)


def without_type(exchange: Exchange) -> Exchange:
    return evolve(exchange, content_type=None)


def as_text(exchange: Exchange) -> Exchange:
    return evolve(exchange, content_type="text/plain")


def accepted_duplicates(exchange: Exchange) -> Exchange:
    """Respond to an existing id with a success, as if the event before had not been created."""
    if exchange.status != 409:
        return exchange
    sent = json.loads(exchange.sent)
    times = {"startedAt": "2026-09-10T23:04:41Z", "completedAt": "2026-09-10T23:04:41Z"}
    body = {"status": "COMPLETE", "results": sent["inputs"], **times} if "inputs" in sent else sent
    return respond_json(exchange, 200 if "inputs" in sent else 201, json.dumps(body).encode())


def invalid_duplicates(exchange: Exchange) -> Exchange:
    return evolve(exchange, status=400) if exchange.status == 409 else exchange


def refused_but_created(exchange: Exchange) -> Exchange:
    """Respond as if each refused batch had created the events before the one that it was refused for."""
    is_created = operation_of(exchange) == "batch" and ids(exchange) in (["5"], ["7"])
    return respond_json(exchange, 409, b'{"message": "exists"}') if is_created else exchange


def conflicts(exchange: Exchange) -> Exchange:
    """Respond to new ids as to existing ones, and to a look-up without a token as to one with it."""
    if exchange.status in (200, 201) and ids(exchange) in (["1"], ["2", "3", "4"]):
        return respond_json(exchange, 409, b'{"message": "exists"}')
    if exchange.status == 401 and operation_of(exchange) == "type":
        body = {"developerQualifiedSymbol": json.loads(exchange.sent), "fullyQualifiedName": "ae1_webinar"}
        return respond_json(exchange, 200, json.dumps(body).encode())
    return exchange


def failing_conflicts(exchange: Exchange) -> Exchange:
    """Respond to a duplicate as a server that fails, and to a batch as version 3 to one that is created in part."""
    if exchange.status == 200 and operation_of(exchange) == "batch":
        return evolve(exchange, status=207)
    return evolve(exchange, status=500) if exchange.status == 409 else exchange


SINGLE, BATCH, TYPE = "create_app_event", "create_app_events", "resolve_event_type"

DEFECTS: dict[str, tuple[Respond, set[str]]] = {
    "the results are others": (
        on_success(batch=lost_result, single=other_id, type=other_symbol),
        {
            f"batch_completeness: {BATCH} responded 200: has results for 2 of 3 events, although a",
            f"identifiers_match: {SINGLE} responded 201: has another id than the request: 'other'",
            f"identifiers_match: {TYPE} responded 200: has another developerSymbol than the request: 'other'",
        },
    ),
    "a result is of an event that was not sent": (
        on_success(batch=other_id, single=with_status(202), type=without_full_name),
        {
            f"batch_completeness: {BATCH} responded 200: has the result of an event that was not sent: 'other'",
            f"status_code_conformance: {SINGLE} responded 202: Undocumented",
            f'response_schema_conformance: {TYPE} responded 200: Response violates schema: "fullyQualifiedName" is',
        },
    ),
    "a result is repeated": (
        on_success(batch=repeated_result, single=numbers, type=as_text),
        {
            f"batch_completeness: {BATCH} responded 200: has 2 results for one event: ",
            f'response_schema_conformance: {SINGLE} responded 201: Response violates schema: 2 is not of type "string"',
            f"content_type_conformance: {TYPE} responded 200: Undocumented Content-Type",
        },
    ),
    "a word and a time are not in the schema": (
        on_success(batch=completed, single=without_type),
        {
            f'response_schema_conformance: {BATCH} responded 200: Response violates schema: "COMPLETED" is not one of',
            f'response_schema_conformance: {BATCH} responded 200: Response violates schema: "2026-09-10 9:09" is not a',
            f"content_type_conformance: {SINGLE} responded 201: Missing Content-Type header",
        },
    ),
    "a duplicate is accepted": (
        accepted_duplicates,
        {
            f"duplicates_conflict: {SINGLE} responded 201: accepted an id that exists, or {SINGLE} was without effect",
            f"duplicates_conflict: {BATCH} responded 200: accepted an id that exists, or {BATCH} was without effect",
        },
    ),
    "a duplicate is a 400, and a refused batch has created events": (
        lambda exchange: refused_but_created(invalid_duplicates(exchange)),
        {
            f"refusals_create_nothing: {BATCH} responded 409: the batch with an existing id was refused, and has",
            f"refusals_create_nothing: {BATCH} responded 409: the batch with an invalid event was refused, and has",
            f"duplicates_conflict: {SINGLE} responded 400: rejected an id that exists with another status than 409",
            f"duplicates_conflict: {BATCH} responded 400: rejected an id that exists with another status than 409",
        },
    ),
    "a duplicate is a server error, and a batch has the status of a partial one": (
        failing_conflicts,
        {
            f"not_a_server_error: {SINGLE} responded 500",
            f"not_a_server_error: {BATCH} responded 500",
            f"status_code_conformance: {BATCH} responded 207: Undocumented",
        },
    ),
    "a new id is a conflict, and authentication is ignored": (
        conflicts,
        {
            f"positive_data_acceptance: {SINGLE} responded 409: rejected a request that the document allows: exists",
            f"positive_data_acceptance: {BATCH} responded 409: rejected a request that the document allows: exists",
            f"ignored_auth: {TYPE} responded 200: ",
        },
    ),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_is_found_by_its_check(name: str) -> None:
    """With the least number of examples, and no other check has a finding on these operations."""
    change, expected = DEFECTS[name]
    with changed(change) as url:
        report = contract(url, **QUICK)
    found = messages(report)
    assert {text for text in expected if not any(message.startswith(text) for message in found)} == set(), found
    assert {message for message in found if not any(message.startswith(text) for text in expected)} == set()


EVENTS: dict[str, Any] = {"inputs": [{"eventTypeName": "webinar", "id": name, "properties": {}} for name in "ab"]}


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        ({"results": EVENTS["inputs"]}, None),
        ({"results": EVENTS["inputs"][:1]}, "has results for 1 of 2 events, although a batch is all or nothing"),
        (
            {"results": EVENTS["inputs"], "errors": [{"message": "no"}]},
            "has errors, although a batch is all or nothing",
        ),
        ({"results": [], "status": "PENDING"}, None),
        # A type has two names, and either may come back.
        ({"results": [{**event, "eventTypeName": "ae1_webinar"} for event in EVENTS["inputs"]]}, None),
    ],
    ids=str,
)
def test_a_batch_is_all_or_nothing(response: dict[str, Any], problem: str | None) -> None:
    """Unless the work is not final."""
    assert batch_completeness(EVENTS, {"status": "COMPLETE"} | response, 200, is_atomic=True) == problem


@pytest.mark.parametrize(
    ("change", "is_lenient"),
    [({"properties": {"seats": 2}}, True), ({"timestamp": 1773184181164}, False), ({"id": 5}, False)],
)
def test_only_properties_are_lenient(change: dict[str, Any], is_lenient: bool) -> None:
    """Epoch milliseconds are documented for version 3 only."""
    event = {"eventTypeName": "webinar", "id": "a-1", "properties": {}} | change
    assert is_only_lenient(SINGLE, event, API) is is_lenient
    assert is_only_lenient(BATCH, {"inputs": [event]}, API) is is_lenient


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        ("The event type webinar has no property seats", "event type"),
        ("Unknown property: seats", "property"),
        ("Event webinar-7f1c-bob failed with validation error(s)", "validation"),
        ("Additional properties are not allowed", None),
        ('"id" is a required property', None),
        ("no such template", None),
    ],
)
def test_a_rejection_is_about_a_rule_of_its_api(message: str, rule: str | None) -> None:
    """Neither version allows rejections about what it does not have."""
    assert matching_rule(400, message, API) == rule
    assert rule is None or matching_rule(400, message) is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"api": "2026"}, "'2026' is not an API; use v3, or the version of app events, such as 2026-09"),
        ({"api": API, "operations": ["create_event"]}, f"'create_event' is not an operation of {API}; choose from "),
        ({"api": API, "phases": ["stateful"]}, f"'stateful' is not a phase of {API}; choose from examples, "),
    ],
)
def test_the_settings_belong_to_the_api(options: dict[str, Any], message: str) -> None:
    """The document of app events has other operations than that of version 3, and no links."""
    with pytest.raises(ContractUsageError, match=message):
        ContractSettings(url="", **options)


def test_the_ids_of_two_apis_differ() -> None:
    """With one seed, since the service may count an id of version 3, or of another version, as taken."""
    sent: list[str] = []

    def send(step: Step, state: State) -> dict[str, str]:
        body = step.body(state) or {}
        sent.extend(event["id"] for event in body.get("inputs", [body]) if "email" in event)
        return {"id": "7"}

    play(ContractSettings(url="", api="v3"), send)
    of_v3 = {*sent}
    sent.clear()
    for api in ("2026-03", "2026-09"):
        play(ContractSettings(url="", api=api, operations=[SINGLE]), send)
    assert of_v3
    assert len({*sent}) == 2
    assert not of_v3 & {*sent}


def test_an_event_type_that_the_server_does_not_have_is_named_with_the_options() -> None:
    """As in a sandbox without event types."""
    without_types = evolve(STRICT, app_events=evolve(APP_EVENTS, event_types=()))
    report = contract_of(without_types, **QUICK)
    named = contract_of(without_types, **QUICK, event_type="webinar")

    assert f"Not verified: {TYPE}: no request succeeded" in str(report)
    assert "by --event-type and --project, not webinar-registration of webinars" in str(report)
    assert [text.partition(" responded")[0] for text in messages(report)] == []
    assert [text.partition(" responded")[0] for text in messages(named)] == [f"positive_data_acceptance: {TYPE}"]
