"""The file of a journal: one run at a time, readable by its owner only, and nothing but a journal."""

import json
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from hubspot_timeline import JournalError, Rejected
from hubspot_timeline.delivery.batches import Item
from hubspot_timeline.errors import api_error
from hubspot_timeline.journal.store import Journal
from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.both_clients import ClientRunner
from tests.helpers.command import run_here
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, created


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "run.journal"


def send(client: ClientRunner, script: Script, events: Any, journal: Path) -> Any:
    return client.run(script, lambda timeline: timeline.send(events, journal=journal))


def execute(journal: Path, statement: str) -> None:
    with closing(sqlite3.connect(journal)) as connection, connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda path: execute(path, "PRAGMA user_version = 4"), "has format 4, and this version supports only 3"),
        (lambda path: execute(path, "PRAGMA application_id = 7"), "is another database, not a journal"),
        (lambda path: execute(path, "UPDATE run SET base_url = 'https://other'"), "belongs to a run to https://other"),
        (lambda path: execute(path, "DELETE FROM run"), "belongs to a run to None"),
        (lambda path: path.write_text("these are notes, not a database" * 50), "file is not a database"),
        (lambda path: (path.unlink(), path.mkdir()), "Is a directory"),
    ],
)
def test_a_file_that_is_not_a_journal_of_this_run_is_refused(
    client: ClientRunner, journal: Path, change: Callable[[Path], object], message: str
) -> None:
    """With the reason, and without a request."""
    send(client, Script(), numbered(1), journal)
    change(journal)
    script = Script()
    with pytest.raises(JournalError, match=message):
        send(client, script, numbered(2), journal)
    assert script.requests == []


def test_a_missing_folder_is_not_created(tmp_path: Path) -> None:
    """A typing error in a path would hide the record of what was sent."""
    with pytest.raises(JournalError, match=r"the folder .* is missing; create it"):
        Journal(tmp_path / "none" / "run.journal", "https://example.com", "v3")
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_cannot_use_the_journal(client: ClientRunner, journal: Path) -> None:
    """Neither in another process nor through a link; it may follow the first."""
    link = journal.with_name("other.journal")
    link.symlink_to(journal)
    refusals: list[str] = []

    def events() -> Iterator[Any]:
        yield from numbered(1)
        code = (
            "import sys\n"
            "from hubspot_timeline import JournalError, TimelineClient\n"
            "try: TimelineClient('t').send([], journal=sys.argv[1])\n"
            "except JournalError as error: print(error)\n"
        )
        process = subprocess.run([sys.executable, "-c", code, str(journal)], capture_output=True, text=True, check=True)
        refusals.append(process.stdout)
        with pytest.raises(JournalError) as caught:
            Journal(link, "https://api.hubapi.com", "v3")
        refusals.append(str(caught.value))

    send(client, Script(), events(), journal)
    assert len(refusals) == 2
    assert all("is in use by another run" in refusal for refusal in refusals)
    assert send(client, Script(), numbered(1), journal).resumed == 1


def test_only_its_owner_can_read_a_journal(client: ClientRunner, journal: Path) -> None:
    """Nor the files that SQLite creates beside it while it is open."""
    modes: dict[str, int] = {}

    def respond(request: httpx.Request) -> httpx.Response:
        modes.update({path.name: stat.S_IMODE(path.stat().st_mode) for path in journal.parent.iterdir()})
        return created(request)

    send(client, Script(respond), numbered(1), journal)
    assert modes.keys() >= {"run.journal", "run.journal-wal", "run.journal.lock"}
    assert set(modes.values()) == {0o600}


def test_an_error_that_is_nested_too_deeply_cannot_be_stored(journal: Path) -> None:
    """The next run sends the event again."""
    body: dict[str, Any] = {}
    for _ in range(100_000):
        body = {"x": body}
    with closing(Journal(journal, "https://example.com", "v3")) as opened:
        opened.begin((Item(0, None, "e0", b"{}"),), "v3")
        with pytest.raises(JournalError, match="cannot store an error of the service that is nested too deeply"):
            opened.end([Rejected(0, None, "e0", 1, api_error(400, body))])


def test_the_command_resumes(tmp_path: Path) -> None:
    """And reports it; a journal cannot be combined with a sandbox of the command's own."""
    lines = [json.dumps({"eventTemplateId": "1", "id": f"e{n}", "tokens": {}, "email": "a@b.c"}) for n in range(3)]
    (tmp_path / "events.jsonl").write_text("\n".join(lines))

    def command(*options: str) -> Any:
        arguments = ("send", "events.jsonl", "--journal", "run.journal", *options)
        return run_here(*arguments, folder=tmp_path, env={"HUBSPOT_TIMELINE_TOKEN": "t"})

    refused = command("--sandbox")
    assert refused.code == 2
    assert "--journal cannot be combined with --sandbox" in refused.err

    unreachable = ("--base-url", "http://127.0.0.1:9", "--attempts", "1")
    assert command(*unreachable, "--json").result["unsent"] == 3
    assert "The same command continues from run.journal" in command(*unreachable).out
    with SandboxServer() as server:
        other = ("--base-url", server.url, "--journal", "other.journal")
        assert command(*other).code == 0
        assert "Settled by an earlier run, according to the journal: 3." in command(*other).out
    (tmp_path / "events.jsonl").write_text("\n".join(lines[1:]))
    changed = command(*unreachable)
    assert changed.code == 2
    assert "belongs to another input" in changed.err
