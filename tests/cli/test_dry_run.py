"""`send --dry-run` says what a run would do, sends nothing and writes nothing."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hubspot_timeline.accounts.lanes import Lane, Lanes, PoolLimits
from hubspot_timeline.apis import open_apis
from hubspot_timeline.cli.check import Check
from hubspot_timeline.cli.console import error_console
from hubspot_timeline.cli.failures import Failures
from hubspot_timeline.delivery.batches import BatchLimits
from hubspot_timeline.delivery.progress import RunCounters
from hubspot_timeline.delivery.retry import ErrorLimit
from hubspot_timeline.execution.reader import EventReader, Preparation
from hubspot_timeline.journal.store import Journal
from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.command import Ended, run_here

LINE = '{"hub":"%s","eventTemplateId":"1","id":"%s","tokens":{},"email":"ada@example.com"}\n'
PLAIN = LINE.replace('"hub":"%s",', "")
TOKEN = {"HUBSPOT_TIMELINE_TOKEN": "any-token"}


def dry_run(folder: Path, *arguments: object, **env: str) -> Ended:
    """Run `send --dry-run`, and require that no file has changed."""
    before = {path: path.read_bytes() for path in folder.iterdir()}
    ended = run_here("send", "--dry-run", *arguments, folder=folder, env=env)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    return ended


def test_a_run_sends_what_its_dry_run_has_said(tmp_path: Path, sandbox: SandboxServer) -> None:
    """In as many batches; the dry run needs no access token, and sends no request."""
    rows = [PLAIN % number for number in range(32)]
    (tmp_path / "rows.jsonl").write_text("".join([*rows[:7], "{}\n", *rows[7:]]))
    options = ("--json", "--batch-size", 10, "--base-url", sandbox.url, "rows.jsonl")

    said = dry_run(tmp_path, *options)
    requests = list(sandbox.control.requests())
    sent = run_here("send", *options, folder=tmp_path, env=TOKEN)

    size = sum(len(row) - 1 for row in rows)
    assert (said.code, requests) == (sent.code, []) == (1, [])
    assert said.result == {
        "total": 33, "valid": 32, "invalid": 1, "resumed": 0, "unsent": 0,
        "to_send": 32, "batches": 4, "bytes": size, "seconds": 0,
    }  # fmt: skip
    assert [sent.result[name] for name in ("total", "created", "rejected", "requests")] == [33, 32, 1, 4]
    assert [line for line in said.err.splitlines() if line in sent.err] == said.err.splitlines()
    assert "rows.jsonl:8: " in said.err


def test_equal_ids_are_not_in_one_batch(tmp_path: Path) -> None:
    """As in a run."""
    (tmp_path / "rows.jsonl").write_text("".join(PLAIN % number for number in (1, 2, 2, 3)))
    assert dry_run(tmp_path, "--json", "rows.jsonl").result["batches"] == 2


@pytest.mark.parametrize("content", [PLAIN % 1, PLAIN % 1 + "{}\n", "{}\n", "", None])
@pytest.mark.parametrize("as_json", [["--json"], []])
def test_the_exit_code_is_that_of_validate(tmp_path: Path, content: str | None, as_json: list[str]) -> None:
    """For files that cannot be read too."""
    if content is not None:
        (tmp_path / "rows.jsonl").write_text(content)

    said = dry_run(tmp_path, *as_json, "rows.jsonl")
    validated = run_here("validate", *as_json, "rows.jsonl", folder=tmp_path)

    assert (said.code, said.err) == (validated.code, validated.err)
    assert as_json or said.out.startswith(validated.out)


@pytest.mark.parametrize(
    ("limit", "words", "seconds"),
    [
        (2, "The rate limit of 2 requests in 10 seconds makes it take at least 0:00:21.", 20.4),
        (5, "The rate limit of 5 requests in 10 seconds does not delay it.", 0),
        (0, "Nothing was sent. A run would send 5 events, 350 bytes, in 5 requests.", 0),
    ],
)
def test_the_rate_limit_gives_the_least_time(tmp_path: Path, limit: int, words: str, seconds: float) -> None:
    """As many requests as it allows begin at once, the next ones a window later."""
    (tmp_path / "rows.jsonl").write_text("".join(PLAIN % number for number in range(5)))
    options = ("--batch-size", 1, "--rate-limit", limit, "rows.jsonl")

    assert dry_run(tmp_path, *options).out.splitlines()[-1] == words
    assert dry_run(tmp_path, "--json", *options).result["seconds"] == seconds


def test_what_a_journal_has_settled_is_not_to_be_sent(tmp_path: Path, sandbox: SandboxServer) -> None:
    """By its outcomes, also while a run has it open; a journal of another input is refused, and none is made."""
    (tmp_path / "rows.jsonl").write_text("".join(PLAIN % number for number in range(4)) + "{}\n")
    options = ("--base-url", sandbox.url, "--journal", "journal", "rows.jsonl")

    first = dry_run(tmp_path, "--json", *options)
    run_here("send", "--limit", 3, *options, folder=tmp_path, env=TOKEN)
    second = dry_run(tmp_path, "--json", *options)
    shown = dry_run(tmp_path, *options)
    with closing(Journal(tmp_path / "journal", sandbox.url, "v3")):
        in_use = run_here("send", "--dry-run", "--json", *options, folder=tmp_path)
    elsewhere = dry_run(tmp_path, *options[2:], HUBSPOT_TIMELINE_BASE_URL="http://localhost")
    (tmp_path / "rows.jsonl").write_text(PLAIN % 7)
    other = dry_run(tmp_path, *options)

    names = ("resumed", "to_send", "valid", "invalid")
    assert [first.result[name] for name in names] == [0, 4, 4, 1]
    assert [second.result[name] for name in names] == [3, 1, 4, 1]
    assert in_use.result == second.result
    assert "Settled by an earlier run, according to the journal: 3." in shown.out
    assert (elsewhere.code, other.code) == (2, 2)
    assert "belongs to a run to" in elsewhere.err
    assert "belongs to another input: the event at position 0 was '0'" in other.err


def test_the_accounts_without_a_token_would_get_nothing(tmp_path: Path) -> None:
    """Each account has batches and a time of its own; without a file of accounts no tokens are missed."""
    (tmp_path / "rows.jsonl").write_text("".join(LINE % (name, number) for number in range(3) for name in "abc"))
    (tmp_path / "accounts.json").write_text('{"a": "any-token", "b": "any-token"}')
    options = ("--account-column", "hub", "--batch-size", 1, "--rate-limit", 1, "rows.jsonl")

    known = dry_run(tmp_path, "--accounts", "accounts.json", "--json", *options)
    shown = dry_run(tmp_path, *options, HUBSPOT_TIMELINE_ACCOUNTS="accounts.json")
    unknown = dry_run(tmp_path, "--json", *options)

    accounts: dict[str, Any] = known.result["accounts"]
    assert (known.code, known.result["unsent"], known.result["seconds"], unknown.code) == (1, 3, 20.4, 0)
    assert {name: (each["unsent"], each["batches"]) for name, each in accounts.items()} == {
        "a": (0, 3),
        "b": (0, 3),
        "c": (3, 0),
    }
    assert known.err.count("No access token for account 'c': there is none for this name; add it, or") == 1
    assert shown.out.splitlines()[2].split() == ["c", "3", "0", "0", "3", "0"]
    assert "Without an access token for their account: 3." in shown.out
    assert "for each account makes it take at least 0:00:21." in shown.out


def test_events_of_many_accounts_do_not_wait_without_bound() -> None:
    """As in a pool, batches that are not full are cut; all events are counted once."""
    limits = PoolLimits(10, 10**9, BatchLimits(max_events=5), 1, ErrorLimit())
    lanes = Lanes(limits, lambda account: Lane(account, limits, RunCounters(), None))  # type: ignore[arg-type]
    events = [json.loads(LINE % (number % 40, number)) for number in range(400)]
    largest = 0

    def assign(event: dict[str, Any]) -> tuple[str, object]:
        nonlocal largest
        largest = max(largest, lanes.events)
        return event.pop("hub"), event

    check = Check(Failures(error_console()))
    check.read(events, EventReader(lanes, Preparation(open_apis("v3", None, None).primary, assign=assign)), lanes)

    assert (check.counts.valid, check.counts.to_send, len(check.by_account)) == (400, 400, 40)
    assert largest <= 10
    assert lanes.events == lanes.bytes == 0


def test_a_sandbox_is_of_no_use(tmp_path: Path) -> None:
    """Which is said."""
    ended = dry_run(tmp_path, "--sandbox", "rows.jsonl")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "Error: --dry-run cannot be combined with --sandbox, since it sends nothing; remove one\n"
