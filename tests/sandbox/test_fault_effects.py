"""The effect of each fault on a request: before or after the operation, on the response, and on nothing else."""

import asyncio
import json
from asyncio import CancelledError
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline_testing.sandbox import EventFault, Fault, FaultPlan, SandboxServer, SandboxSettings, StatusFault
from hubspot_timeline_testing.sandbox.faults.apply import OVERSIZED_BYTES, apply_fault
from hubspot_timeline_testing.sandbox.faults.parsing import parse_event_fault, parse_fault
from hubspot_timeline_testing.sandbox.http.connection_faults import PAUSE, SLOW_PIECES
from hubspot_timeline_testing.sandbox.http.response import HttpResponse, json_text_response
from hubspot_timeline_testing.sandbox.validation.schemas import validator
from tests.helpers.fake_time import FakeTime
from tests.helpers.sandbox_calls import HEADERS, PATH, event, opened, scripted, without

IDS = ["a", "b", "c"]
BATCH = [event(name) for name in IDS]
RESULTS = json.dumps({"status": "COMPLETE", "results": [{"id": name} for name in IDS]})
SUCCESS = json_text_response(201, RESULTS)
ERROR = json_text_response(400, '{"message": "no"}')
BREAKING = [Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.TRUNCATED, Fault.SLOW_HEADERS]
INSTEAD = [fault for fault in Fault if fault.is_instead]
AFTER_ANY = [Fault.HTTP_520_AFTER, Fault.RESET_AFTER, Fault.TRUNCATED, Fault.SLOW_BODY, Fault.SLOW_HEADERS]
AFTER_SUCCESS = [fault for fault in Fault if fault not in (*INSTEAD, *AFTER_ANY)]
PAGE, EMPTY = "a page of a gateway", "no body"
DAILY = {"errorType": "RATE_LIMIT", "policyName": "DAILY", "message": "You have reached your daily limit."}
FORBIDDEN = {
    "status": "error",
    "message": "This app hasn't been granted all required scopes to make this call.",
    "category": "MISSING_SCOPES",
    "errors": [
        {
            "message": "One or more of the following scopes are required.",
            "context": {"requiredGranularScopes": ["timeline"]},
        }
    ],
}  # as it was observed
# The fault, the status, and fields of the error, the ids of the results, PAGE or EMPTY.
EFFECTS: list[tuple[Any, int, Any]] = [
    (Fault.HTTP_500, 500, {}), (Fault.HTTP_502, 502, PAGE), (Fault.HTTP_503, 503, {}),
    (Fault.LIMITED, 429, {"errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING"}),
    (Fault.LIMITED_DAILY, 429, DAILY), (Fault.LOCKED, 423, {}), (Fault.MIGRATING, 477, {}),
    (Fault.EXPIRED_TOKEN, 401, {"category": "EXPIRED_AUTHENTICATION"}), (Fault.MISSING_SCOPES, 403, FORBIDDEN),
    (Fault.HTTP_520_AFTER, 520, PAGE), (Fault.SLOW_BODY, 201, IDS), (Fault.EMPTY, 201, EMPTY),
    (Fault.NO_RESULTS, 201, []), (Fault.HTML_SUCCESS, 201, PAGE), (Fault.MISSING_RESULTS, 201, ["b"]),
    (Fault.SHUFFLED, 201, ["c", "b", "a"]), (Fault.STATUS_200, 200, IDS), (Fault.COMPLETED, 201, IDS),
    (Fault.OVERSIZED, 201, IDS), ("http-404", 404, {}), ("http-418-html", 418, PAGE), ("http-522", 522, {}),
    ("http-299", 299, {}), ("http-504-after", 504, {}), ("http-524-html-after", 524, PAGE),
]  # fmt: skip
STATUSES = st.builds(StatusFault, st.integers(200, 599), is_html=st.booleans(), is_after_work=st.booleans())


def ids_of(response: httpx.Response) -> list[str]:
    return [result["id"] for result in response.json()["results"]]


@pytest.mark.parametrize(("fault", "status", "body"), EFFECTS, ids=lambda value: str(value)[:40])
def test_a_fault_changes_the_response(fault: Any, status: int, body: Any) -> None:
    """Instead of the operation nothing is created, after it everything is; the next request is not affected."""
    with scripted(fault) as sandbox:
        response = sandbox.send(*BATCH)
        assert sandbox.store.count() == (0 if parse_fault(fault).is_instead else 3)
        assert sandbox.counts()["limited"] == int(status == 429)
        assert sandbox.post(event("next")).status_code == 201
    assert response.status_code == status
    assert response.headers.get("retry-after") == ("1" if fault in (Fault.LIMITED, Fault.MIGRATING) else None)
    if body is PAGE:
        assert response.headers["content-type"] == "text/html"
        assert response.text.startswith(f"<html><head><title>{status} ")
    elif body is EMPTY:
        assert response.content == b""
    else:
        schema = "TimelineEventBatchResult" if isinstance(body, list) else "ErrorBody"
        validator(schema).validate(response.json())
        assert response.headers["content-type"] == "application/json"
        assert isinstance(body, list) or response.json()["correlationId"]
        assert ids_of(response) == body if isinstance(body, list) else response.json() | body == response.json()


