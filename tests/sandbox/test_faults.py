"""Each fault does what its name says, with the work undone or done, and only where it was asked for."""

import asyncio
import json
from asyncio import CancelledError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from hubspot_timeline_testing.sandbox import Fault, FaultPlan, SandboxSettings
from hubspot_timeline_testing.sandbox.app import create_app
from hubspot_timeline_testing.sandbox.faults.apply import OVERSIZED_BYTES, SLOW_PIECES, answer_instead, disturb
from hubspot_timeline_testing.sandbox.http.response import Reset, Sent
from hubspot_timeline_testing.sandbox.http.sending import PAUSE, as_response
from hubspot_timeline_testing.sandbox.storage.store import Store
from hubspot_timeline_testing.sandbox.validation.schemas import validator
from tests.helpers.fake_time import FakeTime
from tests.helpers.sandbox_calls import HEADERS, PATH, Sandbox, event, opened, without

IDS = ["a", "b", "c"]
RESULTS = json.dumps({"status": "COMPLETE", "results": [{"id": name} for name in IDS]})
INSTEAD = [fault for fault in Fault if fault.is_before_work]
LOST = (Fault.HTTP_520_AFTER, Fault.RESET_AFTER, Fault.TRUNCATED, Fault.SLOW_BODY)
OF_SUCCESS = [fault for fault in Fault if fault not in (*INSTEAD, *LOST)]
RESETS = (Fault.RESET_BEFORE, Fault.RESET_AFTER)
PAGES = {Fault.HTTP_502: 502, Fault.HTTP_520_AFTER: 520, Fault.HTML_SUCCESS: 201}


@contextmanager
def scripted(*faults: Fault | None) -> Iterator[Sandbox]:
    with opened(SandboxSettings(faults=FaultPlan(script=faults))) as sandbox:
        yield sandbox


def send(sandbox: Sandbox, *events: Any) -> httpx.Response:
    """Send events, or those of IDS, and take any answer."""
    inputs = events or [event(name) for name in IDS]
    return sandbox.request("POST", PATH, headers=HEADERS, json={"inputs": inputs})


def sent(fault: Fault | None, status: int = 201, text: str = RESULTS) -> Sent:
    reply = disturb(fault, status, text)
    assert isinstance(reply, Sent)
    return reply


async def no_receive() -> Any:
    raise AssertionError


def named(response: httpx.Response) -> list[str]:
    return [result["id"] for result in response.json()["results"]]


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault not in (*RESETS, Fault.TRUNCATED)])
def test_a_fault_hits_before_or_after_the_work(fault: Fault) -> None:
    """A fault before the work leaves the store empty, any other leaves everything created; the next request is fine."""
    with scripted(fault) as sandbox:
        send(sandbox)
        assert sandbox.store.count() == (0 if fault.is_before_work else 3)
        assert sandbox.post(event("next")).status_code == 201


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault.HTTP_500, 500),
        (Fault.HTTP_503, 503),
        (Fault.LIMITED, 429),
        (Fault.LIMITED_DAILY, 429),
        (Fault.LOCKED, 423),
        (Fault.MIGRATING, 477),
        (Fault.EXPIRED_TOKEN, 401),
        (Fault.MISSING_SCOPES, 403),
    ],
)
def test_a_refusal_is_in_the_services_shape(fault: Fault, status: int) -> None:
    """Faults that the service itself would answer have its error body, by the document."""
    with scripted(fault) as sandbox:
        response = sandbox.post(event())
    assert response.status_code == status
    assert response.json()["correlationId"]
    assert response.headers.get("retry-after") == ("1" if fault in (Fault.LIMITED, Fault.MIGRATING) else None)


def test_limited_says_which_limit() -> None:
    """The 429 names the policy as the vendor does, and is counted."""
    with scripted(Fault.LIMITED) as sandbox:
        body = sandbox.post(event()).json()
        assert (body["errorType"], body["policyName"]) == ("RATE_LIMIT", "TEN_SECONDLY_ROLLING")
        assert sandbox.get("/_sandbox/counts").json() == {
            "events": 0,
            "requests": 1,
            "limited": 1,
            "records": 0,
            "templates": 0,
        }


