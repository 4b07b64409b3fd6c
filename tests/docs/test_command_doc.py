"""The examples of the page on the command run as they stand, against a sandbox, and its tables are complete."""

import json
import re
from pathlib import Path

from hubspot_timeline_testing.sandbox import Account, SandboxServer, SandboxSettings
from tests.helpers.command import run_here
from tests.helpers.document import ROOT

PAGE = (ROOT / "docs/command.md").read_text(encoding="utf-8")


def test_the_example_of_many_accounts_sends_each_row_to_its_account(tmp_path: Path) -> None:
    """With the commands, the rows and the file of accounts that the page shows, and no dead letter to retry."""
    section = PAGE.partition("\n## Many accounts\n")[2].partition("\n## ")[0]
    rows, accounts, commands = re.findall(r"^```\w*\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    (tmp_path / "customers.csv").write_text(rows)
    (tmp_path / "accounts.json").write_text(accounts, encoding="utf-8")
    (tmp_path / "24680.token").write_text("a-token-in-a-file\n")
    known = [
        Account(name="12345", access_token=json.loads(accounts)["12345"]),
        Account(name="67890", client_id="…", client_secret="…", refresh_token="…"),
        Account(name="24680", access_token="a-token-in-a-file"),
    ]
    results = []
    with SandboxServer(settings=SandboxSettings(accounts=known)) as sandbox:
        env = {"HUBSPOT_TIMELINE_BASE_URL": sandbox.url}
        for command in commands.splitlines()[:3]:
            ended = run_here(*command.partition("#")[0].split()[1:], "--json", folder=tmp_path, env=env)
            results.append((ended.code, ended.result["total"]))
        senders = {request["account"] for request in sandbox.control.requests() if request["events"]}

    assert results == [(0, 3)] * 3
    assert senders == {"12345", "67890", "24680"}
    assert commands.splitlines()[3].startswith("hubspot-timeline retry --account-column account ")


def test_the_examples_with_their_output_show_what_the_command_writes() -> None:
    """To standard output, in the folder of the repository."""
    examples = re.findall(r"^\$ hubspot-timeline (.*)\n((?:[^$`].*\n)+)", PAGE, re.MULTILINE)
    with SandboxServer() as sandbox:
        env = {"HUBSPOT_TIMELINE_BASE_URL": sandbox.url, "HUBSPOT_TIMELINE_TOKEN": "any-token"}
        for command, shown in examples:
            arguments, _, pattern = command.partition(" | grep -e ")
            out = run_here(*arguments.removesuffix(" 2> errors.txt").split(), folder=ROOT, env=env).out
            assert "".join(line for line in out.splitlines(keepends=True) if pattern in line) == shown

    assert len(examples) == 4


def test_each_field_of_the_result_of_a_dry_run_has_its_row(tmp_path: Path) -> None:
    """Also of its accounts."""
    (tmp_path / "a.jsonl").write_text('{"hub":1}\n')
    result = run_here("send", "--dry-run", "--json", "--account-column", "hub", "a.jsonl", folder=tmp_path).result
    section = PAGE.partition("\nWith `--dry-run` it has")[2]
    sentence, _, table = section.partition("\n\n")
    fields = re.findall(
        r"`(\w+)`", sentence + "".join(line.split("|")[1] for line in table.splitlines() if "|" in line)
    )

    assert fields == list(result)
    assert set(fields) - {"total", "seconds", "accounts"} == set(result["accounts"]["1"])
