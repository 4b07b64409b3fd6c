"""A queue never holds more than its limit, and has as much in flight as its client allows (G7)."""

import asyncio
from threading import Barrier
from typing import Any

import httpx
import pytest

from hubspot_timeline import BatchLimits, Outcome, QueueFullError, TimelineClient, event
from tests.helpers.both_queues import Gate, both_queues, done, entered, httpx_args
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, created

LIMITS = pytest.mark.parametrize("limit", [{"max_size": 2}, {"max_bytes": 170}], ids=["events", "bytes"])


@LIMITS
@both_queues
async def test_a_full_queue_blocks_raises_or_drops(
    client: Any, limit: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """The limit counts what waits and what is in flight; there is room again once one has its outcome."""
    gate, events, dropped = Gate(), list(numbered(3)), list[Any]()

    def drop(event: object) -> None:
        dropped.append(event)
        raise KeyError("of the application")

    options: dict[str, Any] = {"batch": BatchLimits(max_events=1), "max_in_flight": 1}
    async with entered(client("t", httpx_args=httpx_args(client, gate), **options)) as timeline:
        blocking, raising, dropping = queues = [
            timeline.queue(on_full="block", **limit),
            timeline.queue(on_full="raise", **limit),
            timeline.queue(on_full="drop", on_drop=drop, **limit),
        ]
        for queue in queues:
            await done(queue.put(events[0]))
            await done(queue.put(events[1]))
        with pytest.raises(QueueFullError, match=r"2 unfinished events of \d+ bytes"):
            await done(blocking.put(events[2], timeout=0.01))
        with pytest.raises(QueueFullError):
            await done(raising.put(events[2]))
        await done(dropping.put(events[2]))
        assert dropped == [events[2]]
        assert "of the application" in caplog.text
        asyncio.get_running_loop().run_in_executor(None, gate.opened.set)
        await done(blocking.put(events[2]))
        for queue in queues:
            await done(queue.close())

    assert [queue.report.created for queue in queues] == [3, 2, 2]


@both_queues
async def test_as_many_batches_are_in_flight_as_the_client_allows(client: Any) -> None:
    """Three requests wait for each other; the worker that is idle when their events are put does not take them all."""
    together = Barrier(3)

    def answer(request: httpx.Request) -> httpx.Response:
        if b"first" not in request.content:
            together.wait(30)
        return created(request)

    options: dict[str, Any] = {"batch": BatchLimits(max_events=1), "max_in_flight": 3}
    async with (
        entered(client("t", httpx_args=httpx_args(client, answer), **options)) as timeline,
        entered(timeline.queue()) as queue,
    ):
        await done(queue.put(event(1, email="ada@example.com", id="first")))
        assert await done(queue.flush(30))
        for number in numbered(3):
            await done(queue.put(number))
        assert await done(queue.flush(30))
        assert queue.report.created == 4


def test_a_callback_may_flush_and_put_without_waiting_for_itself() -> None:
    """A flush returns at once, and a put without room raises."""
    results: list[object] = []

    def callback(_: Outcome) -> None:
        if not results:
            results.append(queue.flush())
            with pytest.raises(QueueFullError):
                queue.put(event(1, email="ada@example.com"))

    with TimelineClient("t", httpx_args=Script().httpx_args) as timeline:
        queue = timeline.queue(max_size=1, on_outcome=callback)
        queue.put(event(1, email="ada@example.com"))
        assert queue.flush(30)
        queue.close()
    assert results == [False]


@LIMITS
@both_queues
async def test_a_full_queue_does_not_wait_for_the_flush_interval(client: Any, limit: dict[str, Any]) -> None:
    """A limit below the size of a batch sends what there is."""
    async with (
        entered(client("t", httpx_args=Script().httpx_args)) as timeline,
        entered(timeline.queue(flush_interval=1_000_000, **limit)) as queue,
    ):
        for number in numbered(5):
            await done(queue.put(number, timeout=30))

    assert queue.report.created == 5
