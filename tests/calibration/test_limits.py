"""What a 429 has, and reading an event that comes late."""

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from attrs import define, field

from hubspot_timeline_testing.calibration import Calibration, calibrate, plan_of
from hubspot_timeline_testing.calibration.messages import Request
from hubspot_timeline_testing.calibration.sandbox_settings import decided_settings
from hubspot_timeline_testing.calibration.sender import Sender
from hubspot_timeline_testing.sandbox import RequestLimit, SandboxSettings
from tests.helpers.calibrations import TOKEN, URL, InProcess, calibrated, sandbox_with_contact, settings
from tests.helpers.fake_time import FakeTime
from tests.helpers.odd_servers import Answering


@pytest.mark.parametrize("api", ["v3", "2026-09"])
@pytest.mark.parametrize("limit", [RequestLimit(110, 10.0, True), RequestLimit(20, 1.0), RequestLimit(117)])
def test_a_full_window_shows_whether_a_429_has_a_retry_after(api: str, limit: RequestLimit) -> None:
    """With 120 requests at most, none of which creates anything."""
    with sandbox_with_contact(SandboxSettings(limit=limit)) as sandbox:
        calibration = calibrated(sandbox, settings(apis=api, exhaust_limit=True))
        counts = sandbox.counts()
    assert calibration.settings["limit"] == {
        "requests": limit.requests, "seconds": limit.seconds, "retry_after": limit.retry_after
    }  # fmt: skip
    assert counts["requests"] <= calibration.requests <= 120
    assert (counts["events"], counts["templates"], counts["limited"]) == (1, 0, 1)


@pytest.mark.parametrize(
    ("limit", "reason"),
    [(None, "no response had a number as x-hubspot-ratelimit-max"), (RequestLimit(190), "the limit of 190 requests")],
)
def test_a_limit_that_cannot_be_filled_is_not_decided(limit: RequestLimit | None, reason: str) -> None:
    """A larger one would need more requests than a run may send."""
    with sandbox_with_contact(SandboxSettings(limit=limit)) as sandbox:
        calibration = calibrated(sandbox, settings(exhaust_limit=True))
    assert decided_settings(calibration)["limit.retry_after"].reason.startswith(reason)
    assert calibration.requests < 4


def test_an_ordinary_run_does_not_fill_the_window() -> None:
    """And says that this is another run, whose results are added."""
    with sandbox_with_contact(SandboxSettings(limit=RequestLimit(20, 1.0, True))) as sandbox:
        first = calibrated(sandbox)
        assert sandbox.counts()["limited"] == 0
        both = calibrated(sandbox, settings(exhaust_limit=True), earlier=first)
    assert "retry_after" not in first.settings["limit"]
    assert both.settings["limit"] == {"requests": 20, "seconds": 1.0, "retry_after": True}
    assert both.settings["duplicates"] == "conflict"
    assert [step.name for _, step in plan_of(settings(exhaust_limit=True)).steps] == ["exhausted-limit"]


