"""--skip and --limit count the events of all files, and leave their lines, ids and journals what they are."""

import json
from pathlib import Path

import pytest

from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.command import Ended, run_here

ROW = '{"eventTemplateId":"1","tokens":{},"email":"ada@example.com"}\n'
TOKEN = {"HUBSPOT_TIMELINE_TOKEN": "any-token"}


def send(sandbox: SandboxServer, folder: Path, *arguments: object) -> Ended:
    to = ("--json", "--base-url", sandbox.url, "--dead-letters", "dead")
    return run_here("send", *to, *arguments, folder=folder, env=TOKEN)


def test_the_events_of_all_files_are_counted_valid_or_not(tmp_path: Path, sandbox: SandboxServer) -> None:
    """Not the header nor blank lines; messages and dead letters have the lines of the file.

    Files after the last event are not opened.
    """
    (tmp_path / "a.jsonl").write_text("{}\n\n" + ROW + "{}\n")
    (tmp_path / "b.csv").write_text("eventTemplateId,email\n1,ada\n1,ada@example.com\n1,bob\n")

    ended = send(sandbox, tmp_path, "--skip", 1, "--limit", 4, "a.jsonl", "b.csv", "none.csv")

    letters = [json.loads(line)["origin"] for line in (tmp_path / "dead").read_text().splitlines()]
    assert (ended.code, ended.result["total"], ended.result["created"]) == (1, 4, 2)
    assert letters == ["a.jsonl:4", "b.csv:2"]
    assert [line.partition(": ")[0] for line in ended.err.splitlines()[1:]] == letters


def test_parts_of_a_file_have_the_ids_of_the_whole(tmp_path: Path, sandbox: SandboxServer) -> None:
    """Equal rows without an id too, so that no event is created twice."""
    (tmp_path / "rows.jsonl").write_text(ROW * 6)

    first = send(sandbox, tmp_path, "--limit", 2, "rows.jsonl")
    last = send(sandbox, tmp_path, "--skip", 3, "rows.jsonl")
    whole = send(sandbox, tmp_path, "rows.jsonl")

    assert [each.result["existing"] for each in (first, last, whole)] == [0, 0, 5]
    assert sandbox.store.count() == 6


def test_a_journal_goes_on_behind_the_limit(tmp_path: Path, sandbox: SandboxServer) -> None:
    """It belongs to one --skip, and to a limit that does not get smaller."""
    (tmp_path / "rows.jsonl").write_text("".join(ROW.replace("{", f'{{"id":"{number}",', 1) for number in range(6)))
    options = ("--journal", "journal", "rows.jsonl")

    runs = [send(sandbox, tmp_path, "--skip", 1, "--limit", limit, *options) for limit in (2, 4, 4)]
    smaller = send(sandbox, tmp_path, "--skip", 1, "--limit", 3, *options)
    other = send(sandbox, tmp_path, "--skip", 2, *options)

    assert [(run.result["created"], run.result["resumed"]) for run in runs] == [(2, 0), (4, 2), (4, 4)]
    assert (smaller.code, other.code, sandbox.store.count()) == (2, 2, 4)
    assert "With a journal, --skip must be the same in each run, and --limit not be smaller than before" in smaller.err
    assert "at position 0 was '1'" in other.err
    assert other.err.rstrip().endswith("positions count from the event after the first 2.")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--limit 0", "--limit is 0; it must be a whole number of at least 1"),
        ("--limit x", "--limit is 'x'; it must be a whole number of at least 1"),
        ("--skip -1", "--skip is -1; it must be a whole number of at least 0"),
    ],
)
def test_wrong_numbers_are_refused(tmp_path: Path, options: str, message: str) -> None:
    """With what they must be."""
    ended = run_here("send", *options.split(), "rows.jsonl", folder=tmp_path)
    assert (ended.code, ended.err.splitlines()[0]) == (2, f"Error: {message}")


@pytest.mark.parametrize(
    ("options", "code", "total"),
    [
        ("--skip 5", 3, 0),
        (f"--skip {10**20}", 3, 0),
        (f"--limit {2**63}", 0, 1),
        (f"--skip 1 --limit {2**63 - 1}", 3, 0),
    ],
)
def test_numbers_may_be_beyond_the_end(
    tmp_path: Path, sandbox: SandboxServer, options: str, code: int, total: int
) -> None:
    """To leave out all events is a failure, with its reason."""
    (tmp_path / "rows.jsonl").write_text(ROW)
    for mode in ((), ("--dry-run",)):
        ended = send(sandbox, tmp_path, *options.split(), *mode, "rows.jsonl")
        assert (ended.code, ended.result["total"]) == (code, total)
        assert ("Nothing was read after the events that --skip leaves out." in ended.err) is (total == 0)
