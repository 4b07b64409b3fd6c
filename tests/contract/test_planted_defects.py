"""The contract fails for each behaviour that the document does not allow, and for no other."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve, fields

from hubspot_timeline_testing.contract import Verdict
from hubspot_timeline_testing.contract.batch_completeness import batch_completeness
from hubspot_timeline_testing.contract.known_deviations import is_only_lenient
from hubspot_timeline_testing.contract.suppressions import matching_rule
from hubspot_timeline_testing.sandbox import EventFault, Fault, FaultPlan, SandboxSettings, StatusFault
from tests.helpers.contract_runs import (
    STRICT,
    Exchange,
    changed,
    contract,
    contract_of,
    contract_with,
    messages,
    respond_json,
)
from tests.helpers.examples import examples

BROKEN, HOLDS, UNVERIFIED = Verdict.BROKEN, Verdict.HOLDS, Verdict.UNVERIFIED

# The verdict if every request meets the fault, and a part of a finding or problem.
FAULTS: dict[Fault | EventFault, tuple[Verdict, str]] = {
    Fault.HTTP_500: (BROKEN, "not_a_server_error: create_events responded 500"),
    Fault.HTTP_502: (BROKEN, "content_type_conformance: create_events responded 502"),
    Fault.HTTP_503: (BROKEN, "not_a_server_error: create_events responded 503"),
    Fault.HTTP_520_AFTER: (BROKEN, "not_a_server_error: create_events responded 520"),
    Fault.TRUNCATED: (BROKEN, "create_events closed the connection in the middle of a response"),
    Fault.EMPTY: (BROKEN, "response_schema_conformance: create_events responded 201"),
    Fault.NO_RESULTS: (BROKEN, "batch_completeness: create_events responded 201: has results for 0 of"),
    Fault.HTML_SUCCESS: (BROKEN, "content_type_conformance: create_events responded 201"),
    Fault.MISSING_RESULTS: (BROKEN, "batch_completeness: create_events responded 201: has results for 0 of"),
    Fault.STATUS_200: (BROKEN, "status_code_conformance: create_event responded 200"),
    Fault.UNKNOWN_STATUS: (BROKEN, '"FINISHED" is not one of'),
    Fault.WRONG_IDS: (BROKEN, "create_events responded 201: has the result of an event that was not sent"),
    EventFault.REFUSE: (BROKEN, "positive_data_acceptance: create_event responded 400"),
    EventFault.REFUSE_BATCH: (BROKEN, "positive_data_acceptance: create_events responded 400"),
    Fault.LIMITED: (UNVERIFIED, "missing or inconclusive: 429"),
    Fault.LIMITED_DAILY: (UNVERIFIED, "missing or inconclusive: 429"),
    Fault.LOCKED: (UNVERIFIED, "missing or inconclusive: 423"),
    Fault.MIGRATING: (UNVERIFIED, "missing or inconclusive: 477"),
    Fault.EXPIRED_TOKEN: (UNVERIFIED, "missing or inconclusive: 401"),
    Fault.MISSING_SCOPES: (UNVERIFIED, "missing or inconclusive: 403"),
    # Not even the beginning of a response has shown that the server speaks HTTP.
    Fault.RESET_BEFORE: (UNVERIFIED, "closed the connection without a response"),
    Fault.RESET_AFTER: (UNVERIFIED, "closed the connection without a response"),
    # Allowed: the document states no speed, no order of results, no limit of white space, and both statuses.
    Fault.SLOW_BODY: (HOLDS, ""),
    Fault.SLOW_HEADERS: (HOLDS, ""),
    Fault.SHUFFLED: (HOLDS, ""),
    Fault.OVERSIZED: (HOLDS, ""),
    Fault.COMPLETED: (HOLDS, ""),
}


def plan(fault: Fault | EventFault | StatusFault) -> FaultPlan:
    if fault is Fault.OVERSIZED:  # of a batch and of a single event, since each such response takes half a second
        return FaultPlan(events={"contract-1-[12]": fault})
    return FaultPlan(events={"*": fault}) if isinstance(fault, EventFault) else FaultPlan(rate=1, kinds=[fault])


def test_every_fault_has_its_row() -> None:
    """A new kind of fault needs an expected verdict."""
    assert set(FAULTS) == {*Fault, *EventFault}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_has_its_verdict(fault: Fault | EventFault) -> None:
    """A fault is found, or allowed, or leaves the contract unverified."""
    verdict, text = FAULTS[fault]
    report = contract_with(plan(fault))
    found = messages(report) or list(report.problems)
    assert report.verdict is verdict, found
    assert not text or any(text in message for message in found), found


@pytest.mark.parametrize(
    ("fault", "check"),
    [(StatusFault(302), "status_code_conformance"), (StatusFault(404, is_html=True), "content_type_conformance")],
    ids=str,
)
def test_an_undeclared_status_is_found(fault: StatusFault, check: str) -> None:
    """The default response of the document is for rejections, so no success or redirection matches it."""
    found = messages(contract_with(plan(fault)))
    assert any(message.startswith(f"{check}: create_events responded {fault.status}") for message in found), found


def test_a_connection_that_breaks_once_is_a_failure() -> None:
    """Unlike a connection that is never established."""
    report = contract_with(FaultPlan(events={"contract-1-1": Fault.RESET_AFTER}))
    assert "response_received: create_event closed the connection without a response" in messages(report)


# Values of settings that are not the default, with the reason why the document allows them.
MODES = {
    "duplicates=in-use": "which ids exist is state",
    "duplicates=last-wins": "accepting an id again is allowed; the document only tells senders that it is rejected",
    "invalid_events=refuse-batch": "the rejection is about a rule that no schema states",
    "error_names=id": "how an error names its event is undocumented",
    "error_names=message": "the same",
    "error_names=nothing": "the same",
    "template_checks=strict": "which templates exist is state",
    "records=must-exist": "which records exist is state",
}


def choices() -> set[str]:
    """Return each setting with a value out of a fixed set, other than its default."""
    return {
        f"{setting.name}={option}"
        for setting in fields(SandboxSettings)
        for option in getattr(setting.validator, "options", ())
        if option != setting.default and setting.name != "types"
    }


def test_every_mode_has_its_row() -> None:
    """The default of `types` is the only mode that the document does not allow."""
    assert set(MODES) == choices()


@pytest.mark.long
@pytest.mark.parametrize("mode", MODES)
def test_each_mode_is_allowed(mode: str) -> None:
    """Undocumented behaviour is never a failure; at worst no request succeeds."""
    name, _, option = mode.partition("=")
    settings: Any = {name: option}
    report = contract_of(evolve(STRICT, **settings), phases=["examples", "fuzzing"], max_examples=examples(5, 100))
    assert not report.findings, messages(report)
    assert all("no request succeeded" in problem for problem in report.problems)


def in_result(change: Callable[[dict[str, Any]], object]) -> Callable[[Exchange], Exchange]:
    """Change the first result of each batch."""

    def respond(exchange: Exchange) -> Exchange:
        body = json.loads(exchange.body) if exchange.status == 201 and "batch" in exchange.path else {}
        if not body.get("results"):
            return exchange
        change(body["results"][0])
        return evolve(exchange, body=json.dumps(body).encode())

    return respond


def without_authentication(exchange: Exchange) -> Exchange:
    return evolve(exchange, status=200, body=b'{"results": []}') if exchange.status == 401 else exchange


def accepting_all(exchange: Exchange) -> Exchange:
    body = b'{"status":"COMPLETE","results":[],"startedAt":"2026-03-10T23:04:41Z","completedAt":"2026-03-10T23:04:41Z"}'
    return evolve(exchange, status=200, body=body) if exchange.status == 400 and exchange.method == "POST" else exchange


def rejecting_all(exchange: Exchange) -> Exchange:
    return respond_json(exchange, 400, b'{"message": "bad token"}') if exchange.status in (201, 207) else exchange


def in_schema(exchange: Exchange) -> Exchange:
    """Return a batch response with a wrong enum, format and type."""

    def change(result: dict[str, Any]) -> None:
        result.update(timestamp="2026-09-09 9:09", tokens={"seats": 2})

    exchange = in_result(change)(exchange)
    return evolve(exchange, body=exchange.body.replace(b'"COMPLETE"', b'"DONE"'))


def without_type(exchange: Exchange) -> Exchange:
    """Return a single event without content type, a batch with another one."""
    return evolve(exchange, content_type="text/plain" if "batch" in exchange.path else None)


def other_identifiers(exchange: Exchange) -> Exchange:
    """Return another id of a single event, another status of a batch."""
    if "batch" in exchange.path and exchange.status == 201:
        return evolve(exchange, status=202)
    return evolve(exchange, body=exchange.body.replace(b'"id":"', b'"id":"x'))


CHANGES: dict[str, tuple[Callable[[Exchange], Exchange], list[tuple[str, str]]]] = {
    "a field is missing": (
        in_result(lambda result: result.pop("id")),
        [("response_schema_conformance", '"id" is a required')],
    ),
    "values violate the schema": (
        in_schema,
        [
            ("response_schema_conformance", '"DONE" is not one of'),
            ("response_schema_conformance", 'is not a "date-time"'),
            ("response_schema_conformance", '2 is not of type "string"'),
        ],
    ),
    "the content type is wrong": (
        without_type,
        [
            (
                "content_type_conformance",
                "create_events responded 201: Undocumented Content-Type: Received: text/plain",
            ),
            ("content_type_conformance", "create_event responded 201: Missing Content-Type header"),
        ],
    ),
    "the identifiers are others": (
        other_identifiers,
        [
            ("identifiers_match", "create_event responded 201: has another id than the request"),
            ("status_code_conformance", "create_events responded 202: Undocumented status code"),
        ],
    ),
    "a valid request is rejected": (rejecting_all, [("positive_data_acceptance", "create_events responded 400")]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_defect_is_found_by_its_check(name: str) -> None:
    """In one printable line."""
    change, expected = CHANGES[name]
    with changed(change) as url:
        report = contract(url)
    for check, text in expected:
        found = [finding.message for finding in report.findings if finding.check == check]
        assert any(text in message for message in found), messages(report)
        assert all(message.isprintable() for message in found)


def test_one_broken_rule_is_one_finding() -> None:
    """A wrong response to undocumented methods is one finding, whatever the method and the operation."""

    def respond(exchange: Exchange) -> Exchange:
        return (
            respond_json(exchange, 404, b'{"status": "error", "message": "no"}') if exchange.status == 405 else exchange
        )

    with changed(respond) as url:
        report = contract(url, phases=["coverage"])
    [finding] = [finding for finding in report.findings if finding.check == "unsupported_method"]
    assert set(finding.operations) == {"create_event", "create_events"}
    assert finding.count > 5


def test_a_lost_result_is_found_by_a_batch_of_three() -> None:
    """With any number of examples, because the scenario sends the same batch in every run."""

    def respond(exchange: Exchange) -> Exchange:
        body = json.loads(exchange.body or b"{}")
        if len(body.get("results", ())) < 3:
            return exchange
        return evolve(exchange, body=json.dumps(body | {"results": body["results"][:-1]}).encode())

    with changed(respond) as url:
        report = contract(url, operations=["create_events"], max_examples=1)
    assert [message.partition(" responded ")[2] for message in messages(report)] == [
        "201: has results for 2 of 3 events, and no error for the others"
    ]


def test_a_known_deviation_covers_nothing_else() -> None:
    """Neither ignored authentication, nor accepted requests with other types than those of tokens and timestamps."""
    with changed(lambda exchange: accepting_all(without_authentication(exchange))) as url:
        allow = ["any-token", "lenient-types"]
        report = contract(url, allow=allow, phases=["coverage"], operations=["create_events"])
    found = messages(report)
    assert any(each.startswith("ignored_auth: ") and "without authentication" in each for each in found), found
    assert any(each.startswith("negative_data_rejection: create_events responded 200") for each in found), found


@pytest.mark.parametrize(
    ("change", "is_lenient"),
    [
        ({"tokens": {"seats": 2, "on": True}}, True),
        ({"timestamp": 1773184181164}, True),
        ({"id": 5}, False),
        ({"timestamp": True}, False),
        ({"tokens": {"seats": None}}, False),
        ({"tokens": {"seats": 2}, "email": 5}, False),
        ({}, False),
    ],
)
def test_only_the_types_of_the_service_are_lenient(change: dict[str, Any], is_lenient: bool) -> None:
    """A request that violates the document in another point too is not covered."""
    event = {"eventTemplateId": "1", "id": "a-1", "tokens": {}} | change
    assert is_only_lenient("create_event", event) is is_lenient
    assert is_only_lenient("create_events", {"inputs": [event]}) is is_lenient


BATCH: dict[str, Any] = {"inputs": [{"eventTemplateId": "1", "id": name, "tokens": {}} for name in ("a", "b")]}
RESULT = {"eventTemplateId": "1", "id": "a"}


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        ({"results": [RESULT]}, "has results for 1 of 2 events, and no error for the others"),
        ({"results": [RESULT, RESULT]}, "has 2 results for one event: 'a'"),
        ({"results": [RESULT | {"eventTemplateId": "9"}]}, "has another eventTemplateId than the request: '9'"),
        ({"results": [RESULT | {"id": "c"}]}, "has the result of an event that was not sent: 'c'"),
        # How an error names its event, and when results arrive, is undocumented.
        ({"results": [], "errors": [{"message": "no", "context": {"id": ["of the template"]}}]}, None),
        ({"results": [], "status": "PENDING"}, None),
        *[({"results": [], "errors": errors}, None) for errors in (5, True, "no", {"a": 1}, [5])],
    ],
    ids=str,
)
def test_a_batch_is_complete_by_ids(response: dict[str, Any], problem: str | None) -> None:
    """Each event has a result of its own, or an error exists."""
    assert batch_completeness(BATCH, {"status": "COMPLETE"} | response, 207) == problem


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        ("Invalid token: seats", "token"),
        ("Bad token value for 'seats'", "token"),
        ("Unexpected token 'seats' here", "token"),
        ("bad token", None),
        ("Unexpected token in JSON at position 0", None),
        ("token at line 3", None),
        ("The access token has expired", None),
        ("no", None),
    ],
)
def test_only_a_rejection_about_an_event_token_names_the_rule(message: str, rule: str | None) -> None:
    """Access tokens and tokens of a parser are something else."""
    assert matching_rule(400, message) == rule
    assert matching_rule(500, message) is None