@define
class Late(httpx.BaseTransport):
    """Reads of an event get a 404 until so many of them were sent since it was created."""

    inner: InProcess
    reads: int
    counts: dict[str, int] = field(factory=dict)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the response of the sandbox, or a 404."""
        if request.method == "GET" and "/events/" in request.url.path:
            self.counts[request.url.path] = self.counts.get(request.url.path, 0) + 1
            if self.counts[request.url.path] <= self.reads:
                return httpx.Response(404, json={"message": "not yet"})
        return self.inner.handle_request(request)

    def close(self) -> None:
        """Close the sandbox."""
        self.inner.close()


def test_an_event_that_can_be_read_late_is_waited_for() -> None:
    """Otherwise a batch would seem to have created nothing."""
    with sandbox_with_contact(SandboxSettings()) as sandbox:
        time = sandbox.time
        transport = Late(InProcess(sandbox.app), 1)
        calibration = calibrate(
            URL, TOKEN, settings(apis="v3"), transport=transport, sleep=time.sleep, clock=time.clock
        )
    facts = calibration.facts
    assert facts["v3.read_back_seconds"].value > 0
    assert facts["v3.others_created"].value is True
    assert facts["v3.invalid_events"].value == "partial"


def test_a_change_that_can_be_read_late_is_waited_for() -> None:
    """Otherwise the first of two events with one id would seem to be kept."""
    with sandbox_with_contact(SandboxSettings(duplicates="last-wins")) as sandbox:
        inner, time = InProcess(sandbox.app), sandbox.time
        cached: dict[str, tuple[float, httpx.Response]] = {}

        def cache(request: httpx.Request) -> httpx.Response:
            path, response = request.url.path, inner.handle_request(request)
            if request.method != "GET" or "/events/" not in path:
                return response
            if path not in cached or time.clock() >= cached[path][0] + 1:
                cached[path] = time.clock(), response
            return httpx.Response(cached[path][1].status_code, content=cached[path][1].content)

        calibration = calibrate(
            URL, TOKEN, settings(apis="v3"), transport=Answering(cache, inner), sleep=time.sleep, clock=time.clock
        )
    assert calibration.facts["v3.read_back_seconds"].value == 0
    assert calibration.facts["v3.duplicates"].value == "last-wins"


@pytest.mark.parametrize("delay", [0.5, 0.9])
def test_a_later_event_may_be_read_later_than_the_control(delay: float) -> None:
    """Otherwise a batch would seem to have created nothing."""
    with sandbox_with_contact(SandboxSettings()) as sandbox:
        inner, time, seen = InProcess(sandbox.app), sandbox.time, dict[str, float]()

        def late(request: httpx.Request) -> httpx.Response:
            path = request.url.path
            if request.method == "GET" and "/events/" in path:
                first = seen.setdefault(path, time.clock())
                if len(seen) > 2 and time.clock() < first + delay:  # the first two reads are those of the control
                    return httpx.Response(404, json={"message": "not yet"})
            return inner.handle_request(request)

        calibration = calibrate(
            URL, TOKEN, settings(apis="v3"), transport=Answering(late, inner), sleep=time.sleep, clock=time.clock
        )
    assert calibration.facts["v3.others_created"].value is True


def measured(respond: Callable[[], httpx.Response], time: FakeTime, **changes: Any) -> Calibration:
    """Calibrate a server that responds in one way."""
    transport = httpx.MockTransport(lambda _: respond())
    return calibrate(URL, TOKEN, settings(**changes), transport=transport, sleep=time.sleep, clock=time.clock)


def test_a_limit_that_is_too_low_is_not_waited_for() -> None:
    """Of one request a day nothing is decided, with one request."""
    time = FakeTime()
    headers = {"x-hubspot-ratelimit-max": "1", "x-hubspot-ratelimit-interval-milliseconds": "86400000"}
    calibration = measured(lambda: httpx.Response(200, headers=headers, json={}), time)
    assert {why for _, why in calibration.problems()} == {"the limit that the server states is too low"}
    assert (calibration.requests, sum(time.waits)) == (1, 0)


@pytest.mark.parametrize("operation", ["POST", "GET", "DELETE"])
def test_a_limit_that_is_too_low_leaves_no_template_behind(operation: str) -> None:
    """It is stated once the template exists, and the deletion still is sent."""
    headers = {"x-hubspot-ratelimit-max": "1", "x-hubspot-ratelimit-interval-milliseconds": "86400000"}

    def stating(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        is_stated = request.method == operation and "event-templates" in request.url.path
        return httpx.Response(response.status_code, content=response.content, headers=headers if is_stated else {})

    with sandbox_with_contact(SandboxSettings()) as sandbox:
        inner, time = InProcess(sandbox.app), sandbox.time
        transport = Answering(lambda request: stating(request, inner.handle_request(request)), inner)
        calibration = calibrate(
            URL, TOKEN, settings(apis="v3"), transport=transport, sleep=time.sleep, clock=time.clock
        )
        assert sandbox.counts()["templates"] == 0
    assert not calibration.leftover


def test_the_waits_of_a_run_are_bounded() -> None:
    """What is left then is not decided."""
    time = FakeTime()
    calibration = measured(lambda: httpx.Response(429, headers={"retry-after": "60"}), time)
    assert "the time for waits is used up" in {why for _, why in calibration.problems()}
    assert sum(time.waits) <= 600


@pytest.mark.parametrize("seconds", ["61", "9" * 5000])
def test_a_server_that_asks_for_a_long_wait_gets_nothing_more(seconds: str) -> None:
    """Only the look-up of the account, which may fail, is followed by another request."""
    time = FakeTime()
    calibration = measured(lambda: httpx.Response(429, headers={"retry-after": seconds}), time, template="1", apis="v3")
    assert {why for _, why in calibration.problems()} == {"the server asks for a wait of more than 60 s"}
    assert (calibration.requests, max(time.waits) < 1) == (2, True)


@pytest.mark.parametrize(
    ("seconds", "size", "reason"),
    [(20, 1, "the server did not respond within 30 s"), (0, 1_000_000, "the server sent more than 10,000,000 bytes")],
)
def test_a_response_without_an_end_is_none(seconds: float, size: int, reason: str) -> None:
    """However slow or large it is."""
    time = FakeTime()

    def body() -> Iterator[bytes]:
        while True:
            time.now += seconds
            yield b"a" * size

    calibration = measured(lambda: httpx.Response(400, content=body()), time, template="1", apis="v3")
    assert all(why.endswith(reason) for _, why in calibration.problems())


def test_headers_without_an_end_are_no_response() -> None:
    """Each read of them succeeds, so that the timeout of a read never passes."""

    def chatter(listener: socket.socket) -> None:
        with listener.accept()[0] as connection, suppress(OSError):
            while True:
                connection.sendall(b"HTTP/1.1 103 Early\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=chatter, args=[listener], daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with httpx.Client(base_url=url, trust_env=False) as client:
            assert Sender(client, TOKEN, str, 1, 0, timeout=0.1).send_fast(Request("GET", "/")) is None


class Twice(StreamRequestHandler):
    """Sends two responses to each request, so that the second seems to be that of the next request."""

    def handle(self) -> None:
        """Send both while there are requests."""
        with suppress(OSError):
            while self.request.recv(65536):
                responses = (f"HTTP/1.1 {status}\r\ncontent-length: 2\r\n\r\n{{}}" for status in ("404 N", "200 O"))
                self.request.sendall("".join(responses).encode())


def test_a_response_too_many_is_not_that_of_the_next_request() -> None:
    """No connection is used again."""
    with ThreadingTCPServer(("127.0.0.1", 0), Twice) as server:
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        url, time = f"http://127.0.0.1:{server.server_address[1]}", FakeTime()
        run = settings(apis="v3", template="1")
        calibration = calibrate(url, TOKEN, run, sleep=time.sleep, clock=time.clock)
        server.shutdown()
    assert {why for _, why in calibration.problems()} == {"an ordinary event is refused: 404"}


def test_each_experiment_is_announced() -> None:
    """With its place in the plan; repetitions have none."""
    lines: list[str] = []
    with sandbox_with_contact(SandboxSettings()) as sandbox:
        calibrated(sandbox, settings(apis="v3"), announce=lines.append)
    assert lines[:2] == ["1 of 19: v3 control", "2 of 19: v3 ordinary-batch"]
    assert lines[19] == "again: v3 ordinary-batch"
