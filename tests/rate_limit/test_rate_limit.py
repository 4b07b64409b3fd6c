"""In no span of the window are more requests sent than allowed, and no permit is held back without need (G5)."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from itertools import pairwise
from pathlib import Path
from threading import Thread

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline import BatchLimits, OptionError, RateLimit, RetryPolicy, event
from hubspot_timeline.rate_limit import RateLimiter, open_rate_limiter
from hubspot_timeline.rate_limit.memory import MemoryRateLimiter
from tests.helpers.clients import TimelineClient
from tests.helpers.fake_time import FakeTime
from tests.helpers.scripted_http import Script, batch_result, inputs, status


def permits(rate_limiter: RateLimiter, time: FakeTime, gaps: list[float]) -> list[float]:
    """Return when each permit was given to one who works for so long after each."""
    given = []
    for gap in gaps:
        while seconds := rate_limiter.acquire():
            time.sleep(seconds)
        given.append(time.now)
        time.now += gap
    return given


@pytest.fixture
def opened() -> Iterator[Callable[..., RateLimiter]]:
    """Return what opens rate_limiters; they are closed after the test."""
    with ExitStack() as stack:

        def open_one(store: str, limit: RateLimit, clock: Callable[[], float]) -> RateLimiter:
            rate_limiter = open_rate_limiter(store, limit, clock)
            stack.callback(rate_limiter.close)
            return rate_limiter

        yield open_one


@pytest.fixture(params=["memory:", "sqlite:"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:{tmp_path}/rate.db" if request.param == "sqlite:" else str(request.param)


@given(
    requests=st.integers(1, 7),
    seconds=st.floats(0.5, 20),
    gaps=st.lists(st.floats(0, 8), min_size=1, max_size=60),
)
def test_no_window_holds_more_than_the_limit(requests: int, seconds: float, gaps: list[float]) -> None:
    """However the work falls, the permit after `requests` others comes the whole window and 2 % of it later.

    The 2 % are for requests on their way, some of which take longer than others.
    """
    time = FakeTime()

    given_at = permits(open_rate_limiter("memory:", RateLimit(requests, seconds), time.clock), time, gaps)

    for first, next_but_limit in zip(given_at, given_at[requests:], strict=False):
        assert next_but_limit - first >= seconds * 1.02 - 0.001


def test_no_permit_is_held_back_without_need() -> None:
    """Eleven windows' worth is through after ten windows and their margin, give or take milliseconds of rounding."""
    time = FakeTime()

    given_at = permits(open_rate_limiter("memory:", RateLimit(110), time.clock), time, [0.0] * 1_210)

    assert given_at[-1] == pytest.approx(102, abs=0.05)
    assert all(second >= first for first, second in pairwise(given_at))


def test_a_429_holds_everybody(store: str, opened: Callable[..., RateLimiter]) -> None:
    """The worker that was told waits, and so does another one of the same client, for as long as was said."""
    time = FakeTime()
    rate_limiter = opened(store, RateLimit(), time.clock)
    rate_limiter.pause(7)
    rate_limiter.pause(3)

    assert rate_limiter.acquire() == 7
    time.now = 7
    assert rate_limiter.acquire() == 0


@pytest.mark.parametrize("rate", [None, RateLimit()])
def test_the_client_holds_after_a_429(rate: RateLimit | None) -> None:
    """Retry-After of one request keeps the next call of send from sending before it is over."""
    time = FakeTime()
    limited = status(429, {"message": "slow"}, Retry_After="30")
    script = Script(limited)
    with TimelineClient(
        "t", httpx_args=script.httpx_args, rate_limit=rate, sleep=time.sleep, clock=time.clock, chance=lambda: 0.0
    ) as timeline:
        report = timeline.send([event(1, email="ada@example.com")])

    assert report.created == 1
    assert time.now == 30


def test_a_429_holds_the_batches_that_were_not_told() -> None:
    """The first batch is given up at once, and yet the second is not sent before the time is over."""
    time = FakeTime()
    script = Script(status(429, {"message": "slow"}, Retry_After="30"))
    with TimelineClient(
        "t", httpx_args=script.httpx_args, sleep=time.sleep, clock=time.clock, max_in_flight=1,
        retry=RetryPolicy(attempts=1), batch=BatchLimits(max_events=1),
    ) as timeline:  # fmt: skip
        report = timeline.send(event(1, email="ada@example.com") for _ in range(2))

    assert (report.unsent, report.created) == (1, 1)
    assert time.now == 30


