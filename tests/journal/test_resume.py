"""A run that ended, for whatever reason, resumes from its journal: no event is lost and none is created twice (G6)."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import frozen

from hubspot_timeline import (
    AsyncTimelineClient,
    BatchLimits,
    Created,
    ErrorLimit,
    JournalError,
    Outcome,
    Rejected,
    Report,
    RetryPolicy,
    TimelineClient,
    event,
)
from tests.helpers.both_clients import AsyncRunner, ClientRunner, SyncRunner
from tests.helpers.model_service import ModelService
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Handler, Script, batch_result, broken, created, inputs, status

OPTIONS: dict[str, Any] = {"batch": BatchLimits(max_events=2), "max_in_flight": 1, "retry": RetryPolicy(attempts=1)}
LOST = broken(httpx.ReadError)
REFUSED = status(400, {"message": "no such template", "category": "VALIDATION_ERROR", "correlationId": "c-7"})
CONFLICT = status(409, {"category": "CONFLICT", "message": "exists"})


@frozen
class Sender:
    """Sends events with one of the clients and always the same journal."""

    client: ClientRunner
    journal: Path

    def __call__(self, script: Script, events: Iterable[Any], **options: Any) -> tuple[Report, list[Outcome]]:
        """Return the report and the outcomes in the order of their events."""
        outcomes: list[Outcome] = []
        report = self.client.run(
            script,
            lambda timeline: timeline.send(events, on_outcome=outcomes.append, journal=self.journal),
            **OPTIONS | options,
        )
        return report, sorted(outcomes, key=lambda outcome: outcome.position)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "run.journal"


@pytest.fixture
def send(client: ClientRunner, journal: Path) -> Sender:
    return Sender(client, journal)


def ids_of(script: Script) -> list[list[str]]:
    return [[event["id"] for event in inputs(request)] for request in script.requests]


def without_ids(count: int) -> Iterator[Any]:
    """Yield events whose ids are generated, and so differ in each run."""
    for number in range(count):
        yield event(1, {"n": number}, email="ada@example.com")


def execute(journal: Path, statement: str) -> None:
    with closing(sqlite3.connect(journal)) as connection, connection:
        connection.execute(statement)


def test_created_events_are_not_sent_again(send: Sender) -> None:
    """The second run has the same outcomes without a request."""
    send(Script(), numbered(5))
    script = Script()
    report, outcomes = send(script, numbered(5))

    assert (report.created, report.resumed, report.requests, script.requests) == (5, 5, 0, [])
    assert [(outcome.position, outcome.id, outcome.attempts) for outcome in outcomes] == [
        (number, f"e{number}", 1) for number in range(5)
    ]


def test_rejected_events_keep_their_error(send: Sender) -> None:
    """Word for word; what was rejected before sending is validated again."""
    events = [*numbered(1), {"id": "nobody", "eventTemplateId": "1", "tokens": {}}]
    _, before = send(Script(REFUSED), events)
    report, after = send(Script(), events)

    assert (report.rejected, report.resumed, report.requests) == (2, 1, 0)
    errors = [[str(outcome.error) for outcome in run if isinstance(outcome, Rejected)] for run in (before, after)]
    assert errors[0] == errors[1]


def test_an_event_whose_event_type_was_added_is_sent(send: Sender) -> None:
    """What is rejected for the map of event types is not final."""
    events = [event(template, id=f"e{template}", email="ada@example.com") for template in (1, 2)]
    options = {"fallback_api": "2026-09", "batch": BatchLimits()}
    report, _ = send(Script(status(401, {})), events, event_types={"1": "a"}, **options)
    assert (report.created, report.rejected) == (1, 1)

    report, _ = send(Script(status(401, {})), events, event_types={"1": "a", "2": "b"}, **options)
    assert (report.created, report.resumed) == (2, 1)


def test_the_other_events_are_sent_with_the_ids_of_the_first_run(send: Sender) -> None:
    """Also where ids are generated, so that the second run would generate others."""
    first, second = Script(created, LOST, LOST), Script()
    report, _ = send(first, without_ids(6))
    assert (report.created, report.unconfirmed) == (2, 4)

    report, outcomes = send(second, without_ids(6))

    assert (report.created, report.resumed) == (6, 2)
    assert ids_of(second) == ids_of(first)[1:]
    assert [outcome.id for outcome in outcomes] == [id_ for batch in ids_of(first) for id_ in batch]


def test_a_conflict_confirms_an_event_whose_response_was_lost(send: Sender) -> None:
    """The first run created it; its events that were not sent are not affected."""
    send(Script(LOST, status(401, {})), numbered(4))
    report, outcomes = send(Script(CONFLICT, CONFLICT, CONFLICT), numbered(4))

    assert report.created == 4
    assert [type(outcome) for outcome in outcomes] == [Created] * 4


def test_a_conflict_rejects_an_event_that_was_certainly_not_created(send: Sender) -> None:
    """Another sender created it."""
    send(Script(status(403, {})), numbered(1))
    report, _ = send(Script(CONFLICT), numbered(1))

    assert report.duplicates == 1


@pytest.mark.parametrize(("first", "second"), [("ok", "ok"), ("ok", "reject"), ("reject", "reject"), ("reject", "ok")])
def test_an_event_that_existed_stays_what_the_first_run_made_of_it(send: Sender, first: str, second: str) -> None:
    """As any outcome in a journal; a later run has the same counts, and sends nothing."""
    before, _ = send(Script(CONFLICT), numbered(1), duplicates=first)
    report, [outcome] = send(Script(), numbered(1), duplicates=second)

    assert (before.existing, before.duplicates) == ((1, 0) if first == "ok" else (0, 1))
    assert (report.existing, report.duplicates, report.resumed) == (before.existing, before.duplicates, 1)
    assert report.requests == 0
    assert getattr(outcome, "existed", False) is (first == "ok")


def test_a_response_without_results_leaves_the_events_open(send: Sender) -> None:
    """The next run sends them again."""
    empty: Handler = lambda _: httpx.Response(201, json=batch_result([]))  # noqa: E731
    report, _ = send(Script(empty), numbered(2))
    assert report.unconfirmed == 2

    assert send(Script(), numbered(2))[0].created == 2


def test_an_input_may_grow(send: Sender) -> None:
    """Such as a log file: the new events are sent."""
    send(Script(), numbered(3))
    script = Script()
    report, _ = send(script, numbered(5))

    assert (report.created, ids_of(script)) == (5, [["e3", "e4"]])


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([event(1, {"n": 0}, email="bob@example.com", id="e0")], "the event at position 0 was 'e0' with other content"),
        ([*numbered(2), event(1, {"n": 2}, email="ada@example.com", id="x")], "the event at position 2 was 'e2'"),
        ([*numbered(1), {"id": "e1", "tokens": {}}], "the event at position 1 was sent, and is not valid now"),
        (list(numbered(3)), "it has 5 events, and the input had 3"),
        (list(numbered(5))[::-1], "the event at position 0"),
    ],
)
def test_another_input_is_refused(send: Sender, events: list[Any], message: str) -> None:
    """The error names file and position and says what to do; nothing of the other input is sent."""
    send(Script(), numbered(5))
    script = Script()
    with pytest.raises(JournalError) as caught:
        send(script, events)

    assert script.requests == []
    for text in (message, str(send.journal), "choose another journal"):
        assert text in str(caught.value)


def test_events_before_the_difference_have_outcomes(client: ClientRunner, journal: Path) -> None:
    """Those in the same batch are Unsent; another input is found at position 4."""
    send = Sender(client, journal)
    send(Script(), numbered(5))
    execute(journal, "DELETE FROM event WHERE position < 4")
    execute(journal, "UPDATE event SET digest = x'00' WHERE position = 4")
    positions: list[int] = []

    with pytest.raises(JournalError, match="position 4"):
        client.run(
            Script(),
            lambda timeline: timeline.send(
                numbered(8), journal=journal, on_outcome=lambda outcome: positions.append(outcome.position)
            ),
            batch=BatchLimits(max_events=3),
        )

    assert sorted(positions) == [0, 1, 2, 3]


def test_failures_of_an_earlier_run_do_not_count_towards_the_error_limit(send: Sender) -> None:
    """Otherwise a run that had stopped for them could never be resumed."""
    limit = ErrorLimit(count=1)
    report, _ = send(Script(*[REFUSED] * 6), numbered(6), error_limit=limit)
    assert (report.rejected, report.unsent) == (2, 4)

    report, _ = send(Script(), numbered(6), error_limit=limit)
    assert (report.rejected, report.created) == (2, 4)


@pytest.mark.parametrize(("first", "second"), [(SyncRunner(), AsyncRunner()), (AsyncRunner(), SyncRunner())])
def test_either_client_resumes_a_run_of_the_other(journal: Path, first: ClientRunner, second: ClientRunner) -> None:
    """The file is the same."""
    Sender(first, journal)(Script(created, status(401, {})), numbered(4))
    script = Script()
    report, _ = Sender(second, journal)(script, numbered(4))

    assert (report.created, report.resumed, ids_of(script)) == (4, 2, [["e2", "e3"]])


def test_generated_ids_inside_other_text_are_kept(send: Sender) -> None:
    """Also with characters that JSON escapes."""
    first, second = Script(LOST), Script()
    for script in (first, second):
        send(script, [event(1, email="ada@example.com", id='a"\\ü-{{uuid}}-{{uuid}}')])

    assert ids_of(first) == ids_of(second)


@pytest.mark.parametrize("turns", range(0, 60, 3))
def test_a_cancelled_run_can_be_resumed(journal: Path, turns: int) -> None:
    """Wherever the cancellation occurs: in a request, or while a thread writes the journal."""
    service = ModelService()

    async def send() -> Report:
        args = {"transport": httpx.MockTransport(service.respond)}
        async with AsyncTimelineClient(
            "t", httpx_args=args, rate_limit=None, batch=BatchLimits(max_events=2)
        ) as timeline:
            task = asyncio.create_task(timeline.send(without_ids(20), journal=journal))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            return await timeline.send(without_ids(20), journal=journal)

    report = asyncio.run(send())
    assert (report.created, report.total) == (20, 20)
    assert sorted(int(event["tokens"]["n"]) for event in service.created.values()) == list(range(20))


def test_outcomes_after_the_caller_stopped_are_recorded(journal: Path) -> None:
    """The next run need not send an event again that was rejected meanwhile."""
    options = OPTIONS | {"max_in_flight": 2, "httpx_args": Script(created, REFUSED).httpx_args}
    with TimelineClient("t", **options) as timeline:
        stream = timeline.stream([*numbered(3)], journal=journal)
        next(stream)
        stream.close()  # type: ignore[attr-defined] # a generator

    report, _ = Sender(SyncRunner(), journal)(Script(), numbered(3))
    assert report.unconfirmed == 0


def breaking(journal: Path) -> Callable[[httpx.Request], httpx.Response]:
    """Return a response function that breaks the journal, then creates the events."""

    def respond(request: httpx.Request) -> httpx.Response:
        execute(journal, "DROP TABLE event")
        return created(request)

    return respond


def test_a_journal_that_breaks_after_the_caller_stopped_is_logged(
    journal: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The outcomes cannot be recorded, and the next run finds them out."""
    caplog.set_level("INFO", "hubspot_timeline")
    options = OPTIONS | {"max_in_flight": 2, "httpx_args": Script(breaking(journal), created).httpx_args}
    with TimelineClient("t", **options) as timeline:
        stream = timeline.stream(numbered(4), journal=journal)
        with suppress(JournalError):
            next(stream)
        stream.close()  # type: ignore[attr-defined] # a generator

    assert "no such table: event" in caplog.text


@pytest.mark.parametrize(("is_broken_at_once", "created"), [(True, 0), (False, 2)])
def test_a_journal_that_breaks_stops_the_run(send: Sender, is_broken_at_once: bool, created: int) -> None:
    """Events that cannot be recorded are not sent; the known outcomes are still reported."""

    def events() -> Iterator[Any]:
        if is_broken_at_once:
            execute(send.journal, "DROP TABLE event")
        yield from numbered(6)

    script = Script(*[breaking(send.journal)] * (not is_broken_at_once))
    report, _ = send(script, events())

    assert (report.created, report.unsent, len(script.requests)) == (created, 6 - created, created // 2)
    assert "no such table: event" in str(report.failures[0].error)
