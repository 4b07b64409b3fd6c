"""The rate limit in a client: all its calls wait after a 429, and the limit that the service names is kept (G5)."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from hubspot_timeline import BatchLimits, RateLimit, RetryPolicy
from tests.helpers.both_clients import Call, ClientRunner
from tests.helpers.fake_time import FakeTime
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, created, status

send_one: Call = lambda timeline: timeline.send(numbered(1))  # noqa: E731
send_two: Call = lambda timeline: timeline.send(numbered(2))  # noqa: E731


def limited(seconds: int) -> Any:
    return status(429, {"message": "slow"}, Retry_After=str(seconds))


@pytest.mark.parametrize("rate_limit", [None, RateLimit()])
def test_the_client_waits_after_a_429(client: ClientRunner, rate_limit: RateLimit | None) -> None:
    """For as long as Retry-After says, also without a limit of its own."""
    time = FakeTime()
    report = client.run(Script(limited(30)), send_one, time, rate_limit=rate_limit, chance=lambda: 0.0)

    assert (report.created, time.now) == (1, 30)


def test_a_429_pauses_the_other_batches(client: ClientRunner) -> None:
    """The first batch is given up at once, and the second is still not sent before the pause is over."""
    time = FakeTime()
    options: dict[str, Any] = {"retry": RetryPolicy(attempts=1), "batch": BatchLimits(max_events=1), "max_in_flight": 1}
    report = client.run(Script(limited(30)), send_two, time, **options)

    assert (report.unsent, report.created, time.now) == (1, 1, 30)


def test_a_wait_beyond_wait_total_pauses_no_longer_than_that(client: ClientRunner) -> None:
    """It stops the run that received it; the next run receives a response of its own."""
    time = FakeTime()
    first, second = client.run_all(Script(limited(100_000)), send_one, send_one, time=time)

    assert (first.unsent, second.created, time.now) == (1, 1, 180)


@pytest.mark.parametrize(
    ("requests", "interval", "seconds"),
    [("1", "10000", 10.2), ("1", "60001", 0), ("1", "", 0), ("0", "10000", 0), ("x", "1", 0), ("²", "²", 0)],
)
def test_the_limit_in_the_headers_is_kept(client: ClientRunner, requests: str, interval: str, seconds: float) -> None:
    """X-HubSpot-RateLimit-Max and -Interval-Milliseconds together; anything but a number is ignored."""
    names = (b"X-HubSpot-RateLimit-Max", b"X-HubSpot-RateLimit-Interval-Milliseconds")
    headers = list(zip(names, (requests.encode(), interval.encode()), strict=True))

    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(201, headers=headers, json=created(request).json())

    time = FakeTime()
    client.run_all(Script(respond), send_one, send_one, time=time)

    assert time.now == pytest.approx(seconds, abs=0.01)


def test_a_store_that_breaks_stops_the_run(
    client: ClientRunner, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The next request could exceed the limit; the log says that the other processes were not paused."""

    def respond(request: httpx.Request) -> httpx.Response:
        with closing(sqlite3.connect(tmp_path / "rate.db")) as other, other:
            other.execute("DROP TABLE held")
        return limited(1)(request)  # type: ignore[no-any-return]

    script = Script(respond)
    report = client.run(script, send_one, rate_limit_store=f"sqlite:{tmp_path}/rate.db", max_in_flight=1)

    assert (report.unsent, len(script.requests)) == (1, 1)
    assert "The file of the rate limit" in str(report.failures[0].error)
    assert "The pause after a 429 cannot be shared" in caplog.text
