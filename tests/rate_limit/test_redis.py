"""Everybody who names the same Redis server and limit shares it: never more than allowed, and most of it used (G5)."""

import asyncio
import subprocess
import sys
from itertools import count
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubspot_timeline import AsyncTimelineClient, OptionError, RateLimit, RateLimitStoreError, Report, TimelineClient
from hubspot_timeline.rate_limit import RateLimiter, open_rate_limiter
from tests.helpers.fake_time import FakeTime
from tests.helpers.numbered_events import numbered
from tests.helpers.redis_server import redis_server
from tests.helpers.scripted_http import Script

NUMBERS = count()


@pytest.fixture
def store(redis: str) -> str:
    """Return a store that no other test uses."""
    return f"{redis}#limit-{next(NUMBERS)}"


def permits(rate_limiters: list[RateLimiter], time: FakeTime, gaps: list[float]) -> list[float]:
    """Return when each permit was given; the rate_limiters take turns, and work for so long after each."""
    given = []
    for number, gap in enumerate(gaps):
        while seconds := rate_limiters[number % len(rate_limiters)].acquire():
            time.sleep(seconds)
        given.append(time.now)
        time.now += gap
    return given


@given(
    requests=st.integers(1, 60),
    seconds=st.floats(0.5, 20),
    gaps=st.lists(st.floats(0, 2), min_size=1, max_size=40),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_window_holds_more_than_the_limit(redis: str, requests: int, seconds: float, gaps: list[float]) -> None:
    """However the work falls on two machines, the permit after `requests` others comes at least the window later."""
    time = FakeTime()
    time.now = 1_000_000.0
    name = f"{redis}#window-{next(NUMBERS)}"
    rate_limiters = [open_rate_limiter(name, RateLimit(requests, seconds), time.clock) for _ in range(2)]

    given_at = permits(rate_limiters, time, gaps)

    for rate_limiter in rate_limiters:
        rate_limiter.close()
    for first, next_but_limit in zip(given_at, given_at[requests:], strict=False):
        assert next_but_limit - first >= seconds


def test_the_burst_is_part_of_the_limit(store: str) -> None:
    """The first ones come at once, and the whole window still holds no more than the limit."""
    time = FakeTime()
    time.now = 1_000_000.0
    rate_limiter = open_rate_limiter(store, RateLimit(requests=200), time.clock)

    given_at = permits([rate_limiter], time, [0.0] * 450)

    rate_limiter.close()
    assert given_at[9] == given_at[0]
    assert all(later - first > 10 for first, later in zip(given_at, given_at[200:], strict=False))


def test_nine_tenths_of_the_limit_are_used(store: str) -> None:
    """Of 110 in 10 seconds, 1,000 are through after what 900 would take."""
    time = FakeTime()
    time.now = 1_000_000.0
    rate_limiter = open_rate_limiter(store, RateLimit(), time.clock)

    given_at = permits([rate_limiter], time, [0.0] * 1_000)

    rate_limiter.close()
    assert given_at[-1] - given_at[0] <= 1_000 / 0.9 / 11


def test_a_429_holds_everybody(store: str) -> None:
    """For as long as was said, and a shorter word does not shorten it."""
    told, other = (open_rate_limiter(store, RateLimit()) for _ in range(2))
    told.pause(7)
    told.pause(3)

    assert 6 < other.acquire() <= 7
    told.close()
    other.close()


def test_a_lower_limit_of_the_service_is_taken(store: str) -> None:
    """A higher one is not."""
    time = FakeTime()
    time.now = 1_000_000.0
    rate_limiter = open_rate_limiter(store, RateLimit(requests=20), time.clock)
    rate_limiter.update(RateLimit(requests=2))
    rate_limiter.update(RateLimit(requests=100))

    given_at = permits([rate_limiter], time, [0.0] * 5)
    rate_limiter.close()
    assert given_at[-1] - given_at[0] >= 20


def test_threads_of_one_machine_get_no_more(store: str) -> None:
    """Eight threads that ask in the same instant get the burst of one."""
    rate_limiter = open_rate_limiter(store, RateLimit(requests=100), lambda: 1_000_000.0)
    got: list[float] = []
    threads = [Thread(target=lambda: got.extend(rate_limiter.acquire() for _ in range(20))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    rate_limiter.close()
    assert got.count(0.0) == 5


def test_clocks_that_disagree_let_nothing_more_through(store: str) -> None:
    """Time is the server's: a machine whose clock is an hour ahead, and one whose is behind, share one burst."""
    given = 0
    for shift in (0, 3600, -3600, 7200):
        code = (
            "import time\n"
            "real = time.time\n"
            f"time.time = lambda: real() + {shift}\n"
            "from hubspot_timeline.rate_limit import RateLimit, open_rate_limiter\n"
            f"rate_limiter = open_rate_limiter({store!r}, RateLimit(requests=100, seconds=100_000))\n"
            "print([rate_limiter.acquire() for _ in range(50)].count(0.0))\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        given += int(done.stdout)

    assert given == 5


def test_a_server_that_is_lost_stops_the_run(tmp_path: Path) -> None:
    """With threads and with coroutines: nothing is sent without a permit, all is Unsent, and the error says why."""
    script = Script()

    async def send(store: str, server: "subprocess.Popen[str]") -> Report:
        async with AsyncTimelineClient("t", httpx_args=script.httpx_args, rate_limit_store=store) as timeline:
            server.terminate()
            server.wait()
            return await timeline.send(numbered(3))

    with (
        redis_server(tmp_path) as (url, server),
        TimelineClient("t", httpx_args=script.httpx_args, rate_limit_store=url) as timeline,
    ):
        reports = [asyncio.run(send(url, server)), timeline.send(numbered(3))]

    assert script.requests == []
    for report in reports:
        assert report.unsent == 3
        assert isinstance(report.failures[0].error.__cause__, RateLimitStoreError)
        assert "Redis, which holds the rate limit, cannot be used" in str(report.failures[0].error)


@pytest.mark.parametrize(
    "store",
    ["redis://:pass-word@127.0.0.1:9/0", "redis://:pass-word@127.0.0.1:x/0", "rediss://u:pass-word@127.0.0.1:9"],
)
def test_a_server_that_cannot_be_reached_is_refused_at_once(store: str) -> None:
    """The error names the option and shows no password."""
    with pytest.raises(OptionError, match="rate_limit_store") as caught:
        TimelineClient("t", rate_limit_store=store)
    assert "pass-word" not in str(caught.value)