def test_a_wait_beyond_all_patience_holds_nobody_for_longer_than_that() -> None:
    """It stops the run that was told; whoever comes later hears so from the service itself."""
    time = FakeTime()
    script = Script(status(429, {"message": "slow"}, Retry_After="100000"))
    with TimelineClient("t", httpx_args=script.httpx_args, sleep=time.sleep, clock=time.clock) as timeline:
        assert timeline.send([event(1, email="ada@example.com")]).unsent == 1
        assert timeline.send([event(1, email="ada@example.com")]).created == 1

    assert time.now == 180


def test_permits_that_are_over_are_forgotten() -> None:
    """A run of days needs no more memory than one of minutes."""
    time = FakeTime()
    rate_limiter = MemoryRateLimiter(RateLimit(requests=10), time.clock)

    permits(rate_limiter, time, [1.5] * 1_000)

    assert rate_limiter._bucket.count() <= 10  # noqa: SLF001 - what is kept shows nowhere else


def test_a_limit_that_the_service_names_is_taken_if_it_is_lower(store: str, opened: Callable[..., RateLimiter]) -> None:
    """Never a higher one than was asked for."""
    time = FakeTime()
    rate_limiter = opened(store, RateLimit(requests=4), time.clock)
    rate_limiter.update(RateLimit(requests=100))
    rate_limiter.update(RateLimit(requests=2))

    assert permits(rate_limiter, time, [0, 0, 0])[2] == pytest.approx(10.2, abs=0.01)


@pytest.mark.parametrize(
    ("most", "interval", "seconds"),
    [("1", "10000", 10.2), ("1", "60001", 0), ("1", "", 0), ("0", "10000", 0), ("x", "1", 0), ("²", "²", 0)],
)
def test_the_client_learns_the_limit_from_the_headers(most: str, interval: str, seconds: float) -> None:
    """X-HubSpot-RateLimit-Max and -Interval-Milliseconds together, of any answer; what is no number is passed over."""
    time = FakeTime()

    def answer(request: httpx.Request) -> httpx.Response:
        told = {
            b"X-HubSpot-RateLimit-Max": most.encode(),
            b"X-HubSpot-RateLimit-Interval-Milliseconds": interval.encode(),
        }
        return httpx.Response(201, headers=list(told.items()), json=batch_result(inputs(request)))

    script = Script(answer)
    with TimelineClient("t", httpx_args=script.httpx_args, sleep=time.sleep, clock=time.clock) as timeline:
        for _ in range(2):
            timeline.send([event(1, email="ada@example.com")])

    assert time.now == pytest.approx(seconds, abs=0.01)