def test_the_daily_limit_is_another_one() -> None:
    """The policy is DAILY, in the words of the vendor, and no header says when to come again."""
    with scripted(Fault.LIMITED_DAILY) as sandbox:
        response = sandbox.post(event())
    body = response.json()
    assert (body["errorType"], body["policyName"]) == ("RATE_LIMIT", "DAILY")
    assert body["message"] == "You have reached your daily limit."
    assert "retry-after" not in response.headers


def test_an_expired_token_is_told_with_its_time() -> None:
    """The category is what clients renew a token for."""
    with scripted(Fault.EXPIRED_TOKEN) as sandbox:
        body = sandbox.post(event()).json()
    assert body["category"] == "EXPIRED_AUTHENTICATION"
    [expired_at] = body["context"]["expire time"]
    assert datetime.fromisoformat(expired_at) < datetime.now(UTC)


def test_missing_scopes_are_named() -> None:
    """The body is the one that was seen, but for its correlation id."""
    with scripted(Fault.MISSING_SCOPES) as sandbox:
        body = sandbox.post(event()).json()
    scopes = {"requiredGranularScopes": ["timeline"]}
    assert body.pop("correlationId")
    assert body == {
        "status": "error",
        "message": "This app hasn't been granted all required scopes to make this call.",
        "category": "MISSING_SCOPES",
        "errors": [{"message": "One or more of the following scopes are required.", "context": scopes}],
    }


@pytest.mark.parametrize(("fault", "status"), PAGES.items())
def test_a_page_is_html(fault: Fault, status: int) -> None:
    """What a gateway would answer is a page, also where the status is a success."""
    with scripted(fault) as sandbox:
        response = send(sandbox)
    assert (response.status_code, response.headers["content-type"]) == (status, "text/html")
    assert response.text.startswith("<html>")


def test_an_empty_success_has_no_body() -> None:
    """The status says created, and nothing more is said."""
    with scripted(Fault.EMPTY) as sandbox:
        response = send(sandbox)
    assert (response.status_code, response.content) == (201, b"")


@pytest.mark.parametrize(
    ("fault", "ids"), [(Fault.NO_RESULTS, []), (Fault.HALF_NAMED, ["b"]), (Fault.SHUFFLED, ["c", "b", "a"])]
)
def test_results_are_lost_or_moved(fault: Fault, ids: list[str]) -> None:
    """The answer keeps to the document but names fewer events, or in another order."""
    with scripted(fault) as sandbox:
        response = sandbox.post(*[event(name) for name in IDS])
    assert response.status_code == 201
    assert named(response) == ids


def test_no_results_are_no_errors_either() -> None:
    """Of a mixture, too, nothing is left that could be taken for an outcome."""
    with scripted(Fault.NO_RESULTS) as sandbox:
        body = sandbox.post(event(), without("email")).json()
    assert (body["results"], body["errors"]) == ([], [])
    assert "numErrors" not in body


def test_half_of_one_result_is_none() -> None:
    """The fault is one for a single event, too."""
    with scripted(Fault.HALF_NAMED) as sandbox:
        assert named(sandbox.post(event())) == []


def test_wrong_ids_are_nobodys() -> None:
    """All results are there, under ids that differ and that nobody can have sent, since they are others each time."""
    with scripted(Fault.WRONG_IDS) as sandbox:
        ids = named(sandbox.post(*[event(name) for name in IDS]))
        assert sandbox.store.get("1000123", "a")
    assert len(set(ids) - set(IDS)) == 3
    assert sent(Fault.WRONG_IDS) != sent(Fault.WRONG_IDS)


