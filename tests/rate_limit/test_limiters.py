"""In no window are more requests sent than the limit allows, and no permit is withheld without need (G5)."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count, pairwise
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline import OptionError, RateLimit
from hubspot_timeline.rate_limit import RateLimiter, open_rate_limiter
from hubspot_timeline.rate_limit.memory import MemoryRateLimiter
from tests.helpers.fake_time import FakeTime
from tests.helpers.permits import permit_times

Open = Callable[..., RateLimiter]
LIMIT_NUMBERS = count()


@pytest.fixture
def open_limiter() -> Iterator[Open]:
    """Return open_rate_limiter; the limiters are closed after the test."""
    with ExitStack() as stack:

        def open_one(store: str, limit: RateLimit, clock: Callable[[], float]) -> RateLimiter:
            limiter = open_rate_limiter(store, limit, clock)
            stack.callback(limiter.close)
            return limiter

        yield open_one


@pytest.fixture(params=["memory", "sqlite", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return each store, new and empty."""
    if request.param == "redis":
        return f"{request.getfixturevalue('redis')}#limiter-{next(LIMIT_NUMBERS)}"
    return "memory:" if request.param == "memory" else f"sqlite:{tmp_path}/rate.db"


@pytest.fixture
def time() -> FakeTime:
    """Return a clock with a time of day."""
    time = FakeTime()
    time.now = 1_000_000.0
    return time


@given(
    requests=st.integers(1, 7),
    seconds=st.floats(0.5, 20),
    gaps=st.lists(st.floats(0, 8), min_size=1, max_size=60),
)
def test_no_window_holds_more_than_the_limit(requests: int, seconds: float, gaps: list[float]) -> None:
    """The permit after `requests` others is issued the whole window and a margin later, whatever the gaps.

    The margin of 0.2 s, or 2 % of a long window, is for requests in transit, some of which take longer than others.
    """
    time = FakeTime()
    times = permit_times(open_rate_limiter("memory:", RateLimit(requests, seconds), time.clock), time=time, gaps=gaps)

    for first, next_but_limit in zip(times, times[requests:], strict=False):
        assert next_but_limit - first >= seconds + max(0.2, seconds * 0.02) - 0.001


@given(
    requests=st.integers(1, 4),
    steps=st.lists(st.tuples(st.floats(0, 2), st.integers(0, 8)), min_size=1, max_size=80),
)
def test_no_window_holds_more_requests_that_were_sent_late(requests: int, steps: list[tuple[float, int]]) -> None:
    """Each step lets a time pass, acquires a permit, and sends some of the requests that have waited for it."""
    time, sent = FakeTime(), list[float]()
    limiter = MemoryRateLimiter(RateLimit(requests), time.clock)
    acquired = list[float]()
    for gap, number in steps:
        time.now += gap
        for _ in range(min(number, len(acquired))):
            limiter.move_permit(acquired.pop(), time.now)
            sent.append(time.now)
        while acquired and time.now - acquired[0] > 8:  # so that no permit expires before its request is sent
            limiter.move_permit(acquired.pop(0), time.now)
            sent.append(time.now)
        if not limiter.acquire():
            acquired.append(time.now)

    assert all(later - first >= 10 for first, later in zip(sent, sent[requests:], strict=False))


def test_no_permit_is_withheld_without_need() -> None:
    """Eleven times the limit is sent after ten windows and their margin, with milliseconds of rounding."""
    time = FakeTime()
    times = permit_times(open_rate_limiter("memory:", RateLimit(110), time.clock), time=time, gaps=[0.0] * 1_210)

    assert times[-1] == pytest.approx(102, abs=0.05)
    assert all(second >= first for first, second in pairwise(times))


def test_a_pause_is_shared_and_never_shortened(tmp_path: Path, redis: str, open_limiter: Open, time: FakeTime) -> None:
    """Every process that uses the same file or server pauses as well."""
    for store in (f"sqlite:{tmp_path}/rate.db", f"{redis}#pause"):
        paused, other = (open_limiter(store, RateLimit(), time.clock) for _ in range(2))
        paused.pause(7)
        paused.pause(3)
        assert 6 < other.acquire() <= 7


@pytest.mark.parametrize("store", ["memory", "sqlite"], indirect=True)
def test_a_pause_ends(store: str, open_limiter: Open, time: FakeTime) -> None:
    """After exactly the seconds of the longest pause."""
    limiter = open_limiter(store, RateLimit(), time.clock)
    limiter.pause(7)
    limiter.pause(3)
    assert limiter.acquire() == 7

    time.now += 7
    assert limiter.acquire() == 0


def test_expired_permits_are_forgotten() -> None:
    """A run of days needs no more memory than one of minutes."""
    time = FakeTime()
    limiter = MemoryRateLimiter(RateLimit(requests=10), time.clock)
    permit_times(limiter, time=time, gaps=[1.5] * 1_000)

    assert limiter._bucket.count() <= 10  # noqa: SLF001 - what is stored is visible nowhere else


