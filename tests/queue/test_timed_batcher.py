"""A queue sends a batch when it is full, or when its oldest event has waited long enough, and never later."""

import inspect
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline import AsyncTimelineClient, AsyncTimelineQueue, BatchLimits, OptionError, TimelineClient
from hubspot_timeline import TimelineQueue as Threaded
from hubspot_timeline.delivery.batches import Item
from hubspot_timeline.delivery.outcomes import Created
from hubspot_timeline.queue.options import QueueOptions
from hubspot_timeline.queue.timed_batcher import TimedBatcher
from tests.helpers.fake_time import FakeTime


def item(name: str, size: int = 10) -> Item:
    return Item(0, name, name, b"x" * size)


def pending(time: FakeTime, *, events: int = 100, size: int = 1_000_000, **options: Any) -> TimedBatcher:
    return TimedBatcher(BatchLimits(max_events=events, max_bytes=size), QueueOptions(**options), time.clock)


def ids(queue: TimedBatcher) -> list[str]:
    return [one.id for one in queue.take()]


def test_a_full_batch_is_due_at_once() -> None:
    """By the number of its events."""
    queue = pending(FakeTime(), events=3)
    for name in ("a", "b"):
        queue.put(item(name))
    assert queue.due_in() == 1.0
    queue.put(item("c"))
    queue.put(item("d"))

    assert queue.due_in() == 0
    assert ids(queue) == ["a", "b", "c"]
    assert queue.due_in() == 1.0


def test_a_batch_is_due_at_once_by_its_bytes() -> None:
    """And holds no more of them than the limit."""
    queue = pending(FakeTime(), size=100)
    for name in ("a", "b", "c"):
        queue.put(item(name, 40))

    assert queue.due_in() == 0
    assert ids(queue) == ["a", "b"]
    assert ids(queue) == ["c"]


def test_the_age_of_the_oldest_event_counts() -> None:
    """From its own put, whatever came after it."""
    time = FakeTime()
    queue = pending(time, flush_interval=5.0)
    assert queue.due_in() == inf
    queue.put(item("a"))
    time.now = 4
    queue.put(item("b"))

    assert queue.due_in() == 1
    time.now = 7
    assert queue.due_in() == 0
    assert ids(queue) == ["a", "b"]


def test_hurry_makes_due_what_was_put_before_it() -> None:
    """And nothing that comes later; `at_once` makes all due."""
    queue = pending(FakeTime(), events=1_000)
    queue.put(item("a"))
    queue.flush()
    assert queue.due_in() == 0
    assert ids(queue) == ["a"]
    queue.put(item("b"))
    assert queue.due_in() == 1
    assert queue.due_in(at_once=True) == 0


def test_bytes_that_were_taken_no_longer_count() -> None:
    """What comes after a batch waits for a batch of its own."""
    queue = pending(FakeTime(), size=100)
    for name in ("a", "b", "c"):
        queue.put(item(name, 40))
    ids(queue)
    ids(queue)
    queue.put(item("d", 40))

    assert queue.due_in() == 1.0


def test_what_was_put_before_has_ended_when_only_later_events_are_left() -> None:
    """The position that hurry() returns is that of the next event."""
    queue = pending(FakeTime())
    queue.put(item("a"))
    before = queue.flush()
    queue.put(item("b"))
    assert not queue.is_finished(before)
    queue.take()
    queue.finish(queue.claim([Created(0, None, "a", 1)]))

    assert queue.is_finished(before)
    assert len(queue) == 1


def test_an_event_beyond_the_bound_by_itself_goes_alone() -> None:
    """Else it could never be sent."""
    queue = pending(FakeTime(), max_bytes=100, on_full="drop")

    assert queue.put(item("a", 500))
    assert not queue.put(item("b", 1))


def test_two_events_of_one_id_are_never_in_one_batch() -> None:
    """The answer could not tell them apart."""
    queue = pending(FakeTime())
    for name in ("a", "b", "a"):
        queue.put(item(name))

    assert [ids(queue), ids(queue)] == [["a", "b"], ["a"]]


@given(
    steps=st.lists(st.one_of(st.tuples(st.just("put"), st.integers(1, 60)), st.tuples(st.just("take"), st.just(0)))),
    events=st.integers(1, 4),
    size=st.integers(1, 100),
    max_size=st.integers(1, 6),
)
def test_counts_and_bounds_hold_in_any_order_of_events(
    steps: list[tuple[str, int]], events: int, size: int, max_size: int
) -> None:
    """Every event that was put is in one batch, in order; batches keep their limits, and the queue its bounds."""
    queue = pending(FakeTime(), events=events, size=size, max_size=max_size, max_bytes=150, on_full="drop")
    put, taken, open_bytes = list[int](), list[int](), dict[int, int]()
    for number, (step, weight) in enumerate(steps):
        if step == "put":
            has_room = not open_bytes or (len(open_bytes) < max_size and sum(open_bytes.values()) + weight <= 150)
            assert queue.put(item(f"e{number}", weight)) == has_room
            if has_room:
                open_bytes[len(put)] = weight
                put.append(weight)
        elif queue.due_in(at_once=True) == 0:
            batch = queue.take()
            assert len(batch) <= events
            assert len(batch) == 1 or sum(len(one.body) for one in batch) <= size
            taken += [one.position for one in batch]
            done = queue.claim([Created(one.position, None, one.id, 1) for one in batch])
            assert not queue.is_finished(batch[-1].position + 1)
            queue.finish(done)
            for one in batch:
                del open_bytes[one.position]
        assert len(queue) == len(open_bytes)
    assert taken == list(range(len(taken)))
    assert [outcome.position for outcome in queue.abandon()] == list(range(len(taken), len(put)))


def test_what_was_given_up_is_told_by_nobody_else() -> None:
    """Its late answer is claimed in vain."""
    queue = pending(FakeTime())
    queue.put(item("a"))
    queue.put(item("b"))
    batch = queue.take()
    left = queue.abandon()

    assert len(left) == 2
    assert queue.claim([Created(one.position, None, one.id, 1) for one in batch]) == []


@pytest.mark.parametrize(
    "options",
    [
        {"flush_interval": -1}, {"flush_interval": inf}, {"max_size": 0}, {"max_bytes": 1.5}, {"on_full": "wait"},
        {"exit_timeout": -1}, {"on_drop": print},
    ],
)  # fmt: skip
def test_options_that_cannot_be_meant_are_refused_at_once(options: dict[str, Any]) -> None:
    """The error names the option."""
    with TimelineClient("t") as timeline, pytest.raises(OptionError, match=next(iter(options))):
        timeline.queue(**options)


def test_both_kinds_of_queue_have_the_same_words() -> None:
    """Names, defaults and kinds of all parameters, and the options of QueueOptions."""

    def words(function: Any) -> list[tuple[str, Any, Any]]:
        return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]

    for name in ("put", "flush", "close", "drain", "halt"):
        assert words(getattr(Threaded, name)) == words(getattr(AsyncTimelineQueue, name))
    for name in ("queue", "send", "stream", "close", "stop"):
        assert words(getattr(TimelineClient, name)) == words(getattr(AsyncTimelineClient, name))
    assert words(TimelineClient.queue)[1:-1] == words(QueueOptions)