def test_a_success_may_be_a_200() -> None:
    """The body is as it was; a mixture stays a 207."""
    with scripted(Fault.STATUS_200, Fault.STATUS_200) as sandbox:
        response = sandbox.post(event("a"))
        assert (response.status_code, named(response)) == (200, ["a"])
        assert sandbox.post(without("email")).status_code == 207


def test_a_status_word_may_be_unknown() -> None:
    """The word is none of the document's, all else is."""
    with scripted(Fault.UNKNOWN_WORD) as sandbox:
        body = send(sandbox).json()
    assert body["status"] == "FINISHED"
    assert not validator("TimelineEventBatchResult").is_valid(body)
    assert validator("TimelineEventBatchResult").is_valid(body | {"status": "COMPLETE"})


def test_a_status_word_may_be_a_likelier_one() -> None:
    """COMPLETED is what a reader would expect, and not what the document says."""
    with scripted(Fault.COMPLETED) as sandbox:
        body = send(sandbox).json()
    assert body["status"] == "COMPLETED"
    assert validator("TimelineEventBatchResult").is_valid(body | {"status": "COMPLETE"})


def test_an_oversized_answer_is_valid() -> None:
    """It says what it would have said, in many more bytes."""
    with scripted(Fault.OVERSIZED) as sandbox:
        response = sandbox.post(event("a"), event("b"))
    assert len(response.content) > OVERSIZED_BYTES
    assert (response.status_code, named(response)) == (201, ["a", "b"])


def test_a_slow_body_comes_whole() -> None:
    """It waits before each of its pieces, which make up the whole answer; a refusal is as slow."""
    time = FakeTime()
    with Store() as store:
        settings = SandboxSettings(faults=FaultPlan(script=[Fault.SLOW_BODY] * 2))
        sandbox = Sandbox(create_app(store, settings=settings, sleep=time.async_sleep), store)
        assert named(sandbox.post(*[event(name) for name in IDS])) == IDS
        waits = [wait for wait in time.waits if wait]
        assert sandbox.post_raw(b"").status_code == 400
    assert SLOW_PIECES - 2 <= len(waits) <= SLOW_PIECES
    assert set(waits) == {PAUSE}


