"""One call of a pool: what stops, pauses or slows down one account does so to no other; memory stays bounded."""

import asyncio
import logging
import random
import traceback
import tracemalloc
from typing import Any
from uuid import uuid4

import httpx
import pytest

from hubspot_timeline import BatchLimits, ErrorLimit, RateLimit, RetryPolicy, TooManyErrorsError, Unsent
from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.account_service import AccountService, event_of, events_of, token_of
from tests.helpers.both_pools import AccountPool, AsyncAccountPool, PoolRunner
from tests.helpers.examples import IS_LONG
from tests.helpers.fake_time import FakeTime
from tests.helpers.scripted_http import Handler, status

FORBIDDEN = status(403, {"category": "MISSING_SCOPES"})
STOPS: dict[str, Handler] = {
    "401": status(401, {"category": "EXPIRED_AUTHENTICATION"}),
    "403": FORBIDDEN,
    "daily limit": status(429, {"category": "RATE_LIMIT", "policyName": "DAILY"}),
    "migration": status(477, {"category": "MIGRATION"}, Retry_After="86400"),
}
SINGLE: dict[str, Any] = {"batch": BatchLimits(max_events=1), "max_in_flight": 1}


@pytest.mark.parametrize("stop", STOPS)
def test_what_stops_an_account_stops_no_other(pool: PoolRunner, stop: str, caplog: pytest.LogCaptureFixture) -> None:
    """Its events are Unsent after one request, and one warning names it."""
    service = AccountService("a", "b", "c")
    service.responses["b"] = [STOPS[stop]] * 99
    report = pool.run(
        service.respond, lambda p: p.send(events_of("abc", 10), account="portal"), service.tokens, **SINGLE
    )

    assert {name: (each.created, each.unsent) for name, each in report.accounts.items()} == {
        "a": (10, 0),
        "b": (0, 10),
        "c": (10, 0),
    }
    assert service.requests_of("b") == 1
    assert [
        record.getMessage().partition(":")[0] for record in caplog.records if record.levelno == logging.WARNING
    ] == ["Stopping account b"]


def test_the_log_names_the_account_that_a_request_waits_for(pool: PoolRunner, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "hubspot_timeline")
    service = AccountService("a", "b")
    service.responses["b"] = [status(503)]
    report = pool.run(service.respond, lambda p: p.send(events_of("ab", 1), account="portal"), service.tokens)

    assert report.created == 2
    assert [record.getMessage().partition(" after")[0] for record in caplog.records if "after" in record.message] == [
        "Sending again to account b"
    ]


@pytest.mark.parametrize("is_sent", [True, False], ids=["refused", "not even sent"])
def test_the_error_limit_is_for_each_account(pool: PoolRunner, is_sent: bool) -> None:
    """It counts events that the service refuses, and those that are invalid, also before the first valid one."""
    service = AccountService("a", "b")
    bad = [event_of("b", number) for number in range(5)]
    service.of["b"].invalid = {event["id"] for event in bad} if is_sent else set()
    bad = bad if is_sent else [{**event, "email": 5} for event in bad]
    events = [*bad, *events_of("ab", 20)[10:]]
    report = pool.run(
        service.respond,
        lambda p: p.send(events, account="portal"),
        service.tokens,
        error_limit=ErrorLimit(2),
        max_size=1,
        **SINGLE,
    )

    assert report.accounts["a"].created == 15
    assert report.accounts["b"].created == 0
    assert isinstance(report.failures[-1].error.__cause__, TooManyErrorsError)


def test_each_account_has_a_rate_limit_of_its_own(pool: PoolRunner) -> None:
    """As many requests in a window as with a client."""
    service, time = AccountService("a", "b", "c"), FakeTime()
    report = pool.run(
        service.respond,
        lambda p: p.send(events_of("abc", 5), account="portal"),
        service.tokens,
        rate_limit=RateLimit(5, 10),
        time=time,
        **SINGLE,
    )

    assert (report.created, time.now) == (15, 0)


def test_a_pause_is_for_one_account(pool: PoolRunner) -> None:
    """Only its requests wait."""
    service, times = AccountService("a", "b"), FakeTime()
    service.responses["b"] = [status(429, {"policyName": "TEN_SECONDLY_ROLLING"}, Retry_After="7")]
    report = pool.run(
        service.respond,
        lambda p: p.send(events_of("ab", 5), account="portal"),
        service.tokens,
        rate_limit=None,
        time=times,
        **SINGLE,
    )

    assert (report.created, report.accounts["a"].retried, report.accounts["b"].retried) == (10, 0, 1)
    assert times.waits == [7.25]


def test_each_account_switches_to_the_fallback_by_itself(pool: PoolRunner) -> None:
    """The others go on through v3."""
    service = AccountService("a", "b")
    service.responses["b"] = [STOPS["401"]]
    paths = list[tuple[str, str]]()

    def respond(request: httpx.Request) -> httpx.Response:
        owner = "b" if request.headers["Authorization"].endswith(token_of("b")) else "a"
        paths.append((owner, request.url.path))
        if "2026-09" not in request.url.path:
            return service.respond(request)
        return httpx.Response(201, json={"status": "COMPLETE", "results": [], "startedAt": "", "completedAt": ""})

    report = pool.run(
        respond,
        lambda p: p.send(events_of("ab", 4), account="portal"),
        service.tokens,
        fallback_api="2026-09",
        event_types={"1": "type"},
        retry=RetryPolicy(attempts=1),
        **SINGLE,
    )

    assert report.accounts["a"].created == 4
    assert not any(owner == "a" and "2026-09" in path for owner, path in paths)
    assert any(owner == "b" and "2026-09" in path for owner, path in paths)


