"""The end of a queue: it sends what waits or leaves it unsent, and every event has one outcome (G1)."""

from threading import Thread
from typing import Any

import pytest

from hubspot_timeline import (
    BatchLimits,
    Created,
    ErrorLimit,
    Outcome,
    StoppedError,
    TimelineClient,
    Unconfirmed,
    Unsent,
    event,
)
from tests.helpers.both_queues import (
    INVALID,
    Gate,
    both_queues,
    done,
    entered,
    httpx_args,
    is_set,
    types_by_position,
)
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, status

SINGLE = BatchLimits(max_events=1)


@both_queues
async def test_close_returns_what_is_left_after_its_time(client: Any) -> None:
    """What is in flight is Unconfirmed, what waits Unsent, each reported once: the late response changes nothing."""
    gate, outcomes = Gate(), list[Outcome]()
    args = httpx_args(client, gate)
    async with entered(client("t", httpx_args=args, max_in_flight=1, batch=SINGLE)) as timeline:
        queue = timeline.queue(on_outcome=outcomes.append)
        for number in numbered(3):
            await done(queue.put(number))
        assert await is_set(gate.begun)
        left = await done(queue.close(timeout=0.01))
        gate.opened.set()

    assert types_by_position(left) == {0: Unconfirmed, 1: Unsent, 2: Unsent}
    assert types_by_position(outcomes) == types_by_position(left)
    assert (queue.report.unconfirmed, queue.report.unsent, queue.pending) == (1, 2, 0)
    assert await done(queue.close()) == []


@both_queues
async def test_leaving_on_an_exception_sends_nothing_more(client: Any, caplog: pytest.LogCaptureFixture) -> None:
    """What waits is Unsent with the exception as its reason, and logged as a warning; the queue is closed."""
    script, outcomes = Script(), list[Outcome]()
    async with entered(client("t", httpx_args=script.httpx_args)) as timeline:
        queue = timeline.queue(flush_interval=3600, on_outcome=outcomes.append)
        with pytest.raises(KeyError):
            async with entered(queue):
                await done(queue.put(event(1, email="ada@example.com")))
                assert queue.pending == 1
                raise KeyError("of the application")
        for late in (INVALID, event(1, email="ada@example.com")):
            with pytest.raises(StoppedError, match="the queue is closed"):
                await done(queue.put(late))

    assert types_by_position(outcomes) == {0: Unsent}
    assert script.requests == []
    assert "of the application" in str(queue.stopped)
    assert "1 event of a queue will not be sent: " in caplog.text


@pytest.mark.parametrize(
    ("responses", "options", "reason"),
    [
        ([status(403, {"message": "no scope"})], {}, "no scope"),
        ([status(400, {"message": "no"})] * 2, {"error_limit": ErrorLimit(count=1)}, "more than error_limit allows"),
    ],
)
@both_queues
async def test_a_client_that_had_to_stop_leaves_the_rest_unsent(
    client: Any, responses: Any, options: Any, reason: str
) -> None:
    """What is put later is Unsent too, so that the application goes on; `stopped` holds the reason."""
    script, outcomes = Script(*responses), list[Outcome]()
    async with (
        entered(client("t", httpx_args=script.httpx_args, max_in_flight=1, batch=SINGLE, **options)) as timeline,
        entered(timeline.queue(flush_interval=3600, on_outcome=outcomes.append)) as queue,
    ):
        for number in numbered(4):
            await done(queue.put(number))
        await done(queue.flush())
        await done(queue.put(event(1, email="ada@example.com")))

    assert len(script.requests) == len(responses)
    assert len(outcomes) == 5
    assert types_by_position(outcomes)[4] is Unsent
    assert reason in str(queue.stopped)


@pytest.mark.parametrize("end", ["close", "stop"])
@both_queues
async def test_the_queues_of_a_client_end_with_it(client: Any, end: str) -> None:
    """What waits is Unsent; a new queue of a closed client sends nothing either."""
    outcomes: list[Outcome] = []
    timeline = client("t", httpx_args=Script().httpx_args)
    queue = timeline.queue(flush_interval=3600, on_outcome=outcomes.append)
    await done(queue.put(event(1, email="ada@example.com")))
    await done(getattr(timeline, end)())
    await done(queue.close())
    await done(timeline.close())
    async with entered(timeline.queue(on_outcome=outcomes.append)) as late:
        await done(late.put(event(1, email="ada@example.com")))

    assert [type(outcome) for outcome in outcomes] == [Unsent, Unsent]


def test_closing_ends_a_put_that_waits_for_room() -> None:
    """The put raises StoppedError."""
    gate, errors = Gate(), list[str]()
    with TimelineClient("t", httpx_args=httpx_args(TimelineClient, gate), batch=SINGLE) as timeline:
        queue = timeline.queue(max_size=1)
        queue.put(event(1, email="ada@example.com"))

        def put() -> None:
            try:
                queue.put(event(1, email="ada@example.com"))
            except StoppedError as error:
                errors.append(str(error))

        blocked = Thread(target=put)
        blocked.start()
        assert gate.begun.wait(30)
        queue.close(timeout=0)
        blocked.join()
        gate.opened.set()

    assert errors == ["the queue is closed"]


def test_closing_from_a_callback_does_not_wait_for_itself() -> None:
    """The queue ends in order."""
    outcomes: list[Outcome] = []
    with TimelineClient("t", httpx_args=Script().httpx_args, max_in_flight=1) as timeline:

        def close(outcome: Outcome) -> None:
            outcomes.append(outcome)
            queue.close()

        queue = timeline.queue(flush_interval=0, on_outcome=close)
        queue.put(event(1, email="ada@example.com"))
        queue.drain()

    assert types_by_position(outcomes) == {0: Created}
