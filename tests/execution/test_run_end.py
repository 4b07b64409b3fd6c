"""Whoever stops a run, and whatever stops it, nothing more is sent and every event that was taken is accounted for."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from hubspot_timeline import (
    BatchLimits,
    Created,
    ErrorLimit,
    OptionError,
    Outcome,
    RetryPolicy,
    StoppedError,
    TimelineEvent,
    Unconfirmed,
    Unsent,
)
from tests.helpers.clients import AsyncTimelineClient, TimelineClient
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, broken, created, status


def test_closing_the_stream_sends_nothing_more() -> None:
    """What was under way is finished; the rest of the iterable is not even read."""
    script, pulled = Script(), list[int]()
    with TimelineClient(
        "t", httpx_args=script.httpx_args, max_in_flight=1, batch=BatchLimits(max_events=2)
    ) as timeline:
        outcomes = timeline.stream(numbered(100, pulled))
        assert isinstance(next(outcomes), Created)
        outcomes.close()  # type: ignore[attr-defined] # a generator

    assert len(script.requests) == 1
    assert len(pulled) == 2


def test_leaving_the_client_on_an_exception_sends_nothing_more() -> None:
    """And the events that were taken come out as Unsent when the stream is read to its end."""
    script = Script()
    timeline = TimelineClient("t", httpx_args=script.httpx_args, max_in_flight=1, batch=BatchLimits(max_events=2))
    outcomes = timeline.stream(numbered(10))
    with pytest.raises(KeyError), timeline:
        next(outcomes)
        raise KeyError

    rest = list(outcomes)
    assert len(script.requests) == 1
    assert [type(outcome) for outcome in rest] == [Created] + [Unsent] * 8
    assert {type(outcome) for outcome in timeline.stream(numbered(2))} == {Unsent}


def test_stop_ends_a_run_with_everything_accounted_for() -> None:
    """The rest of the events is Unsent, with the reason."""
    script = Script()
    with TimelineClient(
        "t", httpx_args=script.httpx_args, max_in_flight=1, batch=BatchLimits(max_events=2)
    ) as timeline:
        report = timeline.send(numbered(10), on_outcome=lambda _: timeline.stop("enough"))

    assert (report.created, report.unsent, report.total) == (2, 8, 10)
    assert isinstance(report.failures[0].error, StoppedError)
    assert "enough" in str(report.failures[0].error)


@pytest.mark.parametrize(
    ("limit", "sent"),
    [
        (ErrorLimit(), 20),
        (ErrorLimit(count=6), 20),
        (ErrorLimit(count=5), 11),
        (ErrorLimit(rate=1.0, sample=1), 20),
        (ErrorLimit(rate=0.25, sample=1), 1),
        (ErrorLimit(rate=0.25, sample=10), 10),
    ],
)
def test_too_many_errors_leave_the_rest_unsent(limit: ErrorLimit, sent: int) -> None:
    """By count or by share, the latter from a sample on; of the first eleven events every second one is refused."""
    refused = status(400, {"message": "no"})
    script = Script(*[refused if number in (0, 2, 4, 6, 8, 10) else created for number in range(20)])
    one = BatchLimits(max_events=1)
    with TimelineClient("t", httpx_args=script.httpx_args, max_in_flight=1, batch=one, error_limit=limit) as timeline:
        report = timeline.send(numbered(20))

    assert len(script.requests) == sent
    assert report.unsent == 20 - sent
    assert not report.unsent or "events failed, more than were allowed" in str(report.failures[-1].error)


@pytest.mark.parametrize("options", [{"count": -1}, {"rate": 1.5}, {"rate": float("nan")}, {"sample": 0}])
def test_error_limits_that_cannot_be_meant_are_refused_at_once(options: dict[str, float]) -> None:
    """The error names the option."""
    with pytest.raises(OptionError, match=f"^{next(iter(options))} is"):
        ErrorLimit(**options)  # type: ignore[arg-type]


def test_an_error_limit_may_be_none_at_all_or_every_event() -> None:
    """Both ends of what can be meant: the first failure stops the run, or not even the last, as by default."""
    assert not ErrorLimit().is_passed(failed=1_000_000, ended=1_000_000)
    assert ErrorLimit(count=0).is_passed(failed=1, ended=1_000)
    assert not ErrorLimit(count=0).is_passed(failed=0, ended=1_000)
    assert ErrorLimit(rate=0).is_passed(failed=1, ended=1_000)
    assert not ErrorLimit(rate=0).is_passed(failed=1, ended=999)
    assert not ErrorLimit(rate=1).is_passed(failed=1_000, ended=1_000)


def test_a_refused_token_stops_the_run_at_once() -> None:
    """One 401 and no request more; everything is Unsent and can be sent with another token."""
    script = Script(*[status(401, {"message": "expired"})] * 9)
    with TimelineClient(
        "t", httpx_args=script.httpx_args, max_in_flight=1, batch=BatchLimits(max_events=2)
    ) as timeline:
        report = timeline.send(numbered(10))

    assert (report.unsent, report.requests, len(script.requests)) == (10, 1, 1)


def test_an_iterable_that_fails_loses_nothing_that_was_taken() -> None:
    """What was taken is accounted for before the iterable's own error comes out."""

    def source() -> Iterator[TimelineEvent]:
        yield from numbered(3)
        raise KeyError("row 4")

    script, outcomes = Script(), list[object]()
    with (
        TimelineClient("t", httpx_args=script.httpx_args, batch=BatchLimits(max_events=2)) as timeline,
        pytest.raises(KeyError, match="row 4"),
    ):
        timeline.send(source(), on_outcome=outcomes.append)

    assert [type(outcome) for outcome in outcomes] == [Created, Created, Unsent]


