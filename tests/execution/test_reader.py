"""Reading events: each is prepared when it is read, whatever it is, and no more are read than requests are made of."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import httpx
import pytest

from hubspot_timeline import BatchLimits, Created, EventError, OptionError, Outcome, TimelineEvent, Unsent, event
from hubspot_timeline_api.models import EventTokens
from tests.helpers.both_clients import AsyncRunner, ClientRunner, SyncRunner
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, created


class Raising(Mapping[str, object]):
    """A mapping that raises when it is read."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getitem__(self, name: str) -> object:
        raise self.error

    def __iter__(self) -> Iterator[str]:
        raise self.error

    def __len__(self) -> int:
        return 1


class Interrupted(dict[str, object]):
    """A mapping whose first reading is ended from outside, as by Ctrl-C."""

    def __init__(self, interrupt: type[BaseException]) -> None:
        super().__init__(VALID)
        self.interrupts = [interrupt]

    def __contains__(self, name: object) -> bool:
        if self.interrupts:
            raise self.interrupts.pop()
        return super().__contains__(name)


class UnprintableError(Exception):
    """An error without a text."""

    def __str__(self) -> str:
        raise RuntimeError


def with_tokens(tokens: object) -> TimelineEvent:
    model = EventTokens()
    model.additional_properties = tokens  # type: ignore[assignment]
    return TimelineEvent("1", "a", model, email="a@example.com")


VALID = {"eventTemplateId": "1", "tokens": {}, "email": "a"}


