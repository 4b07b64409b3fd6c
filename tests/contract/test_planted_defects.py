"""The contract fails for each wrong behaviour that the document does not allow, and names the defect."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve, fields
from schemathesis.core.failures import AcceptedNegativeData

from hubspot_timeline_testing.contract import Verdict
from hubspot_timeline_testing.contract.excuses import allowance_for
from hubspot_timeline_testing.contract.seen import SeenRequest
from hubspot_timeline_testing.sandbox import EventFault, Fault, FaultPlan, SandboxSettings, StatusFault
from tests.helpers.contract_runs import STRICT, Exchange, contract, contract_of, contract_with, flawed
from tests.helpers.examples import examples

BROKEN, HOLDS, UNVERIFIED = Verdict.BROKEN, Verdict.HOLDS, Verdict.UNVERIFIED

# What each fault, if every request meets it, makes of the contract, and the words that name it.
FAULTS: dict[Fault | EventFault, tuple[Verdict, str]] = {
    Fault.HTTP_500: (BROKEN, "create_events answered 500, a server error"),
    Fault.HTTP_502: (BROKEN, "create_events answered 502 as text/html"),
    Fault.HTTP_503: (BROKEN, "create_events answered 503, a server error"),
    Fault.HTTP_520_AFTER: (BROKEN, "create_events answered 520, a server error"),
    Fault.TRUNCATED: (BROKEN, "create_events broke the connection in the middle of its answer"),
    Fault.EMPTY: (BROKEN, "create_events answered 201 without a body where the document has one"),
    Fault.NO_RESULTS: (BROKEN, "create_events answered 201 with results for 0 of 1 events"),
    Fault.HTML_SUCCESS: (BROKEN, "create_events answered 201 as text/html"),
    Fault.MISSING_RESULTS: (BROKEN, "create_events answered 201 with results for 0 of 1 events"),
    Fault.STATUS_200: (BROKEN, "create_event answered 200 where the document has 201"),
    Fault.UNKNOWN_STATUS: (BROKEN, 'status: "FINISHED" is not one of'),
    Fault.WRONG_IDS: (BROKEN, "create_events answered 201 with the result of an event that was not sent"),
    EventFault.REFUSE: (BROKEN, "create_event refused with 400 a request that the document allows"),
    EventFault.REFUSE_BATCH: (BROKEN, "create_events refused with 400 a request that the document allows"),
    # Who is never let in, or never now, learns nothing of the contract.
    Fault.LIMITED: (UNVERIFIED, "create_events: all answers were 429"),
    Fault.LIMITED_DAILY: (UNVERIFIED, "create_events: all answers were 429"),
    Fault.LOCKED: (UNVERIFIED, "create_events: all answers were 423"),
    Fault.MIGRATING: (UNVERIFIED, "create_events: all answers were 477"),
    Fault.EXPIRED_TOKEN: (UNVERIFIED, "create_events: all answers were 401"),
    Fault.MISSING_SCOPES: (UNVERIFIED, "create_events: all answers were 403"),
    # Nothing was heard of the server, not even that it speaks HTTP.
    Fault.RESET_BEFORE: (UNVERIFIED, "closed the connection without an answer"),
    Fault.RESET_AFTER: (UNVERIFIED, "closed the connection without an answer"),
    # The document allows it: it promises no speed, no order of the results, no bound of whitespace, both words.
    Fault.SLOW_BODY: (HOLDS, ""),
    Fault.SHUFFLED: (HOLDS, ""),
    Fault.OVERSIZED: (HOLDS, ""),
    Fault.COMPLETED: (HOLDS, ""),
}


def plan(fault: Fault | EventFault | StatusFault) -> FaultPlan:
    return FaultPlan(events={"*": fault}) if isinstance(fault, EventFault) else FaultPlan(rate=1, kinds=[fault])


def test_every_fault_has_its_row() -> None:
    """Whoever adds a kind of fault has to look whether the contract sees it."""
    assert set(FAULTS) == {*Fault, *EventFault}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named(fault: Fault | EventFault) -> None:
    """Or it is allowed, or nothing could be tested; never is one of these taken for another."""
    verdict, words = FAULTS[fault]
    report = contract_with(plan(fault))
    told = [failure.message for failure in report.failures] or list(report.problems)
    assert report.verdict is verdict, told
    assert not words or any(words in message for message in told), told


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (StatusFault(204), "create_events answered 204 where the document has 200, 201, 207"),
        (StatusFault(302), "create_events answered 302 where the document has 200, 201, 207"),
        (StatusFault(400, is_after_work=True), "create_events refused with 400 a request that the document allows"),
        (StatusFault(404, is_html=True), "create_events answered 404 as text/html"),
    ],
    ids=str,
)
def test_any_status_is_held_to_the_document(fault: StatusFault, words: str) -> None:
    """Its default is for refusals, so that a success or a redirection under it is none."""
    messages = [failure.message for failure in contract_with(plan(fault)).failures]
    assert any(message.startswith(words) for message in messages), messages


def test_a_connection_that_breaks_now_and_then_is_a_defect() -> None:
    """Other than one that never stood."""
    report = contract_with(FaultPlan(events={"contract-1-1": Fault.RESET_AFTER}))
    assert "create_event closed the connection without an answer" in [failure.message for failure in report.failures]


# The modes that are not the defaults, each with why the document allows it.
MODES = {
    "duplicates=in-use": "which ids there are is state, a rule that no schema states",
    "duplicates=last-wins": "to take an id again is allowed; that it is refused is in the document's words of senders",
    "invalid_events=refuse-batch": "the refusal names the rule, which no schema states",
    "error_names=id": "how an error names its event is undocumented",
    "error_names=message": "the same",
    "error_names=nothing": "the same",
    "template_checks=strict": "which templates there are is state",
    "records=must-exist": "which records there are is state",
}


def choices() -> set[str]:
    """Return every value but the default of each setting that has words for values."""
    found = set()
    for setting in fields(SandboxSettings):
        options = getattr(setting.validator, "options", ())
        found |= {f"{setting.name}={word}" for word in options if word != setting.default and setting.name != "types"}
    return found


def test_every_mode_has_its_row() -> None:
    """The mode types is the one that the document does not allow in its default."""
    assert set(MODES) == choices()


@pytest.mark.parametrize("mode", MODES)
def test_each_mode_is_within_the_document(mode: str) -> None:
    """What is undocumented is no defect, whichever way a server does it; it may be that nothing succeeds."""
    name, _, word = mode.partition("=")
    settings: Any = {name: word}
    report = contract_of(evolve(STRICT, **settings), phases=["examples", "fuzzing"], max_examples=examples(5, 100))
    assert not report.failures, [failure.message for failure in report.failures]
    assert all("no request succeeded" in problem for problem in report.problems)


def in_result(change: Callable[[dict[str, Any]], object]) -> Callable[[Exchange], Exchange]:
    """Change the first result of each answer that has one."""

    def flaw(done: Exchange) -> Exchange:
        body = json.loads(done.body) if done.status == 201 and "batch" in done.path else {}
        if not body.get("results"):
            return done
        change(body["results"][0])
        return evolve(done, body=json.dumps(body).encode())

    return flaw


def without_id(result: dict[str, Any]) -> None:
    del result["id"]


def without_authentication(done: Exchange) -> Exchange:
    return evolve(done, status=200, body=b'{"results": []}') if done.status == 401 else done


def credulous(done: Exchange) -> Exchange:
    body = b'{"status":"COMPLETE","results":[],"startedAt":"2026-03-10T23:04:41Z","completedAt":"2026-03-10T23:04:41Z"}'
    return evolve(done, status=200, body=body) if done.status == 400 and done.method == "POST" else done


def unable(done: Exchange) -> Exchange:
    return evolve(done, status=400, body=b'{"message": "I do not like it"}') if done.status in (201, 207) else done


FLAWS: dict[str, tuple[Callable[[Exchange], Exchange], str, str, str]] = {
    "missing field": (
        in_result(without_id),
        "create_events answered 201 with a body that is not the documented one: results/0: id is required",
        "response_schema_conformance",
        "#/components/schemas/TimelineEventResult/required",
    ),
    "wrong word": (
        lambda done: evolve(done, body=done.body.replace(b'"COMPLETE"', b'"DONE"')),
        'status: "DONE" is not one of',
        "response_schema_conformance",
        "#/components/schemas/BatchStatus/enum",
    ),
    "wrong time": (
        in_result(lambda result: result.update(timestamp="2026-09-09 9:09")),
        'results/0/timestamp: "2026-09-09 9:09" is not a "date-time"',
        "response_schema_conformance",
        "#/components/schemas/TimelineEventResult/properties/timestamp/format",
    ),
    "wrong type": (
        in_result(lambda result: result.update(tokens={"seats": 2})),
        'results/0/tokens/seats: 2 is not of type "string"',
        "response_schema_conformance",
        "#/components/schemas/EventTokens/additionalProperties/type",
    ),
    "undeclared status": (
        lambda done: evolve(done, status=202) if done.status == 201 else done,
        "create_events answered 202 where the document has 200, 201, 207",
        "declared_success",
        "#/paths/~1integrators~1timeline~1v3~1events~1batch~1create/post/responses/default",
    ),
    "wrong content type": (
        lambda done: evolve(done, content_type="text/plain"),
        "create_events answered 201 as text/plain, which is not the documented content type",
        "content_type_conformance",
        "#/paths/~1integrators~1timeline~1v3~1events~1batch~1create/post/responses/201",
    ),
    "no content type": (
        lambda done: evolve(done, content_type=None),
        "create_events answered 201 without a content type",
        "content_type_conformance",
        "#/paths/~1integrators~1timeline~1v3~1events~1batch~1create/post/responses/201",
    ),
    "authentication ignored": (
        without_authentication,
        "create_events ignores authentication: it answered 200 to a request without a token",
        "ignored_auth",
        "#/paths/~1integrators~1timeline~1v3~1events~1batch~1create/post",
    ),
    "invalid request accepted": (
        credulous,
        "create_events accepted with 200 a request that the document does not allow: ",
        "negative_data_rejection",
        "#/paths/~1integrators~1timeline~1v3~1events~1batch~1create/post",
    ),
    "valid request refused": (
        unable,
        "create_events refused with 400 a request that the document allows: I do not like it",
        "positive_data_acceptance",
        "#/paths/~1integrators~1timeline~1v3~1events~1batch~1create/post",
    ),
    "another method taken": (
        lambda done: evolve(done, status=200, body=b"{}", more={}) if done.status == 405 else done,
        "a method that the document does not have there",
        "unsupported_method",
        "#/paths/~1integrators~1timeline~1v3~1events~1batch~1create/post",
    ),
    "another id comes back": (
        lambda done: evolve(done, body=done.body.replace(b'"id":"', b'"id":"x')),
        "create_event answered 201 with another id than was sent",
        "meant_comes_back",
        "#/paths/~1integrators~1timeline~1v3~1events/post/responses/201",
    ),
}


@pytest.mark.parametrize("name", FLAWS)
def test_each_flaw_is_named_with_its_place_in_the_document(name: str) -> None:
    """By the check that is for it, in one sentence."""
    flaw, words, check, pointer = FLAWS[name]
    phases = ["coverage"] if name in ("invalid request accepted", "another method taken") else ["examples"]
    with flawed(flaw) as url:
        report = contract(url, phases=phases)
    found = [failure for failure in report.failures if words in failure.message]
    assert found, [failure.message for failure in report.failures]
    assert (check, pointer) in [(failure.check, failure.pointer) for failure in found]
    assert all(failure.message.isprintable() for failure in found)


def test_allowing_any_token_still_asks_for_one() -> None:
    """That none is asked for is another defect."""
    with flawed(without_authentication) as url:
        report = contract(url, allow=["any-token"])
    assert any("without a token" in failure.message for failure in report.failures)


def test_allowing_lenient_types_is_no_leave_for_other_types() -> None:
    """Only what the service takes: values of tokens, and timestamps."""
    with flawed(credulous) as url:
        report = contract(url, allow=["lenient-types"], phases=["coverage"])
    assert any(failure.check == "negative_data_rejection" for failure in report.failures)


def test_equal_failures_are_told_once_with_their_count() -> None:
    """As the smallest request that showed the defect."""
    with flawed(FLAWS["wrong word"][0]) as url:
        report = contract(url, operations=["create_events"])
    told = [failure for failure in report.failures if failure.answer and failure.answer.status == 201]
    assert len(told) == 1
    assert told[0].count >= 2
    assert len(told[0].request.body or b"") < 500


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"tokens": {"seats": 2, "on": True}}, "lenient-types"),
        ({"timestamp": 1773184181164}, "lenient-types"),
        ({"id": 5}, None),
        ({"timestamp": True}, None),
        ({"tokens": {"seats": None}}, None),
        ({"tokens": {"seats": 2}, "email": 5}, None),
        ({}, None),
    ],
)
def test_only_what_the_service_takes_is_lenient(change: dict[str, Any], word: str | None) -> None:
    """A request that breaks the document in another point too is not excused by it."""
    event = {"eventTemplateId": "1", "id": "a-1", "tokens": {}} | change
    request = SeenRequest("POST", "http://127.0.0.1/", {}, json.dumps(event).encode(), with_token=True)
    accepted = AcceptedNegativeData(operation="", message="", status_code=201, expected_statuses=[])
    assert allowance_for("create_event", accepted, request) == word
