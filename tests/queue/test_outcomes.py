"""Every event that is put into a queue ends in one outcome, whatever happens to the queue and its callbacks."""

import asyncio
import logging
from queue import SimpleQueue
from threading import Thread
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
    TimelineClient,
    Unconfirmed,
    Unsent,
    event,
)
from hubspot_timeline.apis import open_apis
from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.steps import DeliveryResult
from hubspot_timeline.execution.reader import Preparation
from hubspot_timeline.execution.run import ErrorCounter
from hubspot_timeline.queue import AsyncTimelineQueue, QueueOptions, TimelineQueue
from tests.helpers.both_queues import INVALID, Gate, both_queues, done, entered, httpx_args, types_by_position
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, created, status

SINGLE = BatchLimits(max_events=1)


@both_queues
async def test_leaving_sends_what_waits(client: Any) -> None:
    """Events are sent in batches of the client's size, each outcome is reported, and an invalid event is Rejected."""
    script, outcomes = Script(), list[Outcome]()
    limits = BatchLimits(max_events=3)
    async with entered(client("t", httpx_args=script.httpx_args, batch=limits, max_in_flight=1)) as timeline:
        async with entered(timeline.queue(flush_interval=3600, on_outcome=outcomes.append)) as queue:
            for number in numbered(7):
                await done(queue.put(number))
            await done(queue.put(INVALID))
        report, progress = queue.report, queue.progress

    assert types_by_position(outcomes) == dict.fromkeys(range(7), Created) | {7: Rejected}
    assert (report.created, report.rejected, report.requests) == (7, 1, 3)
    assert (progress.read, progress.in_flight, progress.created, progress.failed) == (8, 0, 7, 1)
    assert (queue.pending, queue.stopped) == (0, None)


@both_queues
async def test_the_flush_interval_alone_sends_a_batch_that_is_not_full(client: Any) -> None:
    """Without flush and close, the callback of each event is called, also once a worker waits for the next one."""
    reported: SimpleQueue[Outcome] = SimpleQueue()
    async with entered(client("t", httpx_args=Script().httpx_args)) as timeline:
        queue = timeline.queue(flush_interval=0.01, on_outcome=reported.put)
        for number in numbered(2):
            await done(queue.put(number))
            assert (await asyncio.to_thread(reported.get, timeout=30)).id == number.id
        await done(queue.close())


@both_queues
async def test_an_event_is_sent_as_it_is_when_it_is_put(client: Any) -> None:
    """A later change of the object has no effect."""
    script, fields = Script(), {"eventTemplateId": "1", "id": "a", "tokens": {"n": "1"}, "email": "ada@example.com"}
    async with entered(client("t", httpx_args=script.httpx_args)) as timeline, entered(timeline.queue()) as queue:
        await done(queue.put(fields))
        fields["tokens"] = {"n": "2"}

    assert b'"n":"1"' in script.requests[0].content


@both_queues
async def test_events_that_do_not_fit_their_template_are_rejected(client: Any) -> None:
    """The queue validates by the given templates; only the threaded client fetches those of the app by itself."""
    template = {"id": "1", "tokens": [{"name": "n", "type": "number"}]}
    script, outcomes = Script(), list[Outcome]()
    async with entered(client("t", httpx_args=script.httpx_args)) as timeline:
        async with entered(timeline.queue(validate=[template], on_outcome=outcomes.append)) as queue:
            await done(queue.put(event(1, {"n": 1}, email="ada@example.com")))
            await done(queue.put(event(1, {"n": "many"}, email="ada@example.com")))
        expected = "await timeline.templates.list" if client is AsyncTimelineClient else "app_id"
        with pytest.raises(OptionError, match=expected):
            timeline.queue(validate="templates")

    assert types_by_position(outcomes) == {0: Created, 1: Rejected}
    assert len(script.requests) == 1


@both_queues
async def test_flush_waits_for_the_outcomes_of_what_was_put_before(client: Any) -> None:
    """It returns whether all have one within its time."""
    gate, outcomes = Gate(), list[Outcome]()
    script = Script(created, gate)
    async with (
        entered(client("t", httpx_args=httpx_args(client, script))) as timeline,
        entered(timeline.queue(flush_interval=3600, on_outcome=outcomes.append)) as queue,
    ):
        await done(queue.put(event(1, email="ada@example.com")))
        assert await done(queue.flush())
        assert len(outcomes) == 1
        await done(queue.put(event(1, email="ada@example.com")))
        assert not await done(queue.flush(timeout=0.01))
        gate.opened.set()
        assert await done(queue.flush(timeout=30))
        assert len(outcomes) == 2