def test_an_asynchronous_iterable_that_fails_loses_nothing_that_was_taken() -> None:
    """The same with await, where the last batch may not have begun; also where it fails before anything was taken."""

    async def source(count: int) -> AsyncIterator[TimelineEvent]:
        for one in numbered(count):
            yield one
        raise KeyError("row 4")

    async def send(count: int) -> list[int]:
        outcomes: list[Outcome] = []
        args = Script().httpx_args
        async with AsyncTimelineClient("t", httpx_args=args, batch=BatchLimits(max_events=2)) as timeline:
            with pytest.raises(KeyError, match="row 4"):
                await timeline.send(source(count), on_outcome=outcomes.append)
        assert all(isinstance(outcome, Created | Unsent) for outcome in outcomes)
        return sorted(outcome.position for outcome in outcomes)

    assert asyncio.run(send(3)) == [0, 1, 2]
    assert asyncio.run(send(0)) == []


def test_an_iterable_that_fails_at_once_says_so() -> None:
    """Nothing was taken, and nothing is sent."""

    def source() -> Iterator[TimelineEvent]:
        raise KeyError("row 1")
        yield

    script = Script()
    with TimelineClient("t", httpx_args=script.httpx_args) as timeline, pytest.raises(KeyError, match="row 1"):
        timeline.send(source())
    assert script.requests == []


def test_what_is_given_to_a_closed_client_is_unsent() -> None:
    """By a run as by a queue, with threads and with coroutines."""

    async def run() -> list[Outcome]:
        timeline = AsyncTimelineClient("t", httpx_args=Script().httpx_args)
        await timeline.close()
        queued: list[Outcome] = []
        async with timeline.queue(on_outcome=queued.append) as queue:
            await queue.put(next(numbered(1)))
        return [outcome async for outcome in timeline.stream(numbered(2))] + queued

    timeline, queued = TimelineClient("t", httpx_args=Script().httpx_args), list[Outcome]()
    timeline.close()
    with timeline.queue(on_outcome=queued.append) as queue:
        queue.put(next(numbered(1)))

    for outcome in (*timeline.stream(numbered(2)), *queued, *asyncio.run(run())):
        assert isinstance(outcome, Unsent)
        assert "the client is closed" in str(outcome.error)


def test_a_run_waits_in_a_loop_without_holding_it_up() -> None:
    """Where nobody replaces the waits, the clock of the loop counts them."""

    async def run() -> int:
        script, retry = Script(status(502)), RetryPolicy(wait_initial=0.001)
        async with AsyncTimelineClient("t", httpx_args=script.httpx_args, retry=retry) as timeline:
            report = await timeline.send(numbered(1))
        assert len(script.requests) == 2
        return report.created

    assert asyncio.run(run()) == 1


class FalsyError(Exception):
    """An error that is false."""

    def __bool__(self) -> bool:
        return False


def test_no_error_of_the_iterable_is_swallowed() -> None:
    """Not even one that is false."""

    def source() -> Iterator[TimelineEvent]:
        yield from numbered(1)
        raise FalsyError

    with TimelineClient("t", httpx_args=Script().httpx_args) as timeline, pytest.raises(FalsyError):
        timeline.send(source())


def test_what_is_sent_while_the_interpreter_ends_is_unsent() -> None:
    """No thread can be started then; the events are accounted for all the same."""
    code = (
        "import atexit\n"
        "from hubspot_timeline import *\n"
        "def last():\n"
        "    with TimelineClient('t', base_url='http://127.0.0.1:9') as timeline:\n"
        "        print(timeline.send(event(1, email='a') for _ in range(250)).unsent)\n"
        "atexit.register(last)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "250\n"


def test_an_unconfirmed_event_of_a_stopped_run_says_what_hid_its_answer() -> None:
    """Not that it was not sent."""
    script = Script(broken(httpx.ReadError))
    with TimelineClient("t", httpx_args=script.httpx_args, sleep=lambda _: timeline.stop("enough")) as timeline:
        [failure] = timeline.send(numbered(1)).failures

    assert isinstance(failure, Unconfirmed)
    assert "broke before the response was complete" in str(failure.error)


def test_a_signal_handler_may_stop_a_run_while_it_stops_itself() -> None:
    """At any instant of it: the handler runs in the same thread, between any two steps."""
    code = (
        "import signal\n"
        "from hubspot_timeline.errors import StoppedError\n"
        "from hubspot_timeline.execution.sync_executor import Run\n"
        "run, reason = Run(), StoppedError('x')\n"
        "signal.signal(signal.SIGALRM, lambda *_: run.abort(reason))\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.00003, 0.00003)\n"
        "for _ in range(100_000): run.abort(reason)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0)\n"
        "print('through')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "through\n"
