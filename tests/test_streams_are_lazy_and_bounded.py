"""Events are pulled only when a slot is free, memory stays flat, and whoever stops gets no more sent (G7)."""

import tracemalloc
from collections.abc import Iterator

import httpx
import pytest

from hubspot_timeline import (
    BatchLimits,
    Created,
    OptionError,
    StoppedError,
    TimelineClient,
    TimelineEvent,
    Unsent,
    event,
)
from scripted_http import Script, created, status


def numbered(count: int, pulled: list[int] | None = None) -> Iterator[TimelineEvent]:
    for number in range(count):
        if pulled is not None:
            pulled.append(number)
        yield event(1, {"n": number}, email="ada@example.com", id=f"e{number}")


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
    with TimelineClient("t", httpx_args=transport, in_flight=2, limits=limits) as timeline:
        assert len(list(timeline.stream(watched()))) == 500
    assert max(behind) <= 1


def test_closing_the_stream_sends_nothing_more() -> None:
    """What was under way is finished; the rest of the iterable is not even read."""
    script, pulled = Script(), list[int]()
    with TimelineClient("t", httpx_args=script.httpx_args, in_flight=1, limits=BatchLimits(max_events=2)) as timeline:
        outcomes = timeline.stream(numbered(100, pulled))
        assert isinstance(next(outcomes), Created)
        outcomes.close()  # type: ignore[attr-defined] # a generator

    assert len(script.requests) == 1
    assert len(pulled) == 2


def test_leaving_the_client_on_an_exception_sends_nothing_more() -> None:
    """And the events that were taken come out as Unsent when the stream is read to its end."""
    script = Script()
    timeline = TimelineClient("t", httpx_args=script.httpx_args, in_flight=1, limits=BatchLimits(max_events=2))
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
    with TimelineClient("t", httpx_args=script.httpx_args, in_flight=1, limits=BatchLimits(max_events=2)) as timeline:
        report = timeline.send(numbered(10), on_outcome=lambda _: timeline.stop("enough"))

    assert (report.created, report.unsent, report.read) == (2, 8, 10)
    assert isinstance(report.failures[0].error, StoppedError)
    assert "enough" in str(report.failures[0].error)


def test_a_refused_token_stops_the_run_at_once() -> None:
    """One 401 and no request more; everything is Unsent and can be sent with another token."""
    script = Script(*[status(401, {"message": "expired"})] * 9)
    with TimelineClient("t", httpx_args=script.httpx_args, in_flight=1, limits=BatchLimits(max_events=2)) as timeline:
        report = timeline.send(numbered(10))

    assert (report.unsent, report.requests, len(script.requests)) == (10, 1, 1)


def test_an_iterable_that_fails_loses_nothing_that_was_taken() -> None:
    """What was taken is accounted for before the iterable's own error comes out."""

    def source() -> Iterator[TimelineEvent]:
        yield from numbered(3)
        raise KeyError("row 4")

    script, outcomes = Script(), list[object]()
    with (
        TimelineClient("t", httpx_args=script.httpx_args, limits=BatchLimits(max_events=2)) as timeline,
        pytest.raises(KeyError, match="row 4"),
    ):
        timeline.send(source(), on_outcome=outcomes.append)

    assert [type(outcome) for outcome in outcomes] == [Created, Created, Unsent]


def test_memory_stays_flat() -> None:
    """Ten times the events need no more memory than a tenth of them, give or take a batch."""

    def peak(count: int) -> int:
        transport = {"transport": httpx.MockTransport(created)}
        with TimelineClient("t", httpx_args=transport, rate=None) as timeline:
            tracemalloc.start()
            for _ in timeline.stream(numbered(count)):
                pass
            found = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return found

    peak(500)
    assert peak(40_000) < 1.5 * peak(4_000)


@pytest.mark.parametrize("options", [{"in_flight": 0}, {"timeout": 0}, {"timeout": float("nan")}])
def test_options_that_cannot_be_meant_are_refused_at_once(options: dict[str, float]) -> None:
    """The error names the option."""
    with pytest.raises(OptionError, match=next(iter(options))):
        TimelineClient("t", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("events", ["events.jsonl", {"id": "a"}, event(1, email="a@example.com"), 5, None])
def test_what_holds_no_events_is_refused_at_once(events: object) -> None:
    """A single event, a file's name or a mapping can be iterated over, and would be taken apart."""
    with TimelineClient("t", httpx_args=Script().httpx_args) as timeline, pytest.raises(OptionError, match="iterable"):
        timeline.send(events)  # type: ignore[arg-type]


def test_failures_are_raised_together_when_asked_for() -> None:
    """An ExceptionGroup with each error once, its events' positions as a note; nothing where all went well."""
    refused = status(400, {"message": "no"})
    with TimelineClient("t", httpx_args=Script(refused).httpx_args, limits=BatchLimits(max_events=1)) as timeline:
        report = timeline.send(numbered(3))
        timeline.send(numbered(3)).raise_for_failures()

    with pytest.raises(ExceptionGroup, match="1 of 3 events were not created") as caught:
        report.raise_for_failures()
    [error] = caught.value.exceptions
    assert error.__notes__ == ["Events at positions 0"]
