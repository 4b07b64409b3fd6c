"""A run that ended, however it did, goes on from its journal: nothing is lost and nothing is sent twice (G6)."""

import asyncio
import json
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

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
from hubspot_timeline.delivery.batches import Item
from hubspot_timeline.errors import api_error
from hubspot_timeline.journal.store import Journal
from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.command import run
from tests.helpers.model_service import ModelService
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Answer, Script, batch_result, broken, created, inputs, status

OPTIONS: dict[str, Any] = {"batch": BatchLimits(max_events=2), "max_in_flight": 1, "retry": RetryPolicy(attempts=1)}
Sender = Callable[..., tuple[Report, list[Outcome]]]


def in_threads(script: Script, events: Iterable[Any], journal: Path, **options: Any) -> tuple[Report, list[Outcome]]:
    outcomes: list[Outcome] = []
    with TimelineClient("t", httpx_args=script.httpx_args, **OPTIONS | options) as timeline:
        return timeline.send(events, on_outcome=outcomes.append, journal=journal), outcomes


def in_a_loop(script: Script, events: Iterable[Any], journal: Path, **options: Any) -> tuple[Report, list[Outcome]]:
    async def send() -> tuple[Report, list[Outcome]]:
        outcomes: list[Outcome] = []
        async with AsyncTimelineClient("t", httpx_args=script.httpx_args, **OPTIONS | options) as timeline:
            return await timeline.send(events, on_outcome=outcomes.append, journal=journal), outcomes

    return asyncio.run(send())


@pytest.fixture(params=[in_threads, in_a_loop], ids=["threads", "coroutines"])
def send(request: pytest.FixtureRequest) -> Sender:
    chosen: Sender = request.param
    return chosen


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "run.journal"


def sent(script: Script) -> list[list[str]]:
    return [[one["id"] for one in inputs(request)] for request in script.requests]


def unnamed(count: int) -> Iterator[Any]:
    """Yield events that get another id in each run, as a program makes them that leaves ids to us."""
    for number in range(count):
        yield event(1, {"n": number}, email="ada@example.com")


def test_what_was_created_is_not_sent_again(send: Sender, journal: Path) -> None:
    """The second run has the same outcomes without a request."""
    first, again = Script(), Script()
    send(first, numbered(5), journal)
    report, outcomes = send(again, numbered(5), journal)

    assert (report.created, report.resumed, report.requests, again.requests) == (5, 5, 0, [])
    assert {(outcome.position, outcome.id, outcome.attempts) for outcome in outcomes} == {
        (number, f"e{number}", 1) for number in range(5)
    }


def test_what_was_rejected_is_told_again_with_its_error(send: Sender, journal: Path) -> None:
    """Word by word; what was found here before sending is found anew."""
    refusal = status(400, {"message": "no such template", "category": "VALIDATION_ERROR", "correlationId": "c-7"})
    events = [*numbered(1), {"id": "nobody", "eventTemplateId": "1", "tokens": {}}]
    _, before = send(Script(refusal), events, journal)
    report, after = send(Script(), events, journal)

    assert (report.rejected, report.resumed, report.requests) == (2, 1, 0)
    assert {str(outcome.error) for outcome in after if isinstance(outcome, Rejected)} == {
        str(outcome.error) for outcome in before if isinstance(outcome, Rejected)
    }


def test_the_rest_is_sent_with_the_ids_of_the_first_run(send: Sender, journal: Path) -> None:
    """Also where the program gives its events no ids, so that each run makes up others."""
    first, again = Script(created, broken(httpx.ReadError), broken(httpx.ReadError)), Script()
    report, _ = send(first, unnamed(6), journal)
    assert (report.created, report.unconfirmed) == (2, 4)

    report, outcomes = send(again, unnamed(6), journal)

    assert (report.created, report.resumed) == (6, 2)
    assert sent(again) == sent(first)[1:]
    assert {outcome.id for outcome in outcomes} == {name for batch in sent(first) for name in batch}


def test_an_answer_that_the_first_run_lost_is_confirmed_by_a_conflict(send: Sender, journal: Path) -> None:
    """They had been created; what the first run has not sent is not confused with them."""
    send(Script(broken(httpx.ReadError), status(401, {})), numbered(4), journal)
    conflict = status(409, {"category": "CONFLICT", "message": "exists"})
    report, outcomes = send(Script(conflict, conflict, conflict), numbered(4), journal)

    assert report.created == 4
    assert [type(outcome) for outcome in sorted(outcomes, key=lambda o: o.position)] == [Created] * 4


