"""One event, one batch or one transport that fails in a way of its own leaves all other events as they were."""

import asyncio
import copy
import pickle
from collections.abc import Iterator, Mapping

import httpx
import pytest

from hubspot_timeline import (
    AsyncTimelineClient,
    BatchLimits,
    EventError,
    OptionError,
    Report,
    TimelineClient,
    TimelineEvent,
    Unconfirmed,
    event,
)
from hubspot_timeline_api.models import EventTokens
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, status


def test_whatever_a_transport_raises_no_event_is_lost() -> None:
    """An error that nobody foresaw leaves the events of its batch Unconfirmed, and the others go on."""

    def broken(_: httpx.Request) -> httpx.Response:
        raise OSError("cable")

    limits = BatchLimits(max_events=2)
    with TimelineClient("t", httpx_args=Script(broken).httpx_args, max_in_flight=1, batch=limits) as timeline:
        report = timeline.send(numbered(6))

    assert (report.created, report.unconfirmed) == (4, 2)
    assert "OSError: cable" in str(report.failures[0].error)


def test_whatever_a_transport_raises_in_a_coroutine_no_event_is_lost() -> None:
    """The same with await; the failures say all that is known of their events."""

    def broken(_: httpx.Request) -> httpx.Response:
        raise OSError("cable")

    async def send() -> Report:
        limits, args = BatchLimits(max_events=2), Script(broken).httpx_args
        async with AsyncTimelineClient("t", httpx_args=args, max_in_flight=1, batch=limits) as timeline:
            return await timeline.send(good)

    good = list(numbered(6))
    report = asyncio.run(send())

    assert (report.created, report.unconfirmed) == (4, 2)
    for failure, one in zip(report.failures, good, strict=False):
        assert isinstance(failure, Unconfirmed)
        assert (failure.position, failure.event, failure.id) == (good.index(one), one, one.id)
        assert failure.attempts == 1
        assert isinstance(failure.error.__cause__, OSError)


class Hostile(Mapping[str, object]):
    """A mapping that raises when it is looked at."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getitem__(self, name: str) -> object:
        raise self.error

    def __iter__(self) -> Iterator[str]:
        raise self.error

    def __len__(self) -> int:
        return 1


class SilentError(Exception):
    """An error that cannot even say what it is."""

    def __str__(self) -> str:
        raise RuntimeError


def with_tokens(broken: object) -> TimelineEvent:
    tokens = EventTokens()
    tokens.additional_properties = broken  # type: ignore[assignment]
    return TimelineEvent("1", "a", tokens, email="a@example.com")


@pytest.mark.parametrize(
    "bad",
    [
        Hostile(RuntimeError("not today")),
        Hostile(SilentError()),
        {"eventTemplateId": "1", "tokens": {"n": 10**5000}, "email": "a"},
        {"eventTemplateId": "1", "tokens": {}, "email": "a", "timestamp": 10**5000},
        {"eventTemplateId": "1", "tokens": {}, "email": "a", "extraData": {"n": 10**5000}},
        {"eventTemplateId": "1", "tokens": {}, "email": "a", "timestamp": "9999-12-31T23:59:59-00:00:30"},
        TimelineEvent("1", None, EventTokens()),  # type: ignore[arg-type]
        with_tokens(None),
        with_tokens([1]),
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


@pytest.mark.parametrize(
    ("error", "words"), [(RuntimeError("not today"), "RuntimeError: not today"), (SilentError(), "SilentError")]
)
def test_what_an_event_raises_is_told(error: Exception, words: str) -> None:
    """By its kind at least, where it cannot say what it is."""
    with TimelineClient("t", httpx_args=Script().httpx_args) as timeline:
        [failure] = timeline.send([Hostile(error)]).failures

    assert f"cannot be read ({words})" in str(failure.error)


def test_copies_of_an_event_are_events() -> None:
    """Pickled for a process of its own, or copied, an event is sent as it was."""
    one = event(1, email="a@example.com")
    with TimelineClient("t", httpx_args=Script().httpx_args) as timeline:
        report = timeline.send([copy.deepcopy(one), pickle.loads(pickle.dumps(one))])  # noqa: S301 - its own pickle

    assert report.created == 2


@pytest.mark.parametrize("events", ["events.jsonl", {"id": "a"}, event(1, email="a@example.com"), 5, None])
def test_what_holds_no_events_is_refused_at_once(events: object) -> None:
    """A single event, a file's name or a mapping can be iterated over, and would be taken apart."""
    with TimelineClient("t", httpx_args=Script().httpx_args) as timeline, pytest.raises(OptionError, match="iterable"):
        timeline.send(events)  # type: ignore[arg-type]


def test_failures_are_raised_together_when_asked_for() -> None:
    """An ExceptionGroup with each error once, its events' positions as a note; nothing where all went well."""
    refused = status(400, {"message": "no"})
    with TimelineClient("t", httpx_args=Script(refused).httpx_args, batch=BatchLimits(max_events=1)) as timeline:
        report = timeline.send(numbered(3))
        timeline.send(numbered(3)).raise_for_failures()

    with pytest.raises(ExceptionGroup, match="1 of 3 events were not created") as caught:
        report.raise_for_failures()
    [error] = caught.value.exceptions
    assert error.__notes__ == ["Events at positions 0"]