def test_an_answer_in_pieces_is_sent_in_pieces() -> None:
    """No piece is larger than its share, and the last message says that it was all."""
    messages: list[Any] = []

    async def send_on(message: Any) -> None:
        messages.append(message)

    async def run() -> None:
        response = as_response(sent(Fault.SLOW_BODY), {}, FakeTime().async_sleep)
        await response({"type": "http"}, no_receive, send_on)

    asyncio.run(run())
    pieces = [message["body"] for message in messages[1:]]
    assert b"".join(pieces) == RESULTS.encode()
    assert max(map(len, pieces)) == -(-len(RESULTS) // SLOW_PIECES)
    assert [message["more_body"] for message in messages[1:]] == [True] * (len(pieces) - 1) + [False]


def test_truncation_is_a_value() -> None:
    """Head and half of the body are there, the whole length is announced, and the reply says that it breaks."""
    reply = sent(Fault.TRUNCATED)
    assert (reply.status, reply.is_whole) == (201, False)
    assert reply.body == RESULTS.encode()[: len(RESULTS) // 2]
    assert reply.headers["content-length"] == str(len(RESULTS))


@pytest.mark.parametrize("fault", RESETS)
def test_a_reset_is_a_value(fault: Fault) -> None:
    """Without a connection to break, whoever uses the pure part is told that not a byte is answered."""
    assert disturb(fault, 201, RESULTS) == Reset()


@pytest.mark.parametrize("fault", [*RESETS, Fault.TRUNCATED])
def test_what_cannot_break_a_connection_says_so(fault: Fault) -> None:
    """Served by anything but the sandbox's own server, a broken connection is a clear error, work done or not."""
    with scripted(fault) as sandbox:
        with pytest.raises(RuntimeError, match="SandboxServer"):
            send(sandbox)
        assert sandbox.store.count() == (0 if fault.is_before_work else 3)


@pytest.mark.parametrize("fault", Fault)
def test_each_fault_has_an_effect(fault: Fault) -> None:
    """No kind was forgotten: each makes another reply of a plain success."""
    assert disturb(fault, 201, RESULTS) != disturb(None, 201, RESULTS)


def test_without_a_fault_all_is_sent() -> None:
    """The undisturbed answer is whole, with its status and its body."""
    reply = sent(None)
    assert (reply.status, reply.body.decode(), reply.is_whole) == (201, RESULTS, True)
    assert reply.headers == {"content-type": "application/json"}


@pytest.mark.parametrize("fault", OF_SUCCESS)
def test_a_refusal_never_becomes_a_success(fault: Fault) -> None:
    """A fault of successes leaves a refusal as it is."""
    assert disturb(fault, 400, '{"message": "no"}') == disturb(None, 400, '{"message": "no"}')


def test_a_lost_refusal_is_lost() -> None:
    """An answer that breaks on the way breaks whatever it says, also where no work was done for it."""
    assert not sent(Fault.TRUNCATED, 400, '{"message": "no"}').is_whole
    with scripted(Fault.HTTP_520_AFTER) as sandbox:
        assert sandbox.request("POST", PATH, headers={"Authorization": "Bearer x"}).status_code == 520


@pytest.mark.parametrize("fault", INSTEAD)
def test_the_answer_instead_needs_no_work(fault: Fault) -> None:
    """What is sent instead of the work can be had without an answer, and is the same in kind with one."""
    assert type(answer_instead(fault)) is type(disturb(fault, 201, RESULTS))
    assert "results" not in repr(disturb(fault, 201, RESULTS))


def test_only_faults_before_the_work_stand_instead() -> None:
    """Asking for an answer instead of work that has to be done is an error."""
    with pytest.raises(LookupError):
        answer_instead(Fault.EMPTY)


@pytest.mark.parametrize("fault", [Fault.SHUFFLED, Fault.WRONG_IDS])
def test_what_is_nested_too_deeply_is_not_touched(fault: Fault) -> None:
    """An answer that cannot be read again is sent as it is, since its events were created."""
    text = '{"results":[{"id":"a","extraData":' + "[" * 100_000 + "]" * 100_000 + "}]}"
    assert sent(fault, text=text) == sent(None, text=text)


def test_reading_back_never_misbehaves() -> None:
    """Faults hit the operation alone; looking at the store meets and uses up none."""
    with scripted(Fault.HTTP_502) as sandbox:
        for path in ("/_sandbox/events", "/_sandbox/counts"):
            assert sandbox.get(path).status_code == 200
        assert send(sandbox).status_code == 502


def test_a_request_without_a_token_uses_up_no_fault() -> None:
    """A request that is refused at the door is none of the requests that the script is for."""
    with scripted(Fault.HTTP_502) as sandbox:
        assert sandbox.post_raw(b"", {}).status_code == 401
        assert send(sandbox).status_code == 502


def test_latency_comes_before_the_work() -> None:
    """Every request waits for the seconds given, and has left nothing in the store by then."""
    time = FakeTime()
    stored: list[int] = []

    async def sleep(seconds: float) -> None:
        stored.append(store.count())
        await time.async_sleep(seconds)

    with Store() as store:
        settings = SandboxSettings(faults=FaultPlan(latency=0.25))
        sandbox = Sandbox(create_app(store, settings=settings, sleep=sleep), store)
        for name in ("a", "b"):
            assert sandbox.post(event(name)).status_code == 201
    assert (time.waits, stored) == ([0.25, 0.25], [0, 1])


def test_a_wait_that_is_cut_short_is_answered() -> None:
    """Where the sandbox ends within the latency, the request is a 503 and nothing is created."""

    async def sleep(_: float) -> None:
        raise CancelledError

    with Store() as store:
        sandbox = Sandbox(create_app(store, sleep=sleep), store)
        assert sandbox.post(event()).status_code == 503
        assert store.count() == 0
