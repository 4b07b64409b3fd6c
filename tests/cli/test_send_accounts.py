"""`send --account-column` sends each row to the account that it names, and reports by account."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from hubspot_timeline.accounts import PoolReport
from hubspot_timeline.cli.summary import show_summary
from hubspot_timeline.delivery.outcomes import Report
from hubspot_timeline.files import DeadLetters
from hubspot_timeline_testing.sandbox import Account, SandboxServer, SandboxSettings
from tests.helpers.command import Ended, run_here, started

LINE = '{"hub":%s,"eventTemplateId":"1","id":"%s","tokens":{},"email":"ada@example.com"}\n'
ROWS = "".join(LINE % (account, f"{account}-{number}") for number in range(3) for account in ("1", "2", "3"))
TOKENS = {"1": "secret-1", "2": "secret-2"}


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    """Return one that knows two accounts."""
    accounts = [Account(name=name, access_token=token) for name, token in TOKENS.items()]
    with SandboxServer(settings=SandboxSettings(accounts=accounts)) as server:
        yield server


def send(sandbox: SandboxServer, folder: Path, tokens: dict[str, Any], *arguments: str, command: str = "send") -> Ended:
    (folder / "accounts.json").write_text(json.dumps(tokens))
    to = ("--base-url", sandbox.url, "--account-column", "hub", "--accounts", "accounts.json")
    ended = run_here(command, *to, "--dead-letters", "dead", *arguments, folder=folder)
    assert "secret" not in ended.out + ended.err
    return ended


def test_each_row_is_sent_to_its_account_with_one_report_for_all_and_one_for_each(
    tmp_path: Path, sandbox: SandboxServer
) -> None:
    """A wrong token and a missing account stop no other; `retry` sends their events once the tokens are corrected."""
    (tmp_path / "rows.jsonl").write_text(ROWS + LINE % ("null", "n") + LINE % ("4", "4-0"))

    wrong = {"1": "secret-1", "2": "wrong-secret", "4": "wrong-secret"}
    first = send(sandbox, tmp_path, wrong, "--json", "rows.jsonl")
    accounts = {request["account"] for request in sandbox.control.requests()}
    letters = [json.loads(line) for line in (tmp_path / "dead").read_text().splitlines()]
    (tmp_path / "dead").rename(tmp_path / "letters")
    second = send(sandbox, tmp_path, TOKENS | {"3": "secret-2", "4": "secret-1"}, "--json", "letters", command="retry")

    counts = {name: (each["created"], each["unsent"]) for name, each in first.result["accounts"].items()}
    assert (first.code, counts) == (1, {"1": (3, 0), "2": (0, 3), "3": (0, 3), "4": (0, 1)})
    assert [first.result[name] for name in ("total", "created", "rejected", "unsent")] == [11, 3, 1, 7]
    assert accounts == {"1", None}
    assert "rows.jsonl:2: account 2: 401" in first.err
    assert "rows.jsonl:11: account 4: 401" in first.err  # the same cause, of another account
    assert "rows.jsonl:3: account 3: Not sent, because sending to account 3 had stopped: No access token" in first.err
    assert "rows.jsonl:10: hub: is missing; add the account of the row" in first.err
    assert sorted(str(letter.get("account")) for letter in letters) == ["2"] * 3 + ["3"] * 3 + ["4", "None"]
    assert [second.result["accounts"][name]["created"] for name in ("2", "3", "4")] == [3, 3, 1]
    assert (second.code, second.result["created"], sandbox.store.count()) == (1, 7, 10)


def test_a_journal_knows_the_accounts(tmp_path: Path, sandbox: SandboxServer) -> None:
    """A second run settles what the first could not send; a row of another account is another event."""
    (tmp_path / "rows.jsonl").write_text(ROWS)
    options = ("--json", "--journal", "journal", "rows.jsonl")

    first = send(sandbox, tmp_path, {"1": "secret-1"}, *options)
    second = send(sandbox, tmp_path, TOKENS | {"3": "secret-2"}, *options)
    (tmp_path / "rows.jsonl").write_text(ROWS.replace('"hub":1', '"hub":2', 1))
    third = send(sandbox, tmp_path, TOKENS, *options)

    assert (first.result["created"], first.result["unsent"]) == (3, 6)
    assert (second.code, second.result["created"], second.result["resumed"]) == (0, 9, 3)
    assert second.result["accounts"]["1"]["resumed"] == 3
    assert third.code == 2
    assert "belongs to another input: the event at position 0" in third.err


def test_a_sandbox_of_the_run_takes_each_account_for_one_of_its_own(tmp_path: Path) -> None:
    """So that a file can be tried without any token, whatever the accounts are called; CSV too."""
    accounts = ["1", "Kölner Dom", "a/b"]
    rows = "".join(f"{account},1,ada@example.com\n" for account in accounts * 2)
    (tmp_path / "rows.csv").write_text("hub,eventTemplateId,email\n" + rows)

    ended = run_here("send", "--sandbox", "--json", "--account-column", "hub", "rows.csv", folder=tmp_path)
    checked = run_here("validate", "--json", "--account-column", "hub", "rows.csv", folder=tmp_path)

    assert (ended.code, ended.result["sandbox_events"]) == (0, 6)
    assert {name: each["requests"] for name, each in ended.result["accounts"].items()} == dict.fromkeys(accounts, 1)
    assert checked.result["valid"] == 6


def test_an_interrupt_accounts_for_the_rows_of_an_open_pipe(tmp_path: Path, sandbox: SandboxServer) -> None:
    """Full batches are sent while the pipe is open; the events of the others are unsent."""
    (tmp_path / "accounts").mkdir()
    (tmp_path / "accounts/1").write_text("secret-1\n")
    options = ("--json", "--batch-size", 1, "--account-column", "hub", "--base-url", sandbox.url)
    env = {"HUBSPOT_TIMELINE_ACCOUNTS": str(tmp_path / "accounts")}
    with started("send", *options, "-", folder=tmp_path, env=env) as process:
        assert process.stdin
        assert process.stderr
        for account in (1, 5):
            process.stdin.write(LINE % (account, "x"))
            process.stdin.flush()
            while not sandbox.store.count():
                assert process.poll() is None
        while "account 5" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()

    assert process.returncode == 130
    assert "The input was not read to its end." in err
    result = json.loads(out.splitlines()[-1])
    assert {name: (each["created"], each["unsent"]) for name, each in result["accounts"].items()} == {
        "1": (1, 0),
        "5": (0, 1),
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--accounts a.json", "--accounts needs --account-column, which names the account of each row"),
        ("--account-column=", "--account-column is empty; give the name of the column"),
        (
            "--account-column hub",
            "the accounts are missing; give --accounts (or HUBSPOT_TIMELINE_ACCOUNTS), a file",
        ),
        ("--account-column hub --accounts none.json", "none.json cannot be read: No such file or directory"),
        (
            "--account-column hub --accounts a.json --token-file a.json",
            "--token-file cannot be combined with --account",
        ),
        (
            "--account-column hub --accounts a.json --flush-interval 1",
            "--flush-interval cannot be combined with --acco",
        ),
        ("--account-column hub --accounts a.json --sandbox", "--sandbox cannot be combined with --base-url, --token-f"),
        (
            "--account-column hub --accounts a.json --rate-limit-store sqlite:store",
            "--rate-limit-store (or HUBSPOT_TIMELINE_RATE_LIMIT_STORE) has one limit only, and a pool one for each acc",
        ),
    ],
)
def test_options_that_exclude_each_other_are_refused(tmp_path: Path, options: str, message: str) -> None:
    """Before anything is sent, with what to do."""
    (tmp_path / "a.json").write_text('{"1": "secret"}')
    (tmp_path / "rows.jsonl").write_text(ROWS)

    ended = run_here("send", *options.split(), "rows.jsonl", folder=tmp_path)

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"Error: {message}")


def test_the_accounts_with_the_most_failures_are_shown_first(tmp_path: Path) -> None:
    """And of many only the first ones, with how many there are besides."""
    accounts = {f"a{number}": Report(created=1, unsent=number == 24) for number in range(25)}
    console = Console(record=True, width=100)

    report = PoolReport(created=25, unsent=1, accounts=accounts)
    show_summary(console, report, DeadLetters(tmp_path / "dead"), None, journal=None)

    lines = console.export_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("account"))
    assert lines[start + 1].split() == ["a24", "1", "0", "0", "1"]
    assert lines[start + 2].split() == ["a0", "1", "0", "0", "0"]
    assert lines[start + 21] == "… and 5 more; --json has all."