def test_permits_are_counted_across_threads(store: str, opened: Callable[..., RateLimiter]) -> None:
    """Eight threads that ask at once get as many as one would."""
    rate_limiter = opened(store, RateLimit(requests=50), lambda: 0.0)
    got: list[float] = []
    threads = [Thread(target=lambda: got.extend(rate_limiter.acquire() for _ in range(20))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert got.count(0.0) == 50


def test_processes_share_one_window(tmp_path: Path) -> None:
    """Four processes that begin together, at the same instant of the clock, get as many as one would."""
    code = (
        "from hubspot_timeline.rate_limit import RateLimit, open_rate_limiter\n"
        f"rate_limiter = open_rate_limiter('sqlite:{tmp_path}/rate.db', RateLimit(requests=200), lambda: 1000.0)\n"
        "print('ready', flush=True)\n"
        "input()\n"
        "print([rate_limiter.acquire() for _ in range(150)].count(0.0))\n"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in started:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()

    assert sum(int(process.communicate()[0]) for process in started) == 200


def test_a_429_holds_every_process(tmp_path: Path, opened: Callable[..., RateLimiter]) -> None:
    """Whoever opens the same file waits as well."""
    time = FakeTime()
    told, other = (opened(f"sqlite:{tmp_path}/rate.db", RateLimit(), time.clock) for _ in range(2))
    told.pause(7)

    assert other.acquire() == 7


@pytest.mark.parametrize("store", ["", "memory", "sqlite:", "redis2://x", "sqlite:/none/such/rate.db"])
def test_a_store_that_cannot_be_opened_is_refused_at_once(store: str) -> None:
    """The error names the option."""
    with pytest.raises(OptionError, match="rate_limit_store"):
        TimelineClient("t", rate_limit_store=store)


@pytest.mark.parametrize(
    "options",
    [{"requests": 0}, {"requests": 1.5}, {"seconds": 0.0}, {"seconds": float("inf")}, {"seconds": float("nan")}],
)
def test_a_limit_that_cannot_be_meant_is_refused(options: dict[str, float]) -> None:
    """The error names the option."""
    with pytest.raises(OptionError, match=next(iter(options))):
        RateLimit(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("own", "named"),
    [
        (RateLimit(20, 2.0), RateLimit(500, 100.0)),
        (RateLimit(50, 10.0), RateLimit(10, 1.0)),
        (RateLimit(4, 10.0), RateLimit(2, 10.0)),
        (RateLimit(4, 10.0), RateLimit(400, 10.0)),
        (RateLimit(5, 1.0), RateLimit(100, 10.0)),
        (RateLimit(5, 10.0), RateLimit(9, 1.0)),
    ],
)
def test_the_own_limit_and_the_named_one_are_both_kept(
    own: RateLimit, named: RateLimit, store: str, opened: Callable[..., RateLimiter]
) -> None:
    """Whichever has the longer window; and a limit that is named once more, but higher, changes nothing."""
    time = FakeTime()
    rate_limiter = opened(store, own, time.clock)
    rate_limiter.update(named)
    rate_limiter.update(RateLimit(named.requests * 100, named.seconds))

    given_at = permits(rate_limiter, time, [0.0] * 130)
    for limit in (own, named):
        for first, next_but_limit in zip(given_at, given_at[limit.requests :], strict=False):
            assert next_but_limit - first >= limit.seconds


def test_who_has_a_shorter_window_does_not_forget_for_others(
    tmp_path: Path, opened: Callable[..., RateLimiter]
) -> None:
    """Two limits on one file: the one with the long window still counts everything."""
    time = FakeTime()
    time.now = 1_000_000.0
    long = opened(f"sqlite:{tmp_path}/rate.db", RateLimit(5, 60.0), time.clock)
    short = opened(f"sqlite:{tmp_path}/rate.db", RateLimit(2, 0.1), time.clock)
    assert [long.acquire() for _ in range(5)] == [0.0] * 5
    time.now += 10
    assert short.acquire() == 0.0

    assert long.acquire() > 45


def test_a_store_that_breaks_while_the_limit_is_told_to_others_stops_the_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever asks next would overrun the limit; the warning says that the others could not be told."""

    def breaking(request: httpx.Request) -> httpx.Response:
        with closing(sqlite3.connect(tmp_path / "rate.db")) as other, other:
            other.execute("DROP TABLE held")
        return status(429, {"message": "slow"}, Retry_After="1")(request)

    script, time = Script(breaking), FakeTime()
    store = f"sqlite:{tmp_path}/rate.db"
    with TimelineClient(
        "t", httpx_args=script.httpx_args, rate_limit_store=store, sleep=time.sleep, max_in_flight=1
    ) as timeline:
        report = timeline.send([event(1, email="ada@example.com")])

    assert (report.unsent, len(script.requests)) == (1, 1)
    assert "The file of the rate limit" in str(report.failures[0].error)
    assert "The others cannot be told of a rate limit that was reached" in caplog.text


def test_a_redis_store_says_what_to_install() -> None:
    """Where its library is missing."""
    code = (
        "import sys\n"
        "sys.modules['redis'] = None\n"
        "from hubspot_timeline import OptionError, TimelineClient\n"
        "try: TimelineClient('t', rate_limit_store='redis://:hidden@127.0.0.1/0')\n"
        "except OptionError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "pip install 'hubspot-timeline[redis]'" in done.stdout
    assert "hidden" not in done.stdout