@pytest.mark.parametrize(
    ("configured", "named"),
    [
        (RateLimit(20, 2.0), RateLimit(500, 100.0)),
        (RateLimit(50, 10.0), RateLimit(10, 1.0)),
        (RateLimit(4, 10.0), RateLimit(2, 10.0)),
        (RateLimit(4, 10.0), RateLimit(400, 10.0)),
        (RateLimit(5, 1.0), RateLimit(100, 10.0)),
        (RateLimit(5, 10.0), RateLimit(9, 1.0)),
        (RateLimit(110, 10.0), RateLimit(12, 1.0)),
    ],
)
def test_the_configured_limit_and_the_named_one_are_both_kept(
    configured: RateLimit, named: RateLimit, store: str, open_limiter: Open, time: FakeTime
) -> None:
    """Whichever has the longer window; a limit that is named again, but higher, changes nothing."""
    limiter = open_limiter(store, configured, time.clock)
    limiter.update(named)
    limiter.update(RateLimit(named.requests * 100, named.seconds))

    times = permit_times(limiter, time=time, gaps=[0.0] * 130)
    for limit in (configured, named):
        for first, next_but_limit in zip(times, times[limit.requests :], strict=False):
            assert next_but_limit - first >= limit.seconds


def test_a_lower_named_limit_is_used_to_the_full(store: str, open_limiter: Open, time: FakeTime) -> None:
    """The third of two permits is issued after the window, and not later."""
    limiter = open_limiter(store, RateLimit(requests=4), time.clock)
    limiter.update(RateLimit(requests=2))

    first, _, third = permit_times(limiter, time=time, gaps=[0, 0, 0])
    assert third - first == pytest.approx(10.2, abs=0.01)


def test_threads_share_the_permits(store: str, open_limiter: Open, time: FakeTime) -> None:
    """Eight threads at the same instant get as many as one would."""
    limiter = open_limiter(store, RateLimit(requests=100), time.clock)
    waits: list[float] = []
    threads = [Thread(target=lambda: waits.extend(limiter.acquire() for _ in range(20))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert waits.count(0.0) == 100


def test_processes_share_the_permits(tmp_path: Path) -> None:
    """Four processes that start together, at the same instant of the clock, get as many as one would."""
    code = (
        "from hubspot_timeline.rate_limit import RateLimit, open_rate_limiter\n"
        f"limiter = open_rate_limiter('sqlite:{tmp_path}/rate.db', RateLimit(requests=200), lambda: 1000.0)\n"
        "print('ready', flush=True)\n"
        "input()\n"
        "print([limiter.acquire() for _ in range(150)].count(0.0))\n"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()

    assert sum(int(process.communicate()[0]) for process in processes) == 200


def test_a_shorter_window_forgets_no_permits_of_a_longer_one(
    tmp_path: Path, open_limiter: Open, time: FakeTime
) -> None:
    """Two limits with one file: the one with the long window still counts all requests."""
    long = open_limiter(f"sqlite:{tmp_path}/rate.db", RateLimit(5, 60.0), time.clock)
    short = open_limiter(f"sqlite:{tmp_path}/rate.db", RateLimit(2, 0.1), time.clock)
    assert [long.acquire() for _ in range(5)] == [0.0] * 5
    time.now += 10
    assert short.acquire() == 0.0

    assert long.acquire() > 45


@pytest.mark.parametrize(
    "options",
    [{"requests": 0}, {"requests": 1.5}, {"seconds": 0.0}, {"seconds": float("inf")}, {"seconds": float("nan")}],
)
def test_an_impossible_limit_is_refused(options: dict[str, float]) -> None:
    """The error names the option."""
    with pytest.raises(OptionError, match=next(iter(options))):
        RateLimit(**options)  # type: ignore[arg-type]


def test_a_clock_that_is_set_back_delays_nothing(
    open_limiter: Open, time: FakeTime, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The window and a pause take as long as they would have, in all processes; a warning says why."""
    limiter, other = (open_limiter(f"sqlite:{tmp_path}/rate.db", RateLimit(3, 10), time.clock) for _ in range(2))
    assert [limiter.acquire() for _ in range(3)] == [0.0, 0.0, 0.0]
    time.now -= 3600

    assert 10 < limiter.acquire() <= 10.3
    assert 10 < other.acquire() <= 10.3
    assert "The clock was set back by 3600 s" in caplog.text
    time.now += 10.3
    assert other.acquire() == 0.0
    limiter.pause(30)
    time.now -= 86_400
    other.pause(7)
    assert 29 < other.acquire() <= 30


def test_clocks_that_differ_slightly_are_left_alone(
    open_limiter: Open, time: FakeTime, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """As those of two processors may."""
    limiter = open_limiter(f"sqlite:{tmp_path}/rate.db", RateLimit(1, 10), time.clock)
    assert limiter.acquire() == 0.0
    time.now -= 0.5
    assert 10.5 < limiter.acquire() <= 10.8
    assert not caplog.text