def test_what_was_not_sent_for_certain_is_rejected_by_a_conflict(send: Sender, journal: Path) -> None:
    """Somebody else has created it."""
    send(Script(status(403, {})), numbered(1), journal)
    report, _ = send(Script(status(409, {"category": "CONFLICT"})), numbered(1), journal)

    assert report.duplicates == 1


def test_an_input_that_has_grown_goes_on(send: Sender, journal: Path) -> None:
    """Such as a log: what is new is sent."""
    send(Script(), numbered(3), journal)
    again = Script()
    report, _ = send(again, numbered(5), journal)

    assert (report.created, sent(again)) == (5, [["e3", "e4"]])


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ([event(1, {"n": 0}, email="bob@example.com", id="e0")], "the event at position 0 was 'e0' with other content"),
        ([*numbered(2), event(1, {"n": 2}, email="ada@example.com", id="x")], "the event at position 2 was 'e2'"),
        (list(numbered(3)), "it knows 5 events, and now there were 3"),
    ],
)
def test_another_input_is_refused(send: Sender, journal: Path, others: list[Any], words: str) -> None:
    """The error names file and position and says what to do; nothing of the other input is sent."""
    send(Script(), numbered(5), journal)
    script = Script()
    with pytest.raises(JournalError) as caught:
        send(script, others, journal)

    assert script.requests == []
    assert words in str(caught.value)
    assert str(journal) in str(caught.value)
    assert "name another journal" in str(caught.value)


def test_what_was_read_before_another_input_showed_is_accounted_for(send: Sender, journal: Path) -> None:
    """The journal knows one event with other content; those before it, in its batch too, are unsent."""
    send(Script(), numbered(5), journal)
    with closing(sqlite3.connect(journal)) as connection, connection:
        connection.execute("DELETE FROM event WHERE position < 4")
        connection.execute("UPDATE event SET digest = x'00' WHERE position = 4")
    outcomes: list[Outcome] = []
    script = Script()

    with (
        TimelineClient("t", httpx_args=script.httpx_args, batch=BatchLimits(max_events=3)) as timeline,
        pytest.raises(JournalError, match="position 4"),
    ):
        timeline.send(numbered(8), journal=journal, on_outcome=outcomes.append)

    assert sorted(outcome.position for outcome in outcomes) == [0, 1, 2, 3]


