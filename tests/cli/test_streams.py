"""A full disk, a closed stream or a reader that has gone ends no run: its account goes where it still can."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import pytest
from attrs import frozen

from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.command import run_here

ROW = '{"eventTemplateId":"1","id":"%s","tokens":{},"email":"ada@example.com"}\n'
INVALID = '{"eventTemplateId":"1","tokens":{}}\n'
TOKEN = {"HUBSPOT_TIMELINE_TOKEN": "any-token-at-all"}


@frozen
class Ended:
    """What a command leaves: `dead_letters` is their number."""

    code: int
    out: str
    err: str
    dead_letters: int


def shell(tmp_path: Path, command: str, redirection: str = "") -> Ended:
    """Run the command in a shell, which redirects its outputs."""
    program = f"{shlex.quote(sys.executable)} -m hubspot_timeline {command} {redirection}"
    process = subprocess.run(
        ["/bin/bash", "-o", "pipefail", "-c", program], cwd=tmp_path, env=os.environ | TOKEN,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    letters = sum(len(file.read_text().splitlines()) for file in tmp_path.glob("dead*"))
    assert "Traceback" not in process.stdout + process.stderr
    return Ended(process.returncode, process.stdout, process.stderr, letters)


def full_disk() -> TextIO:
    return Path("/dev/full").open("w", encoding="utf-8")


def pipe_without_reader() -> TextIO:
    reading, writing = os.pipe()
    os.close(reading)
    return os.fdopen(writing, "w", encoding="utf-8")


@pytest.mark.parametrize("redirection", ["1>&-", "2>/dev/full", "1>/dev/full 2>/dev/full", "0<&- 1>&- 2>&-"])
def test_a_run_is_completed_without_its_outputs(tmp_path: Path, sandbox: SandboxServer, redirection: str) -> None:
    """All events are sent, the dead letters are complete, and the counts are on the stream that is left."""
    rows = [ROW % number for number in range(250)]
    (tmp_path / "rows.jsonl").write_text("".join(rows) + INVALID * 30)

    ended = shell(tmp_path, f"send --json --base-url {sandbox.url} rows.jsonl", redirection)

    assert (ended.code, sandbox.store.count(), ended.dead_letters) == (1, 250, 30)
    assert bool(ended.out) == ("1>" not in redirection)
    assert bool(ended.err) == ("2>" not in redirection)
    if text := ended.out or ended.err:
        [result] = [json.loads(line) for line in text.splitlines() if '"total"' in line]
        assert (result["created"], result["rejected"]) == (250, 30)


SEND = "send --base-url {url} rows.jsonl"
CONTRACT = "contract {url} --max-examples 1 --operation create_event --phases examples --allow any-token"


@pytest.mark.parametrize(
    ("command", "result", "redirection"),
    [(SEND, "total", "1>&-"), (SEND, "", "1>/dev/full 2>/dev/full"), (CONTRACT, "Contract holds", "1>&-")],
)
def test_the_exit_code_says_that_standard_output_could_not_be_written(
    tmp_path: Path, sandbox: SandboxServer, command: str, result: str, redirection: str
) -> None:
    """It is 4 in place of 0; what standard output should have is on standard error."""
    (tmp_path / "rows.jsonl").write_text(ROW % "a")

    ended = shell(tmp_path, command.format(url=sandbox.url), redirection)

    assert (ended.code, ended.out) == (4, "")
    assert result in ended.err
    assert "2>" in redirection or "\nError: standard output could not be written (" in ended.err


@pytest.mark.parametrize(
    ("command", "result"),
    [
        (SEND, "total"),
        ("retry --base-url {url} rows.jsonl", "total"),
        ("validate rows.jsonl", "1 event read: 1 valid, 0 not."),
        ("templates list --app-id 7 --base-url {url}", '"results": []'),
        ("--help", "Usage: "),
    ],
)
@pytest.mark.parametrize(("output", "code"), [(full_disk, 4), (pipe_without_reader, 0)])
def test_each_command_ends_without_standard_output(
    tmp_path: Path, sandbox: SandboxServer, command: str, result: str, output: Callable[[], TextIO], code: int
) -> None:
    """A full disk has its own exit code, and the result is on standard error; a reader that has gone is no failure."""
    (tmp_path / "rows.jsonl").write_text(ROW % "a")

    ended = run_here(*command.format(url=sandbox.url).split(), folder=tmp_path, env=TOKEN, stdout=output())

    assert ended.code == code
    assert (result in ended.err, "standard output could not be written (" in ended.err) == (code == 4, code == 4)
    assert "Broken" not in ended.err


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_bad_usage_has_its_own_exit_code(tmp_path: Path, redirection: str) -> None:
    """Whether there is space for its message or not."""
    assert shell(tmp_path, "send", redirection).code == 2


def test_a_sandbox_shows_its_address_where_it_can() -> None:
    """It goes on, and its exit code says that standard output could not be written."""
    arguments = [sys.executable, "-m", "hubspot_timeline", "sandbox", "--port=0", "--until-stdin-closes"]
    with Path("/dev/full").open("w") as full:
        pipe = subprocess.PIPE
        process = subprocess.Popen(arguments, stdin=pipe, stdout=full, stderr=pipe, text=True)
    with process:
        assert process.stderr
        assert "Sandbox at http://127.0.0.1:" in process.stderr.readline()
        process.communicate()
    assert process.returncode == 4


@pytest.mark.parametrize(
    ("command", "reader", "code"),
    [
        (f"{SEND} --dead-letters dead bad.jsonl", "2>&1 | head -1", 1),
        (SEND, "| true", 0),
    ],
)
def test_a_reader_that_has_gone_is_no_failure(
    tmp_path: Path, sandbox: SandboxServer, command: str, reader: str, code: int
) -> None:
    """There is no message, the exit code is that of the run, and all is sent or in the dead letters."""
    (tmp_path / "rows.jsonl").write_text("".join(ROW % number for number in range(1_000)))
    (tmp_path / "bad.jsonl").write_text(INVALID * 30)

    ended = shell(tmp_path, command.format(url=sandbox.url), reader)

    assert ended.code == code
    assert "Broken" not in ended.err
    assert sandbox.store.count() == 1_000
    assert ended.dead_letters == (30 if "dead" in command else 0)


def test_dead_letters_on_a_full_disk_leave_all_failures_on_standard_error(
    tmp_path: Path, sandbox: SandboxServer
) -> None:
    """With one message about the disk; the others are sent, and the exit code is not that of success."""
    (tmp_path / "rows.jsonl").write_text(ROW % "a" + INVALID * 30)

    options = ("--base-url", sandbox.url, "--dead-letters", "/dev/full")
    ended = run_here("send", *options, "rows.jsonl", folder=tmp_path, env=TOKEN)

    assert (ended.code, sandbox.store.count()) == (1, 1)
    assert ended.err.count("dead letters cannot be written to /dev/full: No space left on device") == 1
    assert all(f"rows.jsonl:{line}: " in ended.err for line in range(2, 32))