def test_every_fault_that_keeps_the_connection_is_tested_above() -> None:
    """Except for those whose response breaks the document, which have tests of their own."""
    assert {fault for fault, _, _ in EFFECTS} >= set(Fault) - {*BREAKING, Fault.WRONG_IDS, Fault.UNKNOWN_STATUS}


def test_an_expired_token_has_its_time_of_expiry_and_a_missing_scope_nothing_more() -> None:
    """The time is in the past, whatever the clock of the sandbox is; the 403 has the fields that were observed."""
    with scripted(Fault.EXPIRED_TOKEN, Fault.MISSING_SCOPES) as sandbox:
        [expired_at] = sandbox.post(event()).json()["context"]["expire time"]
        assert set(sandbox.post(event()).json()) == {*FORBIDDEN, "correlationId"}
    assert datetime.fromisoformat(expired_at) < datetime.now(UTC)


def test_no_results_means_no_errors_either() -> None:
    """A mixed batch has no outcome for any event; a single result is removed by missing-results too."""
    with scripted(Fault.NO_RESULTS, Fault.MISSING_RESULTS) as sandbox:
        body = sandbox.post(event(), without("email")).json()
        assert ids_of(sandbox.post(event("single"))) == []
    assert (body["results"], body["errors"]) == ([], [])
    assert "numErrors" not in body


def test_wrong_ids_were_never_sent() -> None:
    """All results have ids that are different and new each time."""
    with scripted(Fault.WRONG_IDS) as sandbox:
        ids = ids_of(sandbox.post(*BATCH))
        assert sandbox.store.get("1000123", "a")
    assert len(set(ids) - set(IDS)) == 3
    assert apply_fault(Fault.WRONG_IDS, SUCCESS) != apply_fault(Fault.WRONG_IDS, SUCCESS)


@pytest.mark.parametrize(("fault", "status"), [(Fault.UNKNOWN_STATUS, "FINISHED"), (Fault.COMPLETED, "COMPLETED")])
def test_the_batch_status_can_be_another(fault: Fault, status: str) -> None:
    """One that the document does not have, or COMPLETED; everything else conforms."""
    with scripted(fault) as sandbox:
        body = sandbox.send(*BATCH).json()
    assert body["status"] == status
    assert validator("TimelineEventBatchResult").is_valid(body) == (fault is Fault.COMPLETED)
    assert validator("TimelineEventBatchResult").is_valid(body | {"status": "COMPLETE"})


def test_an_oversized_response_has_many_bytes_and_a_207_keeps_its_status() -> None:
    """Only a 201 becomes a 200."""
    with scripted(Fault.OVERSIZED, Fault.STATUS_200) as sandbox:
        assert len(sandbox.post(event("a")).content) > OVERSIZED_BYTES
        assert sandbox.post(without("email")).status_code == 207


def test_a_slow_body_is_complete() -> None:
    """There is a pause before each piece; an error is as slow."""
    with scripted(Fault.SLOW_BODY, Fault.SLOW_BODY) as sandbox:
        assert ids_of(sandbox.post(*BATCH)) == IDS
        waits = [wait for wait in sandbox.time.waits if wait]
        assert sandbox.post_raw(b"").status_code == 400
    assert SLOW_PIECES - 2 <= len(waits) <= SLOW_PIECES
    assert set(waits) == {PAUSE}


def sent(response: HttpResponse) -> list[Any]:
    """Return the messages of a response that is sent without a server."""
    messages: list[Any] = []

    async def receive() -> Any:
        raise AssertionError

    async def send(message: Any) -> None:
        messages.append(message)

    asyncio.run(response({"type": "http"}, receive, send))
    return messages


