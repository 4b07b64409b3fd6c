"""A queue holds no more than its bound, whatever comes, and has as much under way as its client allows (G7)."""

import asyncio
from threading import Barrier, Event
from typing import Any

import httpx
import pytest

from hubspot_timeline import (
    AsyncTimelineClient,
    BatchLimits,
    Outcome,
    QueueFullError,
    TimelineClient,
    event,
)
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, created, gated


@pytest.mark.parametrize("bound", [{"max_size": 2}, {"max_bytes": 170}])
def test_a_full_queue_blocks_raises_or_drops(bound: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    """At its bound exactly, counting what waits and what is under way; there is room again once one has ended."""
    gate, begun = Event(), Event()
    args = {"transport": httpx.MockTransport(gated(gate.wait, begun=begun))}
    events = list(numbered(3))
    dropped: list[Any] = []

    def drop(one: object) -> None:
        dropped.append(one)
        raise KeyError("of the application")

    with TimelineClient("t", httpx_args=args, batch=BatchLimits(max_events=1), max_in_flight=1) as timeline:
        queues = [
            timeline.queue(on_full="block", **bound),
            timeline.queue(on_full="raise", **bound),
            timeline.queue(on_full="drop", on_drop=drop, **bound),
        ]
        for queue in queues:
            queue.put(events[0])
            queue.put(events[1])
        with pytest.raises(QueueFullError, match=r"2 unfinished events of \d+ bytes"):
            queues[0].put(events[2], timeout=0.01)
        with pytest.raises(QueueFullError):
            queues[1].put(events[2])
        queues[2].put(events[2])
        assert dropped == [events[2]]
        assert "of the application" in caplog.text
        gate.set()
        queues[0].put(events[2])
        for queue in queues:
            queue.close()

    assert [queue.report.created for queue in queues] == [3, 2, 2]


def test_a_full_queue_blocks_raises_or_drops_with_coroutines() -> None:
    """The same with await."""
    dropped: list[Any] = []
    events = list(numbered(3))

    async def run() -> list[int]:
        gate = asyncio.Event()

        async def answer(request: httpx.Request) -> httpx.Response:
            await gate.wait()
            return created(request)

        args, one = {"transport": httpx.MockTransport(answer)}, BatchLimits(max_events=1)
        async with AsyncTimelineClient("t", httpx_args=args, batch=one, max_in_flight=1) as timeline:
            queues = [
                timeline.queue(on_full="block", max_size=2),
                timeline.queue(on_full="raise", max_size=2),
                timeline.queue(on_full="drop", on_drop=dropped.append, max_size=2),
            ]
            for queue in queues:
                await queue.put(events[0])
                await queue.put(events[1])
            for queue, timeout in zip(queues[:2], (0.01, None), strict=True):
                with pytest.raises(QueueFullError):
                    await queue.put(events[2], timeout=timeout)
            await queues[2].put(events[2])
            blocked = asyncio.ensure_future(queues[0].put(events[2]))
            gate.set()
            await blocked
            for queue in queues:
                await queue.close()
            return [queue.report.created for queue in queues]

    assert asyncio.run(run()) == [3, 2, 2]
    assert dropped == [events[2]]


def test_as_many_batches_are_under_way_as_the_client_allows() -> None:
    """Three requests wait for each other, and none of them for the next event; with coroutines too.

    One worker is idle when they are put: it must not be the only one that takes them.
    """
    together, one = Barrier(3), BatchLimits(max_events=1)

    def answer(request: httpx.Request) -> httpx.Response:
        if b"first" not in request.content:
            together.wait(30)
        return created(request)

    args = {"transport": httpx.MockTransport(answer)}
    with TimelineClient("t", httpx_args=args, batch=one, max_in_flight=3) as timeline, timeline.queue() as queue:
        queue.put(event(1, email="ada@example.com", id="first"))
        assert queue.flush(30)
        for number in numbered(3):
            queue.put(number)
        assert queue.flush(30)
        assert queue.report.created == 4

    async def run() -> int:
        gate = asyncio.Barrier(3)

        async def answer(request: httpx.Request) -> httpx.Response:
            if b"first" not in request.content:
                await asyncio.wait_for(gate.wait(), 30)
            return created(request)

        args = {"transport": httpx.MockTransport(answer)}
        async with (
            AsyncTimelineClient("t", httpx_args=args, batch=one, max_in_flight=3) as timeline,
            timeline.queue() as queue,
        ):
            await queue.put(event(1, email="ada@example.com", id="first"))
            assert await queue.flush(30)
            for number in numbered(3):
                await queue.put(number)
            assert await queue.flush(30)
            return queue.report.created

    assert asyncio.run(run()) == 4


def test_a_callback_may_flush_and_put_without_waiting_for_itself() -> None:
    """A flush returns at once, a put where there is no room raises."""
    seen: list[object] = []

    def listen(_: Outcome) -> None:
        if not seen:
            seen.append(queue.flush())
            with pytest.raises(QueueFullError):
                queue.put(event(1, email="ada@example.com"))

    with TimelineClient("t", httpx_args=Script().httpx_args) as timeline:
        queue = timeline.queue(max_size=1, on_outcome=listen)
        queue.put(event(1, email="ada@example.com"))
        assert queue.flush(30)
        queue.close()
    assert seen == [False]


@pytest.mark.parametrize("bound", [{"max_size": 2}, {"max_bytes": 170}])
def test_a_bound_below_a_batch_does_not_wait_for_age(bound: dict[str, Any]) -> None:
    """A full queue sends what it has, though its batch is not full; with coroutines too."""
    with (
        TimelineClient("t", httpx_args=Script().httpx_args) as timeline,
        timeline.queue(flush_interval=1_000_000, **bound) as queue,
    ):
        for number in numbered(5):
            queue.put(number, timeout=30)

    async def run() -> int:
        async with (
            AsyncTimelineClient("t", httpx_args=Script().httpx_args) as timeline,
            timeline.queue(flush_interval=1_000_000, **bound) as queue,
        ):
            for number in numbered(5):
                await queue.put(number, timeout=30)
        return queue.report.created

    assert (queue.report.created, asyncio.run(run())) == (5, 5)
