"""Open accounts: how many are kept, and what closing one must not lose."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from hubspot_timeline import BatchLimits, RateLimit, RetryPolicy
from hubspot_timeline.accounts.open_accounts import OpenAccounts
from hubspot_timeline.execution.async_executor import AsyncRun
from hubspot_timeline.rate_limit import open_rate_limiter
from tests.helpers.account_service import AccountService, events_of
from tests.helpers.both_pools import PoolRunner
from tests.helpers.fake_time import FakeTime
from tests.helpers.scripted_http import status

PAUSED = status(429, {"category": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING"}, Retry_After="60")


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_any_number_of_accounts_send_through_a_few_open_ones(pool: PoolRunner, limit: int) -> None:
    """An account that is closed is opened again, with its own access token."""
    service, opened = AccountService(*map(str, range(8))), list[str]()

    def tokens(account: str) -> str:
        opened.append(account)
        return service.tokens[account]

    sizes = list[int]()
    report = pool.run(
        service.respond,
        lambda p: p.send(
            events_of(service.of, 4),
            account="portal",
            on_progress=lambda _: sizes.append(len(p._accounts)),  # noqa: SLF001 - what no option shows
        ),
        tokens,
        batch=BatchLimits(max_events=2),
        max_size=12,
        max_open_accounts=limit,
        rate_limit=None,
    )

    assert (report.created, service.crossed) == (32, [])
    assert max(sizes) <= limit
    assert len(opened) >= 8


@pytest.mark.parametrize("rate_limit", [None, RateLimit(5, 10)])
def test_an_account_is_kept_until_its_pause_is_over(rate_limit: RateLimit | None) -> None:
    """Its window as well; a limiter that takes its place would permit requests too early."""
    time = FakeTime()
    limiter = open_rate_limiter("memory:", rate_limit, time.clock).for_account("a")
    assert limiter.is_idle
    limiter.acquire()
    assert limiter.is_idle == (rate_limit is None)
    limiter.pause(60)
    time.now += 59
    assert not limiter.is_idle
    time.now += 1.1
    assert limiter.is_idle


def test_an_account_that_pauses_is_kept_and_another_one_closed(pool: PoolRunner) -> None:
    """So the pause holds, though the pool opens more accounts than it may keep."""
    service, time = AccountService("a", "b", "c", "d"), FakeTime()
    service.responses["a"] = [PAUSED]
    reports = pool.run_all(
        service.respond,
        *[lambda p, name=name: p.send(events_of(name, 1), account="portal") for name in "abcda"],
        tokens=service.tokens,
        max_open_accounts=2,
        rate_limit=None,
        retry=RetryPolicy(attempts=1, wait_total=100),
        time=time,
    )

    assert [report.created for report in reports] == [0, 1, 1, 1, 1]
    assert time.waits == [60]


def test_an_account_in_use_is_not_closed() -> None:
    """Even if it was unused before; another one waits for its place, unless its run stops."""
    executors = list[Any]()

    def open_account(_: str) -> Any:
        executors.append(SimpleNamespace(rate_limiter=SimpleNamespace(is_idle=True)))
        return executors[-1]

    async def use() -> list[Any]:
        accounts, run, none = OpenAccounts(cast("Any", "none"), open_account, 1), AsyncRun(), list[Any]()
        async with accounts.use("a", run):
            pass

        async def wait() -> None:
            async with accounts.use("b", run) as executor:
                none.append(executor)

        async with accounts.use("a", run):
            task = asyncio.ensure_future(wait())
            for _ in range(5):
                await asyncio.sleep(0)
            assert (len(accounts), task.done()) == (1, False)
            run.abort(ValueError("enough"))
            await task
        return none

    assert asyncio.run(use()) == ["none"]
    assert len(executors) == 1
