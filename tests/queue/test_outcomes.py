"""Every event that is put into a queue ends in one outcome, whatever happens to the queue and whoever listens."""

import asyncio
import logging
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from hubspot_timeline import (
    AsyncTimelineClient,
    BatchLimits,
    Created,
    ErrorLimit,
    OptionError,
    Outcome,
    Rejected,
    StoppedError,
    TimelineClient,
    Unconfirmed,
    Unsent,
    event,
)
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, created, gated, status

BAD: dict[str, Any] = {"eventTemplateId": "1", "id": "nobody", "tokens": {}}


def kinds(outcomes: list[Outcome]) -> dict[int, type[Outcome]]:
    assert len({outcome.position for outcome in outcomes}) == len(outcomes)
    return {outcome.position: type(outcome) for outcome in sorted(outcomes, key=lambda one: one.position)}


def test_leaving_sends_what_waits() -> None:
    """In batches of the client's size, with each outcome told and the sum reported; a bad event is Rejected."""
    script, outcomes = Script(), list[Outcome]()
    limits = BatchLimits(max_events=3)
    with TimelineClient("t", httpx_args=script.httpx_args, batch=limits, max_in_flight=1) as timeline:
        with timeline.queue(flush_interval=3600, on_outcome=outcomes.append) as queue:
            for one in numbered(7):
                queue.put(one)
            queue.put(BAD)
        report = queue.report

    assert kinds(outcomes) == dict.fromkeys(range(7), Created) | {7: Rejected}
    assert (report.created, report.rejected, report.requests) == (7, 1, 3)
    assert (queue.pending, queue.stopped) == (0, None)


def test_leaving_sends_what_waits_with_coroutines() -> None:
    """The same with await."""
    script, outcomes = Script(), list[Outcome]()

    async def run() -> tuple[int, int, int, object]:
        limits = BatchLimits(max_events=3)
        async with (
            AsyncTimelineClient("t", httpx_args=script.httpx_args, batch=limits, max_in_flight=1) as timeline,
            timeline.queue(flush_interval=3600, on_outcome=outcomes.append) as queue,
        ):
            for one in numbered(7):
                await queue.put(one)
            await queue.put(BAD)
        return queue.report.created, queue.report.rejected, queue.report.requests, queue.stopped

    assert asyncio.run(run()) == (7, 1, 3, None)
    assert kinds(outcomes) == dict.fromkeys(range(7), Created) | {7: Rejected}


def test_age_alone_sends_a_batch_that_is_not_full() -> None:
    """Nobody flushes or closes: the callback of the only event is what this waits for."""
    told = Event()
    with TimelineClient("t", httpx_args=Script().httpx_args) as timeline:
        queue = timeline.queue(flush_interval=0.01, on_outcome=lambda _: told.set())
        queue.put(event(1, email="ada@example.com"))
        assert told.wait(30)
        queue.close()

    async def run() -> None:
        async with AsyncTimelineClient("t", httpx_args=Script().httpx_args) as timeline:
            heard = asyncio.Event()
            queue = timeline.queue(flush_interval=0.01, on_outcome=lambda _: heard.set())
            await queue.put(event(1, email="ada@example.com"))
            await asyncio.wait_for(heard.wait(), 30)
            await queue.close()

    asyncio.run(run())


def test_an_event_is_taken_as_it_is_when_it_is_put() -> None:
    """What becomes of the object later does not matter."""
    script, one = Script(), {"eventTemplateId": "1", "id": "a", "tokens": {"n": "1"}, "email": "ada@example.com"}
    with TimelineClient("t", httpx_args=script.httpx_args) as timeline, timeline.queue() as queue:
        queue.put(one)
        one["tokens"] = {"n": "2"}

    assert b'"n":"1"' in script.requests[0].content


def test_flush_waits_for_what_was_put_before_it() -> None:
    """With its outcomes told; it says whether that came about in time."""
    gate, outcomes = Event(), list[Outcome]()

    def slow(request: httpx.Request) -> httpx.Response:
        gate.wait()
        return created(request)

    with (
        TimelineClient("t", httpx_args=Script(created, slow).httpx_args) as timeline,
        timeline.queue(flush_interval=3600, on_outcome=outcomes.append) as queue,
    ):
        queue.put(event(1, email="ada@example.com"))
        assert queue.flush()
        assert len(outcomes) == 1
        queue.put(event(1, email="ada@example.com"))
        assert not queue.flush(timeout=0.01)
        gate.set()
        assert queue.flush(timeout=30)
        assert len(outcomes) == 2