def test_slow_and_stopped_accounts_take_no_share_of_the_others() -> None:
    """One gets a 503 each time, one a 403: the other 48 send as many requests as their windows permit."""
    names, time = [str(number) for number in range(50)], FakeTime()
    service, sent = AccountService(*names), list[tuple[float, str]]()
    service.responses |= {"0": [status(503)] * 10_000, "1": [FORBIDDEN] * 10_000}

    def respond(request: httpx.Request) -> httpx.Response:
        response = service.respond(request)
        sent.append((time.now, service.requests[-1][0]))
        return response

    async def sleep(seconds: float) -> None:
        until = time.now + seconds
        while time.now < until:
            await asyncio.sleep(0)

    async def run() -> Any:
        options: dict[str, Any] = {"httpx_args": {"transport": httpx.MockTransport(respond)}, **SINGLE}
        async with AsyncAccountPool(
            service.tokens, clock=time.clock, sleep=sleep, rate_limit=RateLimit(2, 10), max_size=400, **options
        ) as pool:
            call = asyncio.ensure_future(pool.send(events_of(names, 6), account="portal"))
            while not call.done():
                await asyncio.sleep(0)
                time.now += 0.01
            return await call

    report = asyncio.run(run())
    assert all(report.accounts[name].created == 6 for name in names[2:])
    assert report.accounts["1"].unsent == 6
    for name in names[2:]:
        times = [at for at, account in sent if account == name]
        assert times[-1] - times[0] < 3 * 10.2


COUNT = 5_000 if IS_LONG else 60


def test_thousands_of_accounts_in_random_order() -> None:
    """On the sandbox: every event once, and a bounded number of events at a time."""
    names = [str(number) for number in range(COUNT)]
    events = events_of(names, 20)
    random.Random(1).shuffle(events)  # noqa: S311 - no secret
    held = list[int]()
    with (
        SandboxServer() as server,
        AccountPool(token_of, base_url=server.url, rate_limit=None, max_size=4 * COUNT) as pool,
    ):
        report = pool.send(iter(events), account="portal", on_progress=lambda now: held.append(now.in_flight))
        assert server.store.count() == len(events)

    assert (report.created, report.total, len(report.accounts)) == (20 * COUNT, 20 * COUNT, COUNT)
    assert {each.created for each in report.accounts.values()} == {20}
    assert max(held) <= 8 * COUNT  # waiting, and as many whose outcome is known but not reported yet


@pytest.mark.usefixtures("frequent_collection")
def test_memory_does_not_grow_with_the_number_of_events() -> None:
    """Only with that of the accounts; random order."""
    service = AccountService(*map(str, range(50)))
    randoms, peaks = random.Random(1), list[int]()  # noqa: S311 - no secret

    def respond(request: httpx.Request) -> httpx.Response:
        service.requests.clear()
        for model in service.of.values():
            model.created.clear()
            model.requests.clear()
        return service.respond(request)

    with AccountPool(service.tokens, httpx_args={"transport": httpx.MockTransport(respond)}, max_size=200) as pool:
        for size in (400, 400, 2_000):
            tracemalloc.start()
            report = pool.send(
                (event_of(str(randoms.randrange(50)), n) for n in range(size)), account="portal", max_failures=0
            )
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            assert report.created == size

    assert peaks[2] < 1.5 * peaks[1]


def test_a_rate_limit_in_redis_is_for_each_account(redis: str) -> None:
    """All processes with the same account share it."""
    service, time, store = AccountService("a", "b"), FakeTime(), f"{redis}#{uuid4()}"
    options: dict[str, Any] = {"rate_limit_store": store, "rate_limit": RateLimit(2, 10), **SINGLE}
    waits = list[float]()

    for names in ("ab", "a"):
        with AccountPool(
            service.tokens,
            httpx_args={"transport": httpx.MockTransport(service.respond)},
            clock=time.clock,
            sleep=time.async_sleep,
            duplicates="ok",
            **options,
        ) as pool:
            assert pool.send(events_of(names, 2), account="portal").failed == 0
        waits.append(time.now)

    assert waits == [0, pytest.approx(10.2, abs=0.1)]


def test_no_secret_is_shown(pool: PoolRunner, caplog: pytest.LogCaptureFixture) -> None:
    """Neither in logs, nor in reprs, nor in tracebacks, whatever the service quotes."""
    caplog.set_level(1)
    service, shown = AccountService("a", "b"), list[str]()

    def quoting(request: httpx.Request) -> httpx.Response:
        return httpx.Response(401, json={"message": f"bad {request.headers['Authorization']}"})

    service.responses = {"a": [quoting] * 9, "b": [quoting] * 9}

    def send(p: Any) -> Any:
        shown.extend([repr(p), repr(vars(p))])
        return p.send(events_of("ab", 2), account="portal")

    for tokens in (service.tokens, token_of):
        report = pool.run(service.respond, send, tokens, retry=RetryPolicy(attempts=2))
        assert {type(failure) for failure in report.failures} == {Unsent}
        shown += [repr(report), *(line for each in report.failures for line in traceback.format_exception(each.error))]

    text = "".join(shown) + caplog.text
    assert "bad Bearer ***" in text
    assert [account for account in "ab" if token_of(account) in text] == []
