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
from hubspot_timeline_testing.sandbox.http.delivery import PAUSE, SLOW_PIECES
from hubspot_timeline_testing.sandbox.http.response import HttpResponse, json_text_response
from hubspot_timeline_testing.sandbox.validation.schemas import validator
from tests.helpers.fake_time import FakeTime
from tests.helpers.sandbox_calls import HEADERS, PATH, counts, event, opened, scripted, without

IDS = ["a", "b", "c"]
BATCH = [event(name) for name in IDS]
RESULTS = json.dumps({"status": "COMPLETE", "results": [{"id": name} for name in IDS]})
SUCCESS = json_text_response(201, RESULTS)
ERROR = json_text_response(400, '{"message": "no"}')
BREAKING = [Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.TRUNCATED]
INSTEAD = [fault for fault in Fault if fault.is_instead]
AFTER_ANY = [Fault.HTTP_520_AFTER, Fault.RESET_AFTER, Fault.TRUNCATED, Fault.SLOW_BODY]
AFTER_SUCCESS = [fault for fault in Fault if fault not in (*INSTEAD, *AFTER_ANY)]
STATUSES = st.builds(StatusFault, st.integers(200, 599), is_html=st.booleans(), is_after_work=st.booleans())


def ids_of(response: httpx.Response) -> list[str]:
    return [result["id"] for result in response.json()["results"]]


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault not in BREAKING])
def test_a_fault_is_instead_of_the_operation_or_after_it(fault: Fault) -> None:
    """Instead of it nothing is created, after it everything is; the next request is not affected."""
    with scripted(fault) as sandbox:
        sandbox.send(*BATCH)
        assert sandbox.store.count() == (0 if fault.is_instead else 3)
        assert sandbox.post(event("next")).status_code == 201


@pytest.mark.parametrize(
    ("fault", "status", "fields"),
    [
        (Fault.HTTP_500, 500, {}),
        (Fault.HTTP_503, 503, {}),
        (Fault.LIMITED, 429, {"errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING"}),
        (
            Fault.LIMITED_DAILY,
            429,
            {"errorType": "RATE_LIMIT", "policyName": "DAILY", "message": "You have reached your daily limit."},
        ),
        (Fault.LOCKED, 423, {}),
        (Fault.MIGRATING, 477, {}),
        (Fault.EXPIRED_TOKEN, 401, {"category": "EXPIRED_AUTHENTICATION"}),
        (Fault.MISSING_SCOPES, 403, {"category": "MISSING_SCOPES"}),
    ],
)
def test_an_error_has_the_shape_of_the_service(fault: Fault, status: int, fields: dict[str, str]) -> None:
    """It conforms to the document; two of them have a Retry-After."""
    with scripted(fault) as sandbox:
        response = sandbox.post(event())
        assert sandbox.counts() == counts(requests=1, limited=int(status == 429))
    assert response.status_code == status
    assert response.json()["correlationId"]
    assert response.json() | fields == response.json()
    assert response.headers.get("retry-after") == ("1" if fault in (Fault.LIMITED, Fault.MIGRATING) else None)


def test_an_expired_token_and_a_missing_scope_have_details() -> None:
    """The time of expiry, and the body of a 403 that was observed."""
    with scripted(Fault.EXPIRED_TOKEN, Fault.MISSING_SCOPES) as sandbox:
        expired, forbidden = sandbox.post(event()).json(), sandbox.post(event()).json()
    [expired_at] = expired["context"]["expire time"]
    assert datetime.fromisoformat(expired_at) < datetime.now(UTC)
    scopes = {"requiredGranularScopes": ["timeline"]}
    assert forbidden.pop("correlationId")
    assert forbidden == {
        "status": "error",
        "message": "This app hasn't been granted all required scopes to make this call.",
        "category": "MISSING_SCOPES",
        "errors": [{"message": "One or more of the following scopes are required.", "context": scopes}],
    }


@pytest.mark.parametrize(
    ("fault", "status"), [(Fault.HTTP_502, 502), (Fault.HTTP_520_AFTER, 520), (Fault.HTML_SUCCESS, 201)]
)
def test_a_gateway_sends_a_page(fault: Fault, status: int) -> None:
    """Also with the status of a success."""
    with scripted(fault) as sandbox:
        response = sandbox.send(*BATCH)
    assert (response.status_code, response.headers["content-type"]) == (status, "text/html")
    assert response.text.startswith("<html>")


@pytest.mark.parametrize(
    ("fault", "ids"), [(Fault.NO_RESULTS, []), (Fault.MISSING_RESULTS, ["b"]), (Fault.SHUFFLED, ["c", "b", "a"])]
)
def test_results_are_removed_or_reordered(fault: Fault, ids: list[str]) -> None:
    """The response conforms to the document."""
    with scripted(fault) as sandbox:
        response = sandbox.post(*BATCH)
    assert (response.status_code, ids_of(response)) == (201, ids)


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


def test_the_status_of_a_success_can_be_200() -> None:
    """The body stays the same, and so does a 207; an empty success is a 201 without a body."""
    with scripted(Fault.STATUS_200, Fault.STATUS_200, Fault.EMPTY) as sandbox:
        response = sandbox.post(event("a"))
        assert (response.status_code, ids_of(response)) == (200, ["a"])
        assert sandbox.post(without("email")).status_code == 207
        empty = sandbox.send(event("b"))
    assert (empty.status_code, empty.content) == (201, b"")


@pytest.mark.parametrize(("fault", "status"), [(Fault.UNKNOWN_STATUS, "FINISHED"), (Fault.COMPLETED, "COMPLETED")])
def test_the_batch_status_can_be_another(fault: Fault, status: str) -> None:
    """One that the document does not have, or COMPLETED; everything else conforms."""
    with scripted(fault) as sandbox:
        body = sandbox.send(*BATCH).json()
    assert body["status"] == status
    assert validator("TimelineEventBatchResult").is_valid(body) == (fault is Fault.COMPLETED)
    assert validator("TimelineEventBatchResult").is_valid(body | {"status": "COMPLETE"})


def test_an_oversized_response_is_valid() -> None:
    """It has the same content in many more bytes."""
    with scripted(Fault.OVERSIZED) as sandbox:
        response = sandbox.post(event("a"), event("b"))
    assert len(response.content) > OVERSIZED_BYTES
    assert (response.status_code, ids_of(response)) == (201, ["a", "b"])


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


@pytest.mark.parametrize(
    ("word", "status", "is_html", "stored"),
    [
        ("http-404", 404, False, 0), ("http-418-html", 418, True, 0), ("http-522", 522, False, 0),
        ("http-504-after", 504, False, 1), ("http-524-html-after", 524, True, 1), ("http-299", 299, False, 0),
    ],
)  # fmt: skip
def test_any_status_can_be_injected(word: str, status: int, is_html: bool, stored: int) -> None:
    """The word has the status, the form of the body, and whether the event is created."""
    with scripted(word) as sandbox:
        response = sandbox.send(event())
        assert (response.status_code, sandbox.store.count()) == (status, stored)
    assert response.headers["content-type"] == ("text/html" if is_html else "application/json")
    if is_html:
        assert response.text.startswith(f"<html><head><title>{status} ")
    else:
        assert validator("ErrorBody").is_valid(response.json())
        assert response.json()["correlationId"]


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