def test_a_callback_that_raises_does_no_harm(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged with its traceback, and the next outcome is told all the same."""
    told: list[Outcome] = []

    def listen(outcome: Outcome) -> None:
        told.append(outcome)
        raise KeyError("of the application")

    with TimelineClient("t", httpx_args=Script().httpx_args) as timeline, timeline.queue(on_outcome=listen) as queue:
        for one in numbered(3):
            queue.put(one)

    assert kinds(told) == dict.fromkeys(range(3), Created)
    assert caplog.text.count("KeyError: 'of the application'") == 3


def test_close_returns_what_is_left_after_its_time() -> None:
    """Unconfirmed what is under way, Unsent what waits, told once each: the late answer changes nothing."""
    gate, begun, outcomes = Event(), Event(), list[Outcome]()
    args = {"transport": httpx.MockTransport(gated(gate.wait, begun=begun))}
    one = BatchLimits(max_events=1)
    with TimelineClient("t", httpx_args=args, max_in_flight=1, batch=one) as timeline:
        queue = timeline.queue(on_outcome=outcomes.append)
        for number in numbered(3):
            queue.put(number)
        assert begun.wait(30)
        left = queue.close(timeout=0.01)
        gate.set()

    assert kinds(list(left)) == {0: Unconfirmed, 1: Unsent, 2: Unsent}
    assert kinds(outcomes) == kinds(list(left))
    assert (queue.report.unconfirmed, queue.report.unsent, queue.pending) == (1, 2, 0)
    assert queue.close() == []


def test_close_returns_what_is_left_with_coroutines() -> None:
    """The same with await."""
    outcomes: list[Outcome] = []

    async def run() -> list[Outcome]:
        gate, begun = asyncio.Event(), asyncio.Event()

        async def answer(request: httpx.Request) -> httpx.Response:
            begun.set()
            await gate.wait()
            return created(request)

        args, one = {"transport": httpx.MockTransport(answer)}, BatchLimits(max_events=1)
        async with AsyncTimelineClient("t", httpx_args=args, max_in_flight=1, batch=one) as timeline:
            queue = timeline.queue(on_outcome=outcomes.append)
            for number in numbered(3):
                await queue.put(number)
            await begun.wait()
            left = await queue.close(timeout=0.01)
            gate.set()
            assert await queue.close() == []
        return list(left)

    assert kinds(asyncio.run(run())) == {0: Unconfirmed, 1: Unsent, 2: Unsent}
    assert kinds(outcomes) == {0: Unconfirmed, 1: Unsent, 2: Unsent}


def test_leaving_on_an_exception_sends_nothing_more() -> None:
    """What waits is Unsent, with the exception as its reason."""
    script, outcomes = Script(), list[Outcome]()
    with (
        TimelineClient("t", httpx_args=script.httpx_args) as timeline,
        pytest.raises(KeyError),
        timeline.queue(flush_interval=3600, on_outcome=outcomes.append) as queue,
    ):
        queue.put(event(1, email="ada@example.com"))
        raise KeyError("of the application")

    assert kinds(outcomes) == {0: Unsent}
    assert script.requests == []
    assert "of the application" in str(queue.stopped)


@pytest.mark.parametrize(
    ("answers", "options", "words"),
    [
        ([status(403, {"message": "no scope"})], {}, "no scope"),
        ([status(400, {"message": "no"})] * 2, {"error_limit": ErrorLimit(count=1)}, "more than were allowed"),
    ],
)
def test_a_client_that_had_to_stop_leaves_the_rest_unsent(answers: Any, options: Any, words: str) -> None:
    """Also what is put later, so that the application goes on; `stopped` says why."""
    script, outcomes = Script(*answers), list[Outcome]()
    one = BatchLimits(max_events=1)
    with (
        TimelineClient("t", httpx_args=script.httpx_args, max_in_flight=1, batch=one, **options) as timeline,
        timeline.queue(flush_interval=3600, on_outcome=outcomes.append) as queue,
    ):
        for number in numbered(4):
            queue.put(number)
        queue.flush()
        queue.put(event(1, email="ada@example.com"))

    assert len(script.requests) == len(answers)
    assert len(outcomes) == 5
    assert kinds(outcomes)[4] is Unsent
    assert words in str(queue.stopped)


@pytest.mark.parametrize("close", [TimelineClient.close, TimelineClient.stop])
def test_a_client_that_is_closed_or_stopped_takes_its_queues_along(close: Callable[[TimelineClient], None]) -> None:
    """What waits is Unsent; a new queue of a closed client sends nothing either."""
    outcomes: list[Outcome] = []
    timeline = TimelineClient("t", httpx_args=Script().httpx_args)
    queue = timeline.queue(flush_interval=3600, on_outcome=outcomes.append)
    queue.put(event(1, email="ada@example.com"))
    close(timeline)
    queue.close()
    timeline.close()
    with timeline.queue(on_outcome=outcomes.append) as late:
        late.put(event(1, email="ada@example.com"))

    assert [type(outcome) for outcome in outcomes] == [Unsent, Unsent]


def test_a_closed_queue_takes_nothing() -> None:
    """Neither good events nor bad ones, nor the one that waited for room meanwhile."""
    gate, begun = Event(), Event()
    args = {"transport": httpx.MockTransport(gated(gate.wait, begun=begun))}
    refusals: list[str] = []
    with TimelineClient("t", httpx_args=args, batch=BatchLimits(max_events=1)) as timeline:
        queue = timeline.queue(max_size=1)
        queue.put(event(1, email="ada@example.com"))

        def put() -> None:
            try:
                queue.put(event(1, email="ada@example.com"))
            except StoppedError as error:
                refusals.append(str(error))

        blocked = Thread(target=put)
        blocked.start()
        assert begun.wait(30)
        queue.close(timeout=0)
        blocked.join()
        gate.set()
        for one in (BAD, event(1, email="ada@example.com")):
            with pytest.raises(StoppedError, match="the queue is closed"):
                queue.put(one)

    assert refusals == ["the queue is closed"]


def test_closing_from_the_callback_does_not_wait_for_itself() -> None:
    """The queue ends in order."""
    outcomes: list[Outcome] = []
    with TimelineClient("t", httpx_args=Script().httpx_args, max_in_flight=1) as timeline:

        def close(outcome: Outcome) -> None:
            outcomes.append(outcome)
            queue.close()

        queue = timeline.queue(flush_interval=0, on_outcome=close)
        queue.put(event(1, email="ada@example.com"))
        queue.drain()

    assert kinds(outcomes) == {0: Created}


def test_many_threads_may_put_at_once() -> None:
    """Nothing is lost or told twice, and several batches are under way at once."""
    outcomes: list[Outcome] = []
    with (
        TimelineClient(
            "t", httpx_args=Script().httpx_args, rate_limit=None, batch=BatchLimits(max_events=7)
        ) as timeline,
        timeline.queue(max_size=50, on_outcome=outcomes.append) as queue,
    ):

        def put() -> None:
            for _ in range(100):
                queue.put(event(1, email="ada@example.com"))

        threads = [Thread(target=put) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert kinds(outcomes) == dict.fromkeys(range(800), Created)
    assert len({outcome.id for outcome in outcomes}) == 800


def test_a_callback_that_ends_its_thread_takes_no_event_with_it() -> None:
    """SystemExit is no Exception; the queue goes on with other workers, and ends."""
    outcomes: list[Outcome] = []

    def leave(outcome: Outcome) -> None:
        outcomes.append(outcome)
        raise SystemExit(1)

    one = BatchLimits(max_events=1)
    with TimelineClient("t", httpx_args=Script().httpx_args, max_in_flight=1, batch=one) as timeline:
        queue = timeline.queue(flush_interval=0, on_outcome=leave)
        for number in numbered(3):
            queue.put(number)
        assert queue.close(30) == []

    assert kinds(outcomes) == dict.fromkeys(range(3), Created)


def test_a_transport_that_ends_its_thread_leaves_its_events_unconfirmed() -> None:
    """And the next ones are sent."""

    def ending(_: httpx.Request) -> httpx.Response:
        raise SystemExit(1)

    outcomes: list[Outcome] = []
    one = BatchLimits(max_events=1)
    with TimelineClient("t", httpx_args=Script(ending).httpx_args, max_in_flight=1, batch=one) as timeline:
        queue = timeline.queue(flush_interval=0, on_outcome=outcomes.append)
        for number in numbered(2):
            queue.put(number)
        assert queue.close(30) == []

    assert kinds(outcomes) == {0: Unconfirmed, 1: Created}


def test_cancelled_workers_leave_a_queue_that_ends() -> None:
    """As when a program cancels all tasks that it finds."""
    outcomes: list[Outcome] = []

    async def run() -> None:
        begun = asyncio.Event()

        async def answer(request: httpx.Request) -> httpx.Response:
            begun.set()
            if b"e0" in request.content:
                await asyncio.Event().wait()
            return created(request)

        args, one = {"transport": httpx.MockTransport(answer)}, BatchLimits(max_events=1)
        async with AsyncTimelineClient("t", httpx_args=args, max_in_flight=1, batch=one) as timeline:
            queue = timeline.queue(flush_interval=0, on_outcome=outcomes.append)
            for number in numbered(2):
                await queue.put(number)
            await begun.wait()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            assert await queue.close(30) == []

    asyncio.run(run())
    assert kinds(outcomes) == {0: Unconfirmed, 1: Created}


def test_coroutine_functions_are_refused_as_callbacks() -> None:
    """Nobody would await them, and their outcomes would be gone."""

    async def listen(_: object) -> None: ...

    async def run() -> None:
        async with AsyncTimelineClient("t", httpx_args=Script().httpx_args) as timeline:
            with pytest.raises(OptionError, match="on_outcome is a coroutine function"):
                timeline.queue(on_outcome=listen)
            with pytest.raises(OptionError, match="on_progress is a coroutine function"):
                await timeline.send(numbered(1), on_progress=listen)

    asyncio.run(run())


def test_events_that_a_stop_leaves_in_a_queue_are_told_as_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever listens to nothing else finds it in the log."""
    with TimelineClient("t", httpx_args=Script().httpx_args) as timeline:
        timeline.queue(flush_interval=3600).put(event(1, email="ada@example.com"))

    assert "1 events of a queue are not sent: " in caplog.text


def test_a_queue_is_silent_unless_something_is_wrong(caplog: pytest.LogCaptureFixture) -> None:
    """No warning on the way of a good event."""
    caplog.set_level(logging.DEBUG, "hubspot_timeline")
    with TimelineClient("t", httpx_args=Script().httpx_args) as timeline, timeline.queue() as queue:
        queue.put(event(1, email="ada@example.com"))

    assert caplog.text == ""


def test_leaving_on_an_exception_sends_nothing_more_with_coroutines(caplog: pytest.LogCaptureFixture) -> None:
    """The same with await; what was put is told as a warning, and a closed queue takes nothing."""
    script, outcomes = Script(), list[Outcome]()

    async def run() -> None:
        async with AsyncTimelineClient("t", httpx_args=script.httpx_args) as timeline:
            queue = timeline.queue(flush_interval=3600, on_outcome=outcomes.append)
            with pytest.raises(KeyError):
                async with queue:
                    await queue.put(event(1, email="ada@example.com"))
                    assert queue.pending == 1
                    raise KeyError("of the application")
            with pytest.raises(StoppedError, match="the queue is closed"):
                await queue.put(BAD)
            assert (queue.pending, "of the application" in str(queue.stopped)) == (0, True)

    asyncio.run(run())
    assert kinds(outcomes) == {0: Unsent}
    assert script.requests == []
    assert "1 events of a queue are not sent: " in caplog.text


def test_a_client_that_is_closed_takes_its_queues_along_with_coroutines() -> None:
    """What waits is Unsent, and is told before the client is closed."""
    outcomes: list[Outcome] = []

    async def run() -> None:
        async with AsyncTimelineClient("t", httpx_args=Script().httpx_args) as timeline:
            for one in numbered(2):
                await timeline.queue(flush_interval=3600, on_outcome=outcomes.append).put(one)

    asyncio.run(run())
    assert [type(outcome) for outcome in outcomes] == [Unsent, Unsent]


def test_too_many_errors_stop_a_queue_with_coroutines() -> None:
    """The rest is Unsent, with the reason."""
    script, outcomes = Script(*[status(400, {"message": "no"})] * 9), list[Outcome]()
    options: dict[str, Any] = {
        "error_limit": ErrorLimit(count=0),
        "batch": BatchLimits(max_events=1),
        "max_in_flight": 1,
    }

    async def run() -> object:
        async with (
            AsyncTimelineClient("t", httpx_args=script.httpx_args, **options) as timeline,
            timeline.queue(flush_interval=3600, on_outcome=outcomes.append) as queue,
        ):
            for one in numbered(3):
                await queue.put(one)
        return queue.stopped

    assert "more than were allowed" in str(asyncio.run(run()))
    assert kinds(outcomes) == {0: Rejected, 1: Unsent, 2: Unsent}
    assert len(script.requests) == 1