def test_a_slow_body_is_sent_in_equal_pieces() -> None:
    """The last message is empty and ends the body."""
    response = apply_fault(Fault.SLOW_BODY, HttpResponse(201, RESULTS.encode(), sleep=FakeTime().async_sleep))
    _, *messages = sent(response)
    pieces = [message["body"] for message in messages]
    assert b"".join(pieces) == RESULTS.encode()
    assert max(map(len, pieces)) == -(-len(RESULTS) // SLOW_PIECES)
    assert [message["more_body"] for message in messages] == [True] * (len(pieces) - 1) + [False]


@pytest.mark.parametrize("fault", BREAKING)
def test_a_broken_connection_needs_the_own_server(fault: Fault) -> None:
    """Served by anything else it is a clear error, after the operation or instead of it."""
    with scripted(fault) as sandbox:
        with pytest.raises(RuntimeError, match="SandboxServer"):
            sandbox.send(*BATCH)
        assert sandbox.store.count() == (0 if fault.is_instead else 3)


@pytest.mark.parametrize("fault", Fault)
def test_each_fault_has_an_effect(fault: Fault) -> None:
    """It changes a success; those after a success leave an error as it is, all others replace or break it too."""
    assert apply_fault(fault, SUCCESS) != SUCCESS
    assert (apply_fault(fault, ERROR) == ERROR) == (fault in AFTER_SUCCESS)


@pytest.mark.parametrize("fault", [Fault.SHUFFLED, Fault.WRONG_IDS])
def test_a_body_that_is_nested_too_deeply_stays_as_it_is(fault: Fault) -> None:
    """It cannot be parsed again, but its events were created."""
    response = json_text_response(201, '{"results":[{"id":"a","extraData":' + "[" * 100_000 + "]" * 100_000 + "}]}")
    assert apply_fault(fault, response) == response


def test_only_authenticated_requests_to_operations_use_up_faults() -> None:
    """The admin API, and requests without a token, are not affected."""
    with scripted(Fault.HTTP_502) as sandbox:
        assert [sandbox.get(f"/_sandbox/{path}").status_code for path in ("events", "counts")] == [200, 200]
        assert sandbox.post_raw(b"", {}).status_code == 401
        assert sandbox.send(*BATCH).status_code == 502


def test_the_latency_is_before_the_operation() -> None:
    """Each request waits, and has created nothing by then."""
    stored: list[int] = []

    async def sleep(seconds: float) -> None:
        stored.append(sandbox.store.count())
        await sandbox.time.async_sleep(seconds)

    with opened(SandboxSettings(faults=FaultPlan(latency=0.25)), sleep=sleep) as sandbox:
        assert [sandbox.post(event(name)).status_code for name in "ab"] == [201, 201]
    assert (sandbox.time.waits, stored) == ([0.25, 0.25], [0, 1])


def test_a_latency_that_is_cancelled_is_a_503() -> None:
    """The sandbox stops in the meantime, and nothing is created."""

    async def sleep(_: float) -> None:
        raise CancelledError

    with opened(sleep=sleep) as sandbox:
        assert (sandbox.post(event()).status_code, sandbox.store.count()) == (503, 0)


@given(fault=STATUSES)
def test_the_word_of_a_status_is_unambiguous(fault: StatusFault) -> None:
    """It is parsed to the same fault, although members of Fault look similar; the fault hides an error too."""
    assert parse_fault(str(fault)) == fault
    for response in (SUCCESS, ERROR):
        result = apply_fault(fault, response)
        assert result.status == fault.status
        assert (b"<html>" in result.body) == (fault.is_html and fault.status not in (204, 205, 304))


def test_members_of_fault_precede_statuses() -> None:
    """Their words mean the member, and a number is the word with that number."""
    assert parse_fault("http-502") is parse_fault(502) is Fault.HTTP_502
    assert parse_fault(418) == StatusFault(418)
    assert str(StatusFault(502)) == "http-502-json"


def test_statuses_without_a_body_keep_the_connection() -> None:
    """The next request is served on the same connection."""
    script = [204, 205, 304, 301, 599, None]
    with (
        SandboxServer(settings=SandboxSettings(faults=FaultPlan(script=script))) as server,
        httpx.Client(base_url=server.url, headers=HEADERS) as client,
    ):
        responses = [client.post(PATH, json={"inputs": [event()]}) for _ in script]
        ports = {each.extensions["network_stream"].get_extra_info("client_addr")[1] for each in responses}
    assert [response.status_code for response in responses] == [204, 205, 304, 301, 599, 201]
    assert [bool(response.content) for response in responses] == [False, False, False, True, True, True]
    assert len(ports) == 1


@pytest.mark.parametrize(
    ("value", "suggestion"),
    [("htpp-502", "http-502"), ("HTTP_503", "http-503"), ("trunkated", "truncated"), ("http-524-htm", "http-524-html"),
     *((status, None) for status in (199, 600, -1, "http-199", "http-600", "refuse"))],
)  # fmt: skip
def test_an_unknown_word_gets_a_suggestion(value: object, suggestion: str | None) -> None:
    """The error has the value, the nearest word, and all known words; statuses are from 200 to 599."""
    likely = f"; did you mean {suggestion}\\?" if suggestion else "; (did you mean .*)?known are"
    with pytest.raises(ValueError, match=f"{value!r} is not a fault{likely}") as caught:
        parse_fault(value)
    assert all(fault in str(caught.value) for fault in (*Fault, "from 200 to 599"))
    if isinstance(value, int):
        with pytest.raises(ValueError, match="status"):
            StatusFault(value)


def test_words_for_events_are_for_events_only() -> None:
    """They have a suggestion too."""
    assert parse_event_fault("refuse") is EventFault.REFUSE
    with pytest.raises(ValueError, match="'refused' is not a fault of an event; did you mean refuse"):
        parse_event_fault("refused")
