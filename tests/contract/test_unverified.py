"""A server without conclusive or complete responses neither keeps the contract nor breaks it."""

import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from requests import PreparedRequest, Response
from requests.exceptions import ChunkedEncodingError, ContentDecodingError, Timeout
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from hubspot_timeline_testing.contract import Verdict
from hubspot_timeline_testing.contract.results import OperationResult
from hubspot_timeline_testing.contract.transport import BodyReader, describe_network_error
from tests.helpers.contract_runs import Exchange, Respond, changed, contract, messages, respond_json, serving

BODY = b'{"status": "error", "message": "not now", "correlationId": "aeb5f871-7f07-4993-9211-075dc63e7cbf"}'
INCONCLUSIVE = [401, 403, 423, 429, 477]


def after(requests: int, status: int) -> Respond:
    """Respond with a status to all requests but the first ones."""
    seen: list[int] = []

    def respond(exchange: Exchange) -> Exchange:
        seen.append(exchange.status)
        return respond_json(exchange, status, BODY) if len(seen) > requests else exchange

    return respond


def test_a_server_that_stops_after_the_scenario_is_unverified() -> None:
    """As when a token expires; the run ends early."""
    with changed(after(9, 401)) as url:
        report = contract(url, phases=["coverage"])
    assert report.verdict is Verdict.UNVERIFIED, messages(report)
    assert any("or inconclusive: 401" in problem for problem in report.problems), report.problems


def test_a_server_that_stops_within_a_phase_is_unverified() -> None:
    """Though some requests succeeded."""
    with changed(after(12, 429)) as url:
        report = contract(url, operations=["create_template"], phases=["fuzzing"], max_examples=15)
    assert report.verdict is Verdict.UNVERIFIED, messages(report)
    assert report.problems == ("create_template: too many responses of the fuzzing phase were 429",)
    assert report.operations[0].accepted > 2


def test_a_token_that_is_rejected_once_leaves_the_operation_unverified() -> None:
    """It was accepted before, so it may have expired in between."""

    def respond(exchange: Exchange) -> Exchange:
        return respond_json(exchange, 401, BODY) if b"webinar" in exchange.sent else exchange

    with changed(respond) as url:
        report = contract(url, operations=["create_events"])
    assert report.verdict is Verdict.UNVERIFIED, messages(report)
    assert report.problems == ("create_events: the token was accepted, and later rejected with 401; has it expired?",)


@pytest.mark.parametrize("status", INCONCLUSIVE)
def test_only_inconclusive_responses_end_the_run_after_the_scenario(status: int) -> None:
    """After few requests, and without a finding."""
    seen: list[Exchange] = []

    def respond(exchange: Exchange) -> Exchange:
        seen.append(exchange)
        return respond_json(exchange, status, BODY)

    with serving(respond) as url:
        report = contract(url, phases=["coverage"])
    assert report.verdict is Verdict.UNVERIFIED, messages(report)
    assert len(seen) <= 10


@pytest.mark.parametrize(
    ("statuses", "problem"),
    [
        ({}, "no request was sent"),
        ({"scenario": [401, 403]}, "all responses were 401, 403"),
        ({"scenario": [404], "coverage": [400]}, "no request succeeded; all responses were 400, 404"),
        ({"scenario": [201], "fuzzing": [201, 429, 429]}, "too many responses of the fuzzing phase were 429"),
        (
            {"scenario": [201], "fuzzing": [201] * 9 + [423] * 5},
            "too many responses of the fuzzing phase were 423",
        ),
        (
            {"scenario": [201], "fuzzing": [201, 401, 201]},
            "the token was accepted, and later rejected with 401; has it expired?",
        ),
        ({"scenario": [201], "fuzzing": [201, 403, 400]}, None),
    ],
)
def test_why_an_operation_is_unverified(statuses: dict[str, list[int]], problem: str | None) -> None:
    """It depends on the statuses of each phase."""
    assert OperationResult("create_event", statuses).problem == problem


def response(read: Callable[[], bytes]) -> Response:
    made = Response()
    made.request = PreparedRequest()
    raw: Any = type("Raw", (), {"read": lambda *_, **__: read(), "headers": {}, "version": 11})()
    made.raw, made.status_code = raw, 200
    return made


def raising(error: Exception) -> Callable[[], bytes]:
    def read() -> bytes:
        raise error

    return read


def test_a_body_is_read_to_its_end() -> None:
    """As requests itself would read it."""
    chunks = [b"", b"cd", b"ab"]
    made = response(chunks.pop)
    BodyReader(30)(made)
    assert made.content == b"abcd"


@pytest.mark.parametrize(
    ("reader", "read", "error", "description"),
    [
        (
            BodyReader(30, largest=3_000_000),
            lambda: b"x" * 65_536,
            ContentDecodingError,
            "sent a response of more than",
        ),
        (BodyReader(0), lambda: b"x", Timeout, "did not respond in time"),
        (BodyReader(30), raising(ReadTimeoutError(None, "", "")), Timeout, "did not respond in time"),  # type: ignore[arg-type]
        (BodyReader(30), raising(ProtocolError()), ChunkedEncodingError, "in the middle of a response"),
    ],
)
def test_a_body_has_limits(
    reader: BodyReader, read: Callable[[], bytes], error: type[Exception], description: str
) -> None:
    """A server may send a byte at a time, or more than anybody can read, or close the connection."""
    with pytest.raises(error) as raised:
        reader(response(read))
    assert description in describe_network_error(raised.value)


def test_a_request_that_hangs_ends_the_process() -> None:
    """The headers of a response may come one byte at a time, so that no timeout of requests expires."""
    code = "import threading; from hubspot_timeline_testing.contract.transport import exit_unless_stopped, stop_exit; "
    code += "exit_unless_stopped(0.2); stop_exit(); exit_unless_stopped({}); threading.Event().wait({})"
    ends = [
        subprocess.run([sys.executable, "-c", code.format(*each)], check=False) for each in ((0.01, 60), (60, 0.01))
    ]
    assert [ended.returncode for ended in ends] == [1, 0]


def test_a_server_that_never_responds_is_unverified() -> None:
    """After the timeout of each request of the scenario."""
    gate = threading.Event()

    def respond(exchange: Exchange) -> Exchange:
        gate.wait()
        return respond_json(exchange, 200)

    with serving(respond) as url:
        try:
            report = contract(url, phases=["coverage"], timeout=0.05)
        finally:
            gate.set()
    assert report.verdict is Verdict.UNVERIFIED
    assert any(problem == "no response: the server did not respond in time" for problem in report.problems)