@pytest.mark.parametrize("error", [KeyError, SystemExit, asyncio.CancelledError])
@both_queues
async def test_an_exception_of_a_callback_is_logged(
    client: Any, error: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    """Its traceback is in the log, and the next outcome is reported all the same, also if it is not an Exception."""
    outcomes: list[Outcome] = []

    def fail(outcome: Outcome) -> None:
        outcomes.append(outcome)
        raise error("of the application")

    async with (
        entered(client("t", httpx_args=Script().httpx_args)) as timeline,
        entered(timeline.queue(on_outcome=fail)) as queue,
    ):
        for number in numbered(3):
            await done(queue.put(number))

    assert types_by_position(outcomes) == dict.fromkeys(range(3), Created)
    assert [record.exc_info and record.exc_info[0] for record in caplog.records] == [error] * 3


@both_queues
async def test_invalid_events_count_against_the_error_limit(client: Any) -> None:
    """As they do in `send`."""
    script, outcomes = Script(), list[Outcome]()
    limit = ErrorLimit(count=1)
    async with (
        entered(client("t", httpx_args=script.httpx_args, error_limit=limit)) as timeline,
        entered(timeline.queue(flush_interval=3600, on_outcome=outcomes.append)) as queue,
    ):
        for each in (INVALID, INVALID, next(numbered(1))):
            await done(queue.put(each))

    assert types_by_position(outcomes) == {0: Rejected, 1: Rejected, 2: Unsent}
    assert script.requests == []


@both_queues
async def test_a_queue_logs_nothing_unless_something_is_wrong(client: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A valid event is sent without a message."""
    caplog.set_level(logging.DEBUG, "hubspot_timeline")
    async with entered(client("t", httpx_args=Script().httpx_args)) as timeline, entered(timeline.queue()) as queue:
        await done(queue.put(event(1, email="ada@example.com")))

    assert caplog.text == ""


def test_many_threads_may_put_at_once() -> None:
    """No event is lost or reported twice, with several batches in flight."""
    outcomes: list[Outcome] = []
    args, limits = Script().httpx_args, BatchLimits(max_events=7)
    with (
        TimelineClient("t", httpx_args=args, rate_limit=None, batch=limits) as timeline,
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

    assert types_by_position(outcomes) == dict.fromkeys(range(800), Created)
    assert len({outcome.id for outcome in outcomes}) == 800


@both_queues
async def test_a_delivery_that_fails_leaves_no_event_without_an_outcome(client: Any) -> None:
    """Its events are Unconfirmed with the cause, as those that its result leaves out; the next ones are sent."""
    outcomes: list[Outcome] = []
    results: Any = [SystemExit(1), TypeError("a defect"), DeliveryResult(())]

    def deliver(batch: Batch, _: object) -> DeliveryResult:
        result = results.pop(0) if results else DeliveryResult([Created(i.position, i.event, i.id, 1) for i in batch])
        if isinstance(result, BaseException):
            raise result
        return result

    async def deliver_async(batch: Batch, run: object) -> DeliveryResult:
        try:
            return deliver(batch, run)
        except SystemExit:  # asyncio would end the event loop
            raise asyncio.CancelledError from None

    queue_type: Any = AsyncTimelineQueue if client is AsyncTimelineClient else TimelineQueue
    queue = queue_type(
        deliver_async if client is AsyncTimelineClient else deliver,
        QueueOptions(flush_interval=0, on_outcome=outcomes.append),
        limits=SINGLE,
        error_count=ErrorCounter(ErrorLimit()),
        max_in_flight=1,
        preparation=Preparation(open_apis("v3", None, None).primary),
        on_closed=lambda _: None,
    )
    for number in numbered(4):
        await done(queue.put(number))
    assert await done(queue.close(30)) == []

    assert types_by_position(outcomes) == dict.fromkeys(range(3), Unconfirmed) | {3: Created}
    causes = [outcome.error.__cause__ for outcome in outcomes if isinstance(outcome, Unconfirmed)]
    assert [type(cause) for cause in causes[1:]] == [TypeError, type(None)]
    assert isinstance(causes[0], SystemExit | asyncio.CancelledError)


def test_cancelled_tasks_leave_no_event_without_an_outcome() -> None:
    """A program may cancel all tasks that there are; what was in flight is Unconfirmed, the rest is sent."""
    outcomes: list[Outcome] = []

    async def run() -> None:
        begun = asyncio.Event()

        async def answer(request: httpx.Request) -> httpx.Response:
            begun.set()
            if b"e0" in request.content:
                await asyncio.Event().wait()
            return created(request)

        args = {"transport": httpx.MockTransport(answer)}
        async with AsyncTimelineClient("t", httpx_args=args, max_in_flight=1, batch=SINGLE) as timeline:
            queue = timeline.queue(flush_interval=0, on_outcome=outcomes.append)
            for number in numbered(2):
                await queue.put(number)
            await begun.wait()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            assert await queue.close(30) == []

    asyncio.run(run())
    assert types_by_position(outcomes) == {0: Unconfirmed, 1: Created}


def test_coroutine_functions_are_refused_as_callbacks() -> None:
    """They would never be awaited."""

    async def callback(_: object) -> None: ...

    async def run() -> None:
        async with AsyncTimelineClient("t", httpx_args=Script().httpx_args) as timeline:
            with pytest.raises(OptionError, match="on_outcome is a coroutine function"):
                timeline.queue(on_outcome=callback)
            with pytest.raises(OptionError, match="on_progress is a coroutine function"):
                await timeline.send(numbered(1), on_progress=callback)

    asyncio.run(run())


@both_queues
async def test_failures_that_nothing_else_shows_are_logged(client: Any, caplog: pytest.LogCaptureFixture) -> None:
    """With `on_outcome` they are the application's own business."""
    for on_outcome in (None, list[Outcome]().append):
        caplog.clear()
        script = Script(status(400, {"message": "no such template"}))
        async with (
            entered(client("t", httpx_args=script.httpx_args)) as timeline,
            entered(timeline.queue(on_outcome=on_outcome)) as queue,
        ):
            await done(queue.put(INVALID))
            await done(queue.put(next(numbered(1))))
        texts = [record.message for record in caplog.records if record.levelname == "WARNING"]
        assert len(texts) == (0 if on_outcome else 2)
        for text, expected in zip(texts, ("id without-a-record: ", "id e0: "), strict=False):
            assert "Rejected event of a queue, " in text
            assert expected in text
