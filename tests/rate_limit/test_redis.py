"""All clients with the same Redis server and name share one limit: never exceeded, and most of it used (G5)."""

import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubspot_timeline import RateLimit, RateLimitStoreError
from hubspot_timeline.rate_limit import open_rate_limiter
from tests.helpers.both_clients import ClientRunner
from tests.helpers.fake_time import FakeTime
from tests.helpers.numbered_events import numbered
from tests.helpers.permits import permit_times
from tests.helpers.redis_server import redis_server
from tests.helpers.scripted_http import Script

LIMIT_NUMBERS = count()


def times_with(redis: str, limit: RateLimit, gaps: list[float], clients: int) -> list[float]:
    """Return when permits were issued to some clients with a new name."""
    time = FakeTime()
    time.now = 1_000_000.0
    store = f"{redis}#limit-{next(LIMIT_NUMBERS)}"
    limiters = [open_rate_limiter(store, limit, time.clock) for _ in range(clients)]
    try:
        return permit_times(*limiters, time=time, gaps=gaps)
    finally:
        for limiter in limiters:
            limiter.close()


@given(
    requests=st.integers(1, 60),
    seconds=st.floats(0.5, 20),
    gaps=st.lists(st.floats(0, 2), min_size=1, max_size=40),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_window_holds_more_than_the_limit(redis: str, requests: int, seconds: float, gaps: list[float]) -> None:
    """The permit after `requests` others is issued at least the window later, on two machines, whatever the gaps."""
    times = times_with(redis, RateLimit(requests, seconds), gaps, clients=2)

    for first, next_but_limit in zip(times, times[requests:], strict=False):
        assert next_but_limit - first >= seconds


def test_the_whole_limit_is_used(redis: str) -> None:
    """Eleven times the limit is issued after ten windows and their margin, to three machines."""
    times = times_with(redis, RateLimit(110), [0.0] * 1_210, clients=3)

    assert times[-1] - times[0] == pytest.approx(102, abs=0.05)


def test_windows_of_different_lengths_share_the_permits(redis: str) -> None:
    """A short window of one machine does not make another's long window forget permits."""
    time = FakeTime()
    store = f"{redis}#limit-{next(LIMIT_NUMBERS)}"
    long, short = (open_rate_limiter(store, limit, time.clock) for limit in (RateLimit(3, 100), RateLimit(3, 1)))
    assert long.acquire() == 0
    for _ in range(2):
        time.now += 20
        assert short.acquire() == 0

    assert long.acquire() == pytest.approx(62, abs=0.001)


@pytest.mark.parametrize(("back", "wait"), [(3_600, 0.0), (10.3, 0.0), (5, 10.2), (0.001, 10.2)])
def test_a_server_clock_that_is_set_back_stands_still_for_a_window_at_most(
    redis: str, back: float, wait: float
) -> None:
    """Instead of forgetting permits for each millisecond, or issuing none until the clock is as late again."""
    time = FakeTime()
    time.now = 1_000_000.0
    limiter = open_rate_limiter(f"{redis}#limit-{next(LIMIT_NUMBERS)}", RateLimit(5), time.clock)
    assert [limiter.acquire() for _ in range(5)] == [0.0] * 5
    time.now -= back

    assert limiter.acquire() == pytest.approx(wait)


def test_different_clocks_issue_no_more_permits(redis: str) -> None:
    """Time is that of the server: machines whose clocks are hours ahead or behind share one window."""
    store = f"{redis}#limit-{next(LIMIT_NUMBERS)}"
    code = (
        "import sys, time\n"
        "time_of_day, shift = time.time, int(sys.argv[1])\n"
        "time.time = lambda: time_of_day() + shift\n"
        "from hubspot_timeline.rate_limit import RateLimit, open_rate_limiter\n"
        f"limiter = open_rate_limiter({store!r}, RateLimit(requests=100, seconds=100_000))\n"
        "print([limiter.acquire() for _ in range(50)].count(0.0))\n"
    )
    permits = [
        int(subprocess.run([sys.executable, "-c", code, shift], capture_output=True, text=True, check=True).stdout)
        for shift in ("0", "3600", "-3600", "7200")
    ]
    assert sum(permits) == 100


def test_a_lost_server_stops_the_run(client: ClientRunner, tmp_path: Path) -> None:
    """Nothing is sent without a permit, all events are Unsent, and the error says why."""
    script = Script()
    with redis_server(tmp_path) as (url, server):

        def stop_and_send(timeline: object) -> object:
            server.terminate()
            server.wait()
            return timeline.send(numbered(3))  # type: ignore[attr-defined] # either client

        report = client.run(script, stop_and_send, rate_limit_store=url)

    assert (report.unsent, script.requests) == (3, [])
    assert isinstance(report.failures[0].error.__cause__, RateLimitStoreError)
    assert "Redis, which holds the rate limit, cannot be used" in str(report.failures[0].error)
