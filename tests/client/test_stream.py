"""Events are pulled only when a slot is free, memory stays flat, and whoever stops gets no more sent (G7)."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from hubspot_timeline import (
    AsyncTimelineClient,
    BatchLimits,
    OptionError,
    TimelineClient,
    TimelineEvent,
    event,
)
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import created


def test_no_more_is_pulled_than_requests_can_be_made_of() -> None:
    """With 2 in flight, the first event of a batch is pulled only when all but one before it are done."""
    done: list[int] = []
    behind: list[int] = []

    def counted(request: httpx.Request) -> httpx.Response:
        done.append(1)
        return created(request)

    def watched() -> Iterator[TimelineEvent]:
        for number, one in enumerate(numbered(500)):
            behind.append(number // 5 - len(done))
            yield one

    limits = BatchLimits(max_events=5)
    transport = {"transport": httpx.MockTransport(counted)}
    with TimelineClient("t", httpx_args=transport, max_in_flight=2, batch=limits) as timeline:
        assert len(list(timeline.stream(watched()))) == 500
    assert max(behind) <= 1


def test_no_more_is_pulled_by_coroutines_either() -> None:
    """The same with await; the service answers only after others had their turn."""
    done: list[int] = []
    behind: list[int] = []

    async def counted(request: httpx.Request) -> httpx.Response:
        for _ in range(20):
            await asyncio.sleep(0)
        done.append(1)
        return created(request)

    async def watched() -> AsyncIterator[TimelineEvent]:
        for number, one in enumerate(numbered(500)):
            behind.append(number // 5 - len(done))
            yield one

    async def run() -> int:
        options = {"transport": httpx.MockTransport(counted)}
        limits = BatchLimits(max_events=5)
        async with AsyncTimelineClient("t", httpx_args=options, max_in_flight=2, batch=limits) as timeline:
            return len([outcome async for outcome in timeline.stream(watched())])

    assert asyncio.run(run()) == 500
    assert max(behind) <= 1


def test_an_iterator_that_has_ended_is_not_asked_again() -> None:
    """One that reads from a terminal would wait for another end."""

    class Once:
        """Ends once, and would then begin anew."""

        def __init__(self) -> None:
            self.ends = 0

        def __iter__(self) -> Iterator[TimelineEvent]:
            return self

        def __next__(self) -> TimelineEvent:
            self.ends += 1
            if self.ends != 4:
                return event(1, email="a@example.com")
            raise StopIteration

    once = Once()
    with TimelineClient("t", httpx_args={"transport": httpx.MockTransport(created)}) as timeline:
        assert timeline.send(once).created == 3
    assert once.ends == 4


def test_memory_stays_flat() -> None:
    """36,000 events more need less than a megabyte more, which is what the collector of cycles may lag behind by."""

    def peak(count: int) -> int:
        transport = {"transport": httpx.MockTransport(created)}
        with TimelineClient("t", httpx_args=transport, rate_limit=None) as timeline:
            tracemalloc.start()
            for _ in timeline.stream(numbered(count)):
                pass
            found = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return found

    peak(500)
    assert peak(40_000) < peak(4_000) + 1_000_000


@pytest.mark.parametrize("options", [{"max_in_flight": 0}, {"timeout": 0}, {"timeout": float("nan")}])
def test_options_that_cannot_be_meant_are_refused_at_once(options: dict[str, float]) -> None:
    """The error names the option."""
    with pytest.raises(OptionError, match=next(iter(options))):
        TimelineClient("t", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rate_limit": None, "rate_limit_store": "sqlite:rate.db"}, "rate_limit_store is set, but rate_limit is None"),
        ({"httpx_args": {"verfiy": True}}, "httpx cannot be set up .*verfiy"),
        ({"base_url": "https://api.example.com\n"}, "base_url is not a URL"),
    ],
)
def test_options_that_contradict_each_other_or_nobody_knows_are_refused_at_once(
    options: dict[str, Any], words: str
) -> None:
    """The error says what is wrong, also where httpx finds it."""
    with pytest.raises(OptionError, match=words):
        TimelineClient("t", **options)


def test_only_coroutines_take_an_asynchronous_iterable() -> None:
    """Nobody could wait for its events in a thread."""

    async def source() -> AsyncIterator[TimelineEvent]:
        yield event(1, email="a@example.com")

    with (
        TimelineClient("t", httpx_args={"transport": httpx.MockTransport(created)}) as timeline,
        pytest.raises(OptionError, match="only AsyncTimelineClient can iterate"),
    ):
        timeline.send(source())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "options", [{"rate_limit": 5}, {"batch": 50}, {"retry": 3}, {"error_limit": 3}, {"timeout": "3"}]
)
def test_options_of_another_kind_are_refused_at_once(options: dict[str, object]) -> None:
    """Not when the first trouble comes."""
    with pytest.raises(OptionError, match=next(iter(options))):
        TimelineClient("t", **options)  # type: ignore[arg-type]
