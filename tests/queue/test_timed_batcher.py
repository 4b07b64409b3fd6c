"""The timed batcher cuts a batch when it is full, or when its oldest event has waited long enough, and never later."""

import inspect
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline import AsyncTimelineClient, BatchLimits, OptionError, TimelineClient
from hubspot_timeline.delivery.batches import Item
from hubspot_timeline.delivery.outcomes import Created
from hubspot_timeline.queue import AsyncTimelineQueue, QueueOptions, TimelineQueue
from hubspot_timeline.queue.timed_batcher import TimedBatcher
from tests.helpers.fake_time import FakeTime


def timed_batcher(time: FakeTime, *, events: int = 100, size: int = 1_000_000, **options: Any) -> TimedBatcher:
    return TimedBatcher(BatchLimits(max_events=events, max_bytes=size), QueueOptions(**options), time.clock)


def put(batcher: TimedBatcher, names: str, size: int = 10) -> None:
    for name in names:
        batcher.put(Item(0, name, name, b"x" * size))


def take(batcher: TimedBatcher) -> str:
    return "".join(item.id for item in batcher.take())


@pytest.mark.parametrize("limit", [{"events": 3}, {"size": 30}])
def test_a_full_batch_is_due_at_once(limit: dict[str, int]) -> None:
    """By its number of events or bytes; what comes after it waits for a batch of its own."""
    batcher = timed_batcher(FakeTime(), **limit)
    put(batcher, "ab")
    assert batcher.due_in() == 1.0
    put(batcher, "cd")

    assert batcher.due_in() == 0
    first = take(batcher)
    assert first + take(batcher) == "abcd"
    assert len(first) <= 3
    put(batcher, "e")
    assert batcher.due_in() == 1.0


def test_the_age_of_the_oldest_event_counts() -> None:
    """It begins with its own put, whatever comes after it."""
    time = FakeTime()
    batcher = timed_batcher(time, flush_interval=5.0)
    assert batcher.due_in() == inf
    put(batcher, "a")
    time.now = 4
    put(batcher, "b")

    assert batcher.due_in() == 1
    time.now = 7
    assert batcher.due_in() == 0
    assert take(batcher) == "ab"


def test_flush_makes_due_what_was_put_before_it() -> None:
    """What comes later is not due, unless `at_once` is set."""
    batcher = timed_batcher(FakeTime(), events=1_000)
    put(batcher, "a")
    batcher.flush()
    assert batcher.due_in() == 0
    assert take(batcher) == "a"
    put(batcher, "b")
    assert batcher.due_in() == 1
    assert batcher.due_in(at_once=True) == 0


def test_earlier_events_are_finished_when_only_later_ones_are_left() -> None:
    """The position that flush() returns is that of the next event."""
    batcher = timed_batcher(FakeTime())
    put(batcher, "a")
    before = batcher.flush()
    put(batcher, "b")
    assert not batcher.is_finished(before)
    batcher.take()
    batcher.finish(batcher.claim([Created(0, None, "a", 1)]))

    assert batcher.is_finished(before)
    assert len(batcher) == 1


def test_an_event_beyond_the_limit_by_itself_goes_alone() -> None:
    """Otherwise it could never be sent."""
    batcher = timed_batcher(FakeTime(), max_bytes=100, on_full="drop")
    put(batcher, "a", 500)
    put(batcher, "b", 1)

    assert take(batcher) == "a"
    assert len(batcher) == 1


def test_two_events_of_one_id_are_never_in_one_batch() -> None:
    """The response could not tell them apart."""
    batcher = timed_batcher(FakeTime())
    put(batcher, "aba")

    assert [take(batcher), take(batcher)] == ["ab", "a"]


def test_abandoned_events_are_reported_once() -> None:
    """A late response finds nothing to claim."""
    batcher = timed_batcher(FakeTime())
    put(batcher, "ab")
    batch = batcher.take()

    assert len(batcher.abandon()) == 2
    assert batcher.claim([Created(item.position, None, item.id, 1) for item in batch]) == []


@given(
    steps=st.lists(st.one_of(st.tuples(st.just("put"), st.integers(1, 60)), st.tuples(st.just("take"), st.just(0)))),
    events=st.integers(1, 4),
    size=st.integers(1, 100),
    max_size=st.integers(1, 6),
)
def test_counts_and_limits_hold_in_any_order_of_events(
    steps: list[tuple[str, int]], events: int, size: int, max_size: int
) -> None:
    """Every event is in one batch, in order; no batch and no queue exceeds its limits."""
    batcher = timed_batcher(FakeTime(), events=events, size=size, max_size=max_size, max_bytes=150, on_full="drop")
    accepted, taken, unfinished = list[int](), list[int](), dict[int, int]()
    for number, (step, weight) in enumerate(steps):
        if step == "put":
            has_room = not unfinished or (len(unfinished) < max_size and sum(unfinished.values()) + weight <= 150)
            assert batcher.put(Item(0, None, f"e{number}", b"x" * weight)) == has_room
            if has_room:
                unfinished[len(accepted)] = weight
                accepted.append(weight)
        elif batcher.due_in(at_once=True) == 0:
            batch = batcher.take()
            assert len(batch) <= events
            assert len(batch) == 1 or sum(len(item.body) for item in batch) <= size
            taken += [item.position for item in batch]
            claimed = batcher.claim([Created(item.position, None, item.id, 1) for item in batch])
            assert not batcher.is_finished(batch[-1].position + 1)
            batcher.finish(claimed)
            for item in batch:
                del unfinished[item.position]
        assert len(batcher) == len(unfinished)
    assert taken == list(range(len(taken)))
    assert [outcome.position for outcome in batcher.abandon()] == list(range(len(taken), len(accepted)))


@pytest.mark.parametrize(
    "options",
    [
        {"flush_interval": -1}, {"flush_interval": inf}, {"max_size": 0}, {"max_bytes": 1.5}, {"on_full": "wait"},
        {"exit_timeout": -1}, {"on_drop": print},
    ],
)  # fmt: skip
def test_an_option_that_is_not_allowed_is_refused_at_once(options: dict[str, Any]) -> None:
    """The error names the option."""
    with TimelineClient("t") as timeline, pytest.raises(OptionError, match=next(iter(options))):
        timeline.queue(**options)


def test_both_kinds_of_queue_have_the_same_signatures() -> None:
    """Names, defaults and kinds of all parameters agree, and those of `queue` with QueueOptions."""

    def parameters(function: Any) -> list[tuple[str, Any, Any]]:
        return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]

    for name in ("put", "flush", "close", "drain", "abort"):
        assert parameters(getattr(TimelineQueue, name)) == parameters(getattr(AsyncTimelineQueue, name))
    for name in ("queue", "send", "stream", "close", "stop"):
        assert parameters(getattr(TimelineClient, name)) == parameters(getattr(AsyncTimelineClient, name))
    own, make, *options, validate = parameters(TimelineClient.queue)
    names = own[0], make[0], validate[0]
    assert (names, options) == (("self", "make", "validate"), parameters(QueueOptions))
