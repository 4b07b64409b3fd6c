"""A server that tells nothing any more, or never ends its answers, is no contract that holds, and no broken one."""

import threading
from collections.abc import Callable

import pytest
from attrs import evolve
from requests import Response
from requests.exceptions import Timeout

from hubspot_timeline_testing.contract import Verdict, deadline
from hubspot_timeline_testing.contract.deadline import Deadline, TooMuchError
from hubspot_timeline_testing.contract.suppressions import rule_behind
from tests.helpers.contract_runs import Exchange, Flaw, contract, evolve_answer, flawed, serving

PHASES = ["coverage"]
BODY = b'{"status": "error", "message": "not now", "correlationId": "aeb5f871-7f07-4993-9211-075dc63e7cbf"}'


def after(requests: int, status: int) -> Flaw:
    """Answer with a status to all requests but the first ones."""
    seen: list[int] = []

    def flaw(done: Exchange) -> Exchange:
        seen.append(done.status)
        return evolve_answer(done, status, BODY) if len(seen) > requests else done

    return flaw


@pytest.mark.parametrize("status", [401, 403, 423, 429, 477])
def test_one_that_stops_in_the_middle_is_not_verified(status: int) -> None:
    """As when a token expires after the walk, which alone has seen each operation succeed."""
    with flawed(after(8, status)) as url:
        report = contract(url, phases=PHASES, operations=["create_events", "create_event"])
    assert report.verdict is Verdict.UNVERIFIED, [failure.message for failure in report.failures]
    assert any(problem.endswith(f": all answers of the phase coverage were {status}") for problem in report.problems)
    assert report.problems[0].startswith("given up, since too many requests in a row had no answer")
    assert 100 <= report.requests < 130


@pytest.mark.parametrize("status", [401, 403, 423, 429, 477])
def test_one_that_stops_within_a_phase_is_not_verified(status: int) -> None:
    """Though some of its requests were answered."""
    with flawed(after(9, status)) as url:
        report = contract(url, operations=["create_template"], phases=["fuzzing"], max_examples=15)
    assert report.verdict is Verdict.UNVERIFIED, [failure.message for failure in report.failures]
    assert report.problems == (f"create_template: too many answers of the phase fuzzing were {status}",)
    assert report.operations[0].accepted > 2


def test_a_token_that_is_refused_in_between_is_told() -> None:
    """It was taken before, so that what was refused is not verified."""
    with flawed(lambda done: evolve_answer(done, 401, BODY) if done.sent.count(b"-3") else done) as url:
        report = contract(url, operations=["create_events"])
    assert report.verdict is Verdict.UNVERIFIED, [failure.message for failure in report.failures]
    assert report.problems == ("create_events: all answers of the phase walk were 401",)


@pytest.mark.parametrize("status", [401, 403, 423, 429, 477])
def test_one_that_never_tells_anything_is_not_verified(status: int) -> None:
    """After few requests, and without a defect."""
    with serving(lambda exchange: evolve_answer(exchange, status, BODY)) as url:
        report = contract(url, phases=PHASES)
    assert report.verdict is Verdict.UNVERIFIED, [failure.message for failure in report.failures]
    assert report.requests <= 10


def test_an_answer_that_never_ends_is_missing() -> None:
    """Whatever comes in the meantime."""
    with pytest.raises(Timeout):
        Deadline(0.01).keep(threading.Event().wait)


def test_what_goes_wrong_on_the_way_is_raised() -> None:
    """And what comes is returned."""

    def fail() -> None:
        raise KeyError("x")

    assert Deadline(30).keep(lambda: 5) == 5
    with pytest.raises(KeyError):
        Deadline(30).keep(fail)


def answer(chunk: Callable[[], bytes]) -> Response:
    response = Response()
    response.raw = type("Raw", (), {"read": lambda *_: chunk(), "close": lambda _: None})()
    return response


def test_a_body_without_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so much of it."""
    monkeypatch.setattr(deadline, "LARGEST", 3_000_000)
    with pytest.raises(TooMuchError, match="answered with more than 3 MB"):
        Deadline(30).read(answer(lambda: b"x" * 65_536))


def test_a_body_with_an_end_is_read() -> None:
    """As requests would."""
    chunks = [b"", b"cd", b"ab"]
    response = answer(chunks.pop)
    Deadline(30).read(response)
    assert response.content == b"abcd"


def test_each_request_has_its_deadline() -> None:
    """And after ten of them the run is over."""
    gate = threading.Event()

    def wait(exchange: Exchange) -> Exchange:
        gate.wait()
        return evolve_answer(exchange, 200, b"{}")

    with serving(wait) as url:
        try:
            report = contract(url, phases=PHASES, timeout=0.02)
        finally:
            gate.set()
    assert report.verdict is Verdict.UNVERIFIED
    assert report.problems[0] == "nothing was answered; the server did not answer in time"
    assert report.requests <= 10


@pytest.mark.parametrize("message", ["bad token", "Unexpected token in JSON at position 0", "token at line 3", "no"])
def test_not_every_token_is_one_of_an_event(message: str) -> None:
    """Only a refusal about the tokens of an event, or of a template, may have its reason outside of the document."""
    body = BODY.replace(b"not now", message.encode())
    with flawed(lambda done: evolve_answer(done, 400, body) if done.status < 300 else done) as url:
        report = contract(url)
    assert report.verdict is Verdict.BROKEN
    told = f"create_event refused with 400 a request that the document allows: {message}"
    assert told in [failure.message for failure in report.failures]


@pytest.mark.parametrize(
    "message", ["Invalid token: seats", "Bad token value for 'seats'", "Unexpected token 'seats' here"]
)
def test_a_refusal_of_an_event_s_token_is_by_a_rule(message: str) -> None:
    """Its template is state."""
    rule = rule_behind(400, message)
    assert rule
    assert rule.name == "token"


def test_ignored_authentication_is_told_once_for_an_operation() -> None:
    """With whatever status the requests are answered."""
    with flawed(lambda done: evolve(done, status=200 + len(done.sent) % 5) if done.status == 401 else done) as url:
        report = contract(url, phases=["examples", "coverage"])
    told = [failure.message.partition(":")[0] for failure in report.failures if failure.check == "ignored_auth"]
    assert told == ["create_event ignores authentication", "create_events ignores authentication"]
