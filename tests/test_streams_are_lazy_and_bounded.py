"""Events are pulled only when a slot is free, memory stays flat, and whoever stops gets no more sent (G7)."""

import copy
import pickle
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator

import httpx
import pytest

from hubspot_timeline import (
    BatchLimits,
    Created,
    ErrorLimit,
    EventError,
    OptionError,
    StoppedError,
    TimelineClient,
    TimelineEvent,
    Unsent,
    event,
)
from hubspot_timeline_api.models import EventTokens
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


@pytest.mark.parametrize(
    ("limit", "sent"),
    [
        (ErrorLimit(), 20),
        (ErrorLimit(count=6), 20),
        (ErrorLimit(count=5), 11),
        (ErrorLimit(rate=1.0, sample=1), 20),
        (ErrorLimit(rate=0.25, sample=1), 1),
        (ErrorLimit(rate=0.25, sample=10), 10),
    ],
)
def test_too_many_errors_leave_the_rest_unsent(limit: ErrorLimit, sent: int) -> None:
    """By count or by share, the latter from a sample on; of the first eleven events every second one is refused."""
    refused = status(400, {"message": "no"})
    script = Script(*[refused if number in (0, 2, 4, 6, 8, 10) else created for number in range(20)])
    one = BatchLimits(max_events=1)
    with TimelineClient("t", httpx_args=script.httpx_args, in_flight=1, limits=one, errors=limit) as timeline:
        report = timeline.send(numbered(20))

    assert len(script.requests) == sent
    assert report.unsent == 20 - sent
    assert not report.unsent or "events failed, more than were allowed" in str(report.failures[-1].error)


@pytest.mark.parametrize("options", [{"count": -1}, {"rate": 1.5}, {"rate": float("nan")}, {"sample": 0}])
def test_error_limits_that_cannot_be_meant_are_refused_at_once(options: dict[str, float]) -> None:
    """The error names the option."""
    with pytest.raises(OptionError, match=next(iter(options))):
        ErrorLimit(**options)  # type: ignore[arg-type]


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
    """36,000 events more need less than a megabyte more, which is what the collector of cycles may lag behind by."""

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
    assert peak(40_000) < peak(4_000) + 1_000_000


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


class FalsyError(Exception):
    """An error that is false."""

    def __bool__(self) -> bool:
        return False


def test_no_error_of_the_iterable_is_swallowed() -> None:
    """Not even one that is false."""

    def source() -> Iterator[TimelineEvent]:
        yield from numbered(1)
        raise FalsyError

    with TimelineClient("t", httpx_args=Script().httpx_args) as timeline, pytest.raises(FalsyError):
        timeline.send(source())


def test_whatever_a_transport_raises_no_event_is_lost() -> None:
    """An error that nobody foresaw leaves the events of its batch Unconfirmed, and the others go on."""

    def broken(_: httpx.Request) -> httpx.Response:
        raise OSError("cable")

    limits = BatchLimits(max_events=2)
    with TimelineClient("t", httpx_args=Script(broken).httpx_args, in_flight=1, limits=limits) as timeline:
        report = timeline.send(numbered(6))

    assert (report.created, report.unconfirmed) == (4, 2)
    assert "OSError: cable" in str(report.failures[0].error)


class Hostile(dict[str, object]):
    """A mapping that raises when it is looked at."""

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError("not today")


@pytest.mark.parametrize(
    "bad",
    [
        Hostile(),
        {"eventTemplateId": "1", "tokens": {"n": 10**5000}, "email": "a"},
        {"eventTemplateId": "1", "tokens": {}, "email": "a", "timestamp": 10**5000},
        {"eventTemplateId": "1", "tokens": {}, "email": "a", "extraData": {"n": 10**5000}},
        {"eventTemplateId": "1", "tokens": {}, "email": "a", "timestamp": "9999-12-31T23:59:59-00:00:30"},
        TimelineEvent("1", None, EventTokens()),  # type: ignore[arg-type]
        5,
        None,
    ],
    ids=lambda bad: type(bad).__name__,
)
def test_one_event_that_cannot_be_looked_at_takes_no_other_with_it(bad: object) -> None:
    """Whatever it raises, it is Rejected and the events around it are created."""
    good = list(numbered(2))
    with TimelineClient("t", httpx_args=Script().httpx_args) as timeline:
        report = timeline.send([good[0], bad, good[1]])  # type: ignore[list-item]

    assert (report.created, report.rejected) == (2, 1)
    assert isinstance(report.failures[0].error, EventError)


def test_copies_of_an_event_are_events() -> None:
    """Pickled for a process of its own, or copied, an event is sent as it was."""
    one = event(1, email="a@example.com")
    with TimelineClient("t", httpx_args=Script().httpx_args) as timeline:
        report = timeline.send([copy.deepcopy(one), pickle.loads(pickle.dumps(one))])  # noqa: S301 - its own pickle

    assert report.created == 2


def test_what_is_sent_while_the_interpreter_ends_is_unsent() -> None:
    """No thread can be started then; the events are accounted for all the same."""
    code = (
        "import atexit\n"
        "from hubspot_timeline import *\n"
        "def last():\n"
        "    with TimelineClient('t', base_url='http://127.0.0.1:9') as timeline:\n"
        "        print(timeline.send(event(1, email='a') for _ in range(250)).unsent)\n"
        "atexit.register(last)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "250\n"