def test_a_run_resumes_whatever_writes_its_numbers(
    send: Sender, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Small and large ones are spelled in other ways by orjson, which may come or go between two runs."""

    def events() -> list[Any]:
        return [event(1, email="a@example.com", id="a", extra_data={"n": [1e-7, 1e-5, 1e22, 5e-324]})]

    send(Script(), events(), journal)
    monkeypatch.setattr(codec, "orjson", None)
    script = Script()
    report, _ = send(script, events(), journal)
    assert report.resumed == 1
    assert not script.requests


def test_events_in_another_order_are_another_input(send: Sender, journal: Path) -> None:
    """What was under way when it is found is finished and accounted for."""
    send(Script(status(401, {})), numbered(4), journal)
    with pytest.raises(JournalError, match="position 0"):
        send(Script(), list(numbered(4))[::-1], journal)


def change(journal: Path, statement: str) -> None:
    with closing(sqlite3.connect(journal)) as connection:
        connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda path: change(path, "PRAGMA user_version = 2"), "has format 2, and this version knows only 1"),
        (lambda path: change(path, "PRAGMA application_id = 7"), "is no journal but another database"),
        (lambda path: change(path, "UPDATE run SET base_url = 'https://other'"), "belongs to a run to https://other"),
        (lambda path: change(path, "DELETE FROM run"), "belongs to a run to None"),
        (lambda path: path.write_text("these are notes, not a database" * 50), "file is not a database"),
        (lambda path: (path.unlink(), path.mkdir()), "Is a directory"),
    ],
)
def test_a_file_that_is_no_journal_of_this_run_is_refused(
    send: Sender, journal: Path, break_it: Callable[[Path], object], words: str
) -> None:
    """With the reason, and without a request."""
    send(Script(), numbered(1), journal)
    break_it(journal)
    script = Script()
    with pytest.raises(JournalError, match=words):
        send(script, numbered(2), journal)
    assert script.requests == []


def test_a_folder_that_is_not_there_is_not_made(send: Sender, tmp_path: Path) -> None:
    """A slip of the pen in a path would hide what was sent."""
    with pytest.raises(JournalError, match="there is no folder"):
        send(Script(), numbered(1), tmp_path / "none" / "run.journal")
    assert list(tmp_path.iterdir()) == []


def test_two_runs_never_share_a_journal(send: Sender, journal: Path) -> None:
    """The second is refused while the first goes on, and may follow it."""
    script, refusals = Script(), list[str]()

    def meanwhile() -> Iterator[Any]:
        yield from numbered(1)
        code = (
            "import sys\n"
            "from hubspot_timeline import JournalError, TimelineClient\n"
            "try: TimelineClient('t').send([], journal=sys.argv[1])\n"
            "except JournalError as error: print(error)\n"
        )
        done = subprocess.run([sys.executable, "-c", code, str(journal)], capture_output=True, text=True, check=True)
        refusals.append(done.stdout)

    send(script, meanwhile(), journal)
    assert "is in use by another run" in refusals[0]
    assert send(Script(), numbered(1), journal)[0].resumed == 1


def test_only_its_owner_can_read_a_journal(send: Sender, journal: Path) -> None:
    """Nor what SQLite puts beside it while it is open."""
    seen: dict[str, int] = {}

    def watching(request: httpx.Request) -> httpx.Response:
        seen.update({path.name: stat.S_IMODE(path.stat().st_mode) for path in journal.parent.iterdir()})
        return created(request)

    send(Script(watching), numbered(1), journal)
    assert seen.keys() >= {"run.journal", "run.journal-wal", "run.journal.lock"}
    assert set(seen.values()) == {0o600}


def test_a_journal_that_cannot_be_written_to_any_more_stops_the_run(send: Sender, journal: Path) -> None:
    """What is not written down is not sent; the outcomes that are known are reported all the same."""

    def breaking(request: httpx.Request) -> httpx.Response:
        change(journal, "DROP TABLE event")
        return created(request)

    script = Script(breaking)
    report, _ = send(script, numbered(6), journal)

    assert (report.created, report.unsent, len(script.requests)) == (2, 4, 1)
    assert "no such table: event" in str(report.failures[0].error)


def test_a_journal_that_breaks_before_anything_is_sent_leaves_everything_unsent(send: Sender, journal: Path) -> None:
    """What is not written down is not sent."""

    def source() -> Iterator[Any]:
        change(journal, "DROP TABLE event")
        yield from numbered(6)

    script = Script()
    report, _ = send(script, source(), journal)

    assert (report.unsent, script.requests) == (6, [])
    assert "no such table: event" in str(report.failures[0].error)


def test_an_error_nested_too_deeply_to_be_written_down_is_told(journal: Path) -> None:
    """What the next run does not find there it finds out again."""
    body: dict[str, Any] = {}
    for _ in range(100_000):
        body = {"x": body}
    with closing(Journal(journal, "https://example.com")) as opened:
        opened.begin((Item(0, None, "e0", b"{}"),))
        with pytest.raises(JournalError, match="cannot hold an error of the service, which is nested too deeply"):
            opened.end([Rejected(0, None, "e0", 1, api_error(400, body))])


def test_a_journal_that_breaks_after_nobody_asks_any_more_harms_nobody(
    journal: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What ended then cannot be written down, and the next run finds it out."""
    caplog.set_level("INFO", "hubspot_timeline")

    def breaking(request: httpx.Request) -> httpx.Response:
        change(journal, "DROP TABLE event")
        return created(request)

    options: dict[str, Any] = OPTIONS | {"max_in_flight": 2, "httpx_args": Script(breaking, created).httpx_args}
    with TimelineClient("t", **options) as timeline:
        stream = timeline.stream(numbered(4), journal=journal)
        with suppress(JournalError):
            next(stream)
        stream.close()  # type: ignore[attr-defined] # a generator

    assert "no such table: event" in caplog.text


def test_failures_of_an_earlier_run_do_not_stop_this_one(send: Sender, journal: Path) -> None:
    """Else a run that had failed too often could never be resumed."""
    limit = ErrorLimit(count=1)
    refused = status(400, {"message": "no"})
    report, _ = send(Script(*[refused] * 6), numbered(6), journal, error_limit=limit)
    assert (report.rejected, report.unsent) == (2, 4)

    report, _ = send(Script(), numbered(6), journal, error_limit=limit)
    assert (report.rejected, report.created) == (2, 4)


def test_one_kind_of_client_resumes_what_the_other_began(journal: Path) -> None:
    """The file is the same."""
    in_threads(Script(created, status(401, {})), numbered(4), journal)
    again = Script()
    report, _ = in_a_loop(again, numbered(4), journal)

    assert (report.created, report.resumed, sent(again)) == (4, 2, [["e2", "e3"]])


def test_ids_with_placeholders_and_quotes_are_kept_as_well(send: Sender, journal: Path) -> None:
    """Whatever JSON makes of them."""
    first, again = Script(broken(httpx.ReadError)), Script()
    for script in (first, again):
        send(script, [event(1, email="ada@example.com", id='a"\\ü-{{uuid}}-{{uuid}}')], journal)

    assert sent(first) == sent(again)


@pytest.mark.parametrize("turns", range(0, 60, 3))
def test_a_cancelled_run_leaves_a_journal_that_resumes(journal: Path, turns: int) -> None:
    """Wherever the cancellation falls: in a request, or while a thread writes the journal."""
    service = ModelService()

    async def send() -> Report:
        args = {"transport": httpx.MockTransport(service.respond)}
        async with AsyncTimelineClient(
            "t", httpx_args=args, rate_limit=None, batch=BatchLimits(max_events=2)
        ) as timeline:
            task = asyncio.create_task(timeline.send(unnamed(20), journal=journal))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            return await timeline.send(unnamed(20), journal=journal)

    report = asyncio.run(send())
    assert (report.created, report.total) == (20, 20)
    assert sorted(int(one["tokens"]["n"]) for one in service.created.values()) == list(range(20))


def test_a_journal_is_one_whatever_link_leads_to_it(send: Sender, journal: Path) -> None:
    """A second run through another name is refused."""
    send(Script(), numbered(1), journal)
    other = journal.with_name("other.journal")
    other.symlink_to(journal)
    refusals: list[str] = []

    def meanwhile() -> Iterator[Any]:
        yield from numbered(1)
        with pytest.raises(JournalError, match="in use") as caught:
            in_threads(Script(), numbered(1), other)
        refusals.append(str(caught.value))

    send(Script(), meanwhile(), journal)
    assert len(refusals) == 1


def test_an_invalid_event_where_a_valid_one_was_sent_is_another_input(send: Sender, journal: Path) -> None:
    """It would be called rejected, and is in the service."""
    send(Script(), numbered(2), journal)
    with pytest.raises(JournalError, match="there is no valid one now"):
        send(Script(), [*numbered(1), {"id": "e1", "tokens": {}}], journal)


def test_what_ends_after_nobody_asks_any_more_is_written_down(send: Sender, journal: Path) -> None:
    """A refusal that came while the run was given up is no riddle for the next one."""
    refused = status(400, {"message": "no", "category": "VALIDATION_ERROR"})
    options: dict[str, Any] = OPTIONS | {"max_in_flight": 2, "httpx_args": Script(created, refused).httpx_args}
    with TimelineClient("t", **options) as timeline:
        stream = timeline.stream([*numbered(3)], journal=journal)
        next(stream)
        stream.close()  # type: ignore[attr-defined] # a generator
    report, _ = send(Script(), numbered(3), journal)

    assert report.unconfirmed == 0


def test_the_command_resumes(tmp_path: Path) -> None:
    """And says so; with a sandbox of its own that makes no sense."""
    lines = [json.dumps({"eventTemplateId": "1", "id": f"e{n}", "tokens": {}, "email": "a@b.c"}) for n in range(3)]
    (tmp_path / "events.jsonl").write_text("\n".join(lines))
    words = ("send", "events.jsonl", "--journal", "run.journal")
    environment = {"HUBSPOT_TIMELINE_TOKEN": "t"}
    refused = run(*words, "--sandbox", folder=tmp_path)
    assert refused.code == 2
    assert "--journal goes without --sandbox" in refused.err

    dead = ("--base-url", "http://127.0.0.1:9", "--attempts", "1", "--json")
    assert run(*words, *dead, folder=tmp_path, env=environment).result["unsent"] == 3
    assert "The same command goes on from run.journal" in run(*words, *dead[:-1], folder=tmp_path, env=environment).out
    with SandboxServer() as server:
        alive = ("--base-url", server.url)
        assert run(*words, *alive, "--journal", "other.journal", folder=tmp_path, env=environment).code == 0
        again = run(*words, *alive, "--journal", "other.journal", folder=tmp_path, env=environment)
    assert "3 had ended in an earlier run, by the journal." in again.out
    (tmp_path / "events.jsonl").write_text("\n".join(lines[1:]))
    other = run(*words, *dead, folder=tmp_path, env=environment)
    assert other.code == 2
    assert "belongs to another input" in other.err


def test_a_result_without_an_event_is_no_reason_to_forget(send: Sender, journal: Path) -> None:
    """An empty answer leaves the events open, and the next run sends them again."""
    nothing: Answer = lambda _: httpx.Response(201, json=batch_result([]))  # noqa: E731
    report, _ = send(Script(nothing), numbered(2), journal)
    assert report.unconfirmed == 2
    assert send(Script(), numbered(2), journal)[0].created == 2
