"""Both pools: how calls of them end, and what several calls of one pool share."""

import asyncio
import os
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from hubspot_timeline import BatchLimits, Created, PoolReport, StoppedError, Unsent
from tests.helpers.account_service import AccountService, event_of, events_of
from tests.helpers.both_pools import AccountPool, PoolRunner

SINGLE: dict[str, Any] = {"batch": BatchLimits(max_events=1), "max_size": 3}


def opened(service: AccountService, **options: Any) -> AccountPool:
    return AccountPool(service.tokens, httpx_args={"transport": httpx.MockTransport(service.respond)}, **options)


def test_each_event_is_sent_with_the_access_token_of_its_account(pool: PoolRunner) -> None:
    """Whatever the order of the events; each account has a report of its own."""
    service = AccountService("a", "b", "c")
    report = pool.run(service.respond, lambda p: p.send(events_of("abc", 150), account="portal"), service.tokens)

    assert (report.created, report.total, report.requests, service.crossed) == (450, 450, 6, [])
    assert {name: (each.created, each.requests) for name, each in report.accounts.items()} == dict.fromkeys(
        "abc", (150, 2)
    )


def test_a_stream_yields_one_outcome_for_each_event(pool: PoolRunner) -> None:
    """Each knows its account, its event without the field that named the account, and what was given."""
    service, events = AccountService("a", "b"), events_of("ab", 3)
    outcomes = pool.run(service.respond, lambda p: p.stream(events, account="portal"), service.tokens)

    assert sorted(outcome.position for outcome in outcomes) == list(range(6))
    for outcome in outcomes:
        source = events[outcome.position]
        assert outcome.source is source
        assert outcome.account == source["portal"]
        assert outcome.event == {name: value for name, value in source.items() if name != "portal"}


def test_a_closed_pool_sends_nothing(pool: PoolRunner) -> None:
    """Its events are Unsent, and it may be closed again."""
    service = AccountService("a", "b")

    def close(p: Any) -> Any:
        return p.close() or PoolReport()

    first, _, second, _ = pool.run_all(
        service.respond,
        lambda p: p.send(events_of("ab", 2), account="portal"),
        close,
        lambda p: p.send(events_of("ab", 2), account="portal"),
        close,
        tokens=service.tokens,
    )

    assert (first.created, second.unsent, len(service.requests)) == (4, 4, 2)
    assert "the client is closed" in str(second.failures[0].error)


def test_a_stream_goes_on_after_its_pool_was_closed() -> None:
    """Its other events are Unsent."""
    service = AccountService("a", "b", "c")
    pool = opened(service, **SINGLE)
    outcomes = pool.stream(events_of("abc", 20), account="portal")
    first = next(outcomes)
    pool.close()
    rest = list(outcomes)

    assert isinstance(first, Created)
    assert len(rest) == 59
    assert {type(outcome) for outcome in rest} == {Created, Unsent}
    assert len(service.created) == 1 + sum(isinstance(outcome, Created) for outcome in rest)


def test_close_lets_the_call_of_another_thread_end() -> None:
    """It returns its report, in which every event has an outcome: the first thirty, and those that are read later."""
    service, are_created, is_closed = AccountService("a", "b", "c"), Event(), Event()
    reports = list[Any]()

    def respond(request: httpx.Request) -> httpx.Response:
        response = service.respond(request)
        if len(service.created) == 30:
            are_created.set()
        return response

    pool = AccountPool(service.tokens, httpx_args={"transport": httpx.MockTransport(respond)}, **SINGLE)

    def read() -> Iterator[Any]:
        yield from events_of("abc", 10)
        assert is_closed.wait(30)
        yield from (event_of("a", number) for number in range(10, 40))

    thread = Thread(target=lambda: reports.append(pool.send(read(), account="portal")))
    thread.start()
    assert are_created.wait(30)
    pool.close()
    is_closed.set()
    thread.join()

    assert (reports[0].created, reports[0].unsent, reports[0].total) == (len(service.created), 30, 60)


def test_two_threads_may_send_at_once() -> None:
    """Each gets the report of its own events; an account is opened once."""
    service = AccountService("a", "b", "c")
    reports = dict[int, Any]()
    with opened(service, batch=BatchLimits(max_events=2)) as pool:

        def send(number: int) -> None:
            events = [event_of(account, 100 * number + n) for n in range(20) for account in "abc"]
            reports[number] = pool.send(events, account="portal")

        threads = [Thread(target=send, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert [(reports[n].created, reports[n].total) for n in range(4)] == [(60, 60)] * 4
    assert (len(service.created), service.crossed) == (240, [])


def test_a_pool_that_blocks_works_within_a_running_event_loop() -> None:
    """As that of a notebook."""
    service = AccountService("a", "b")

    async def cell() -> PoolReport:
        with opened(service) as pool:
            return pool.send(events_of("ab", 2), account="portal")

    assert asyncio.run(cell()).created == 4


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork, which this system does not have")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # of Python 3.12, in a process with threads
@pytest.mark.parametrize("is_under_way", [True, False], ids=["during a stream", "before the first call"])
def test_a_forked_child_sends_by_itself(is_under_way: bool) -> None:
    """Its pool opens connections and an event loop of its own; the parent continues."""
    service = AccountService("a", "b", "c")
    pool = opened(service, **SINGLE)
    outcomes = pool.stream(events_of("abc", 20), account="portal")
    if is_under_way:
        next(outcomes)
    if (child := os.fork()) == 0:
        report = pool.send([event_of("a", number) for number in range(100, 105)], account="portal")
        pool.close()
        os._exit(0 if report.created == 5 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert len(list(outcomes)) == 60 - is_under_way
    pool.close()
    assert (len(service.created), service.crossed) == (60, [])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork, which this system does not have")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # of Python 3.12, in a process with threads
def test_a_stream_that_is_continued_in_a_forked_child_ends() -> None:
    """It reads no event there, which the parent would miss; its events belong to the parent."""
    service, read = AccountService("a", "b", "c"), list[Any]()

    def source() -> Iterator[Any]:
        for event in events_of("abc", 20):
            read.append(event)
            yield event

    with opened(service, **SINGLE) as pool:
        outcomes = pool.stream(source(), account="portal")
        next(outcomes)
        if (child := os.fork()) == 0:
            count = len(read)
            try:
                list(outcomes)
            except StoppedError:
                os._exit(0 if len(read) == count else 1)
            os._exit(2)
        assert os.waitpid(child, 0)[1] == 0
        assert len(list(outcomes)) == 59