@pytest.mark.parametrize(
    ("invalid", "message"),
    [
        (Raising(RuntimeError("not today")), "cannot be read (RuntimeError: not today)"),
        (Raising(UnprintableError()), "cannot be read (UnprintableError)"),
        (VALID | {"tokens": {"n": 10**5000}}, ""),
        (VALID | {"timestamp": 10**5000}, ""),
        (VALID | {"extraData": {"n": 10**5000}}, ""),
        (VALID | {"timestamp": "9999-12-31T23:59:59-00:00:30"}, ""),
        (TimelineEvent("1", None, EventTokens()), ""),  # type: ignore[arg-type]
        (with_tokens(None), ""),
        (with_tokens([1]), ""),
        (5, ""),
        (None, ""),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_event_that_cannot_be_read_is_rejected_and_the_others_are_created(
    client: ClientRunner, invalid: object, message: str
) -> None:
    """Whatever it raises; the error has the text of the cause (G3)."""
    first, last = numbered(2)

    report = client.run(Script(), lambda timeline: timeline.send([first, invalid, last]))

    assert (report.created, report.rejected) == (2, 1)
    assert isinstance(report.failures[0].error, EventError)
    assert message in str(report.failures[0].error)


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_while_an_event_is_prepared_ends_the_run_and_rejects_nothing(
    client: ClientRunner, interrupt: type[BaseException]
) -> None:
    """The event is not invalid. What was read before it is created, and nothing more is sent."""
    script, outcomes = Script(), list[Outcome]()
    events = [*numbered(2), Interrupted(interrupt)]

    def send(timeline: Any) -> Any:
        return timeline.send(events, on_outcome=outcomes.append)

    with pytest.raises(interrupt):
        client.run(script, send, batch=BatchLimits(max_events=1), max_in_flight=1)

    assert {type(outcome) for outcome in outcomes} <= {Created}
    assert len(script.requests) == 2


@pytest.mark.parametrize("events", ["events.jsonl", {"id": "a"}, event(1, email="a@example.com"), 5, None])
def test_an_object_that_is_not_an_iterable_of_events_is_an_error(client: ClientRunner, events: object) -> None:
    """A single event, a file name and a mapping can be iterated, and would be taken apart."""
    with pytest.raises(OptionError, match="iterable"):
        client.run(Script(), lambda timeline: timeline.send(events))


def test_the_synchronous_client_does_not_take_asynchronous_iterables() -> None:
    """It cannot await their events."""

    async def generator() -> AsyncIterator[TimelineEvent]:
        yield event(1, email="a@example.com")

    with pytest.raises(OptionError, match="only AsyncTimelineClient can iterate"):
        SyncRunner().run(Script(), lambda timeline: timeline.send(generator()))


@pytest.mark.parametrize("is_async", [False, True])
def test_no_more_events_are_read_than_requests_can_be_sent(is_async: bool) -> None:
    """With two in flight, the first event of a batch is read only when all batches but one are finished (G7)."""
    finished: list[int] = []
    unfinished: list[int] = []

    def respond(request: httpx.Request) -> httpx.Response:
        finished.append(1)
        return created(request)

    async def respond_late(request: httpx.Request) -> httpx.Response:
        for _ in range(20):
            await asyncio.sleep(0)  # all other tasks have their turn
        return respond(request)

    def source() -> Iterator[TimelineEvent]:
        for number, each in enumerate(numbered(500)):
            unfinished.append(number // 5 - len(finished))
            yield each

    async def async_source() -> AsyncIterator[TimelineEvent]:
        for each in source():
            yield each

    options: dict[str, Any] = {"max_in_flight": 2, "batch": BatchLimits(max_events=5)}
    if is_async:
        args = {"transport": httpx.MockTransport(respond_late)}
        outcomes = AsyncRunner().run(respond, lambda t: t.stream(async_source()), httpx_args=args, **options)
    else:
        outcomes = SyncRunner().run(respond, lambda t: t.stream(source()), **options)

    assert len(outcomes) == 500
    assert max(unfinished) <= 1


class EndsOnce:
    """An iterator that ends after three events, and would then begin again, as one of a terminal does."""

    def __init__(self) -> None:
        self.calls = 0

    def __iter__(self) -> Iterator[TimelineEvent]:
        return self

    def __next__(self) -> TimelineEvent:
        self.calls += 1
        if self.calls == 4:
            raise StopIteration
        return event(1, email="a@example.com")


def test_an_iterator_is_not_read_after_its_end(client: ClientRunner) -> None:
    """One that reads from a terminal would wait for another end."""
    events = EndsOnce()

    assert client.run(Script(), lambda timeline: timeline.send(events)).created == 3
    assert events.calls == 4


@pytest.mark.usefixtures("frequent_collection")
@pytest.mark.parametrize("runner", [SyncRunner(), AsyncRunner()], ids=["sync", "async"])
def test_memory_does_not_grow_with_the_number_of_events(runner: ClientRunner) -> None:
    """Sixteen thousand more events need 28 bytes each at most, by which garbage collection may lag behind (G7)."""

    def peak(count: int) -> int:
        def consume(timeline: Any) -> Any:
            return timeline.send(numbered(count))

        tracemalloc.start()
        try:
            assert runner.run(created, consume, rate_limit=None).created == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(500)
    assert peak(20_000) < peak(4_000) + 16_000 * 28


class FalsyError(Exception):
    """An error that is false."""

    def __bool__(self) -> bool:
        return False


def failing(count: int) -> Iterator[TimelineEvent]:
    yield from numbered(count)
    raise FalsyError


async def failing_async(count: int) -> AsyncIterator[TimelineEvent]:
    for each in numbered(count):
        yield each
    raise FalsyError


@pytest.mark.parametrize("count", [0, 3])
@pytest.mark.parametrize(
    ("runner", "source"),
    [(SyncRunner(), failing), (AsyncRunner(), failing), (AsyncRunner(), failing_async)],
    ids=["sync", "async", "async iterable"],
)
def test_an_error_of_the_iterable_is_raised_after_all_outcomes(
    runner: ClientRunner, source: Callable[[int], Any], count: int
) -> None:
    """Events that no request began for are Unsent (G1)."""
    script, outcomes = Script(), list[Outcome]()
    limits = BatchLimits(max_events=2)

    with pytest.raises(FalsyError):
        runner.run(script, lambda t: t.send(source(count), on_outcome=outcomes.append), batch=limits)

    assert sorted(outcome.position for outcome in outcomes) == list(range(count))
    assert {type(outcome) for outcome in outcomes} <= {Created, Unsent}
    assert sum(isinstance(outcome, Created) for outcome in outcomes) == 2 * len(script.requests)
    assert len(script.requests) == count // 2 or isinstance(runner, AsyncRunner)
