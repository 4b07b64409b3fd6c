"""The lines of a pipe are sent while it is open, and an interrupt accounts for those that were read."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.command import run_here, started

LINE = '{"eventTemplateId":"1","id":"%s","tokens":{},"email":"ada@example.com"}\n'
TOKEN = {"HUBSPOT_TIMELINE_TOKEN": "very-secret"}


def becomes_true(condition: Callable[[], object]) -> bool:
    """Ask until a condition holds, at most 30 seconds."""
    deadline, pause = monotonic() + 30, Event()
    while not condition():
        if monotonic() > deadline:
            return False
        pause.wait(0.01)
    return True


def write(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdin
    process.stdin.write(text)
    process.stdin.flush()


def test_events_of_an_open_pipe_are_sent_after_the_flush_interval(tmp_path: Path, sandbox: SandboxServer) -> None:
    """The batch is not full and the pipe stays open; each event is created all the same, also a later one."""
    options = ("--json", "--flush-interval", 0.1, "--base-url", sandbox.url)
    with started("send", *options, "-", folder=tmp_path, env=TOKEN) as process:
        for event_id in ("a", "b"):
            write(process, LINE % event_id)
            assert becomes_true(lambda: sandbox.store.get("1", event_id))  # noqa: B023 - called in this round
            assert process.poll() is None
        out, _ = process.communicate()

    assert process.returncode == 0
    result = json.loads(out.splitlines()[-1])
    assert (result["total"], result["created"], result["requests"]) == (2, 2, 2)


@pytest.mark.parametrize("journal", [[], ["--journal", "run.journal"]], ids=["queue", "journal"])
def test_invalid_lines_of_a_pipe_are_dead_letters(tmp_path: Path, sandbox: SandboxServer, journal: list[str]) -> None:
    """The lines around them are sent, with the access token of a file; a table has the counts."""
    (tmp_path / "token").write_text("a-token\n")
    lines = LINE % "a" + "{\n" + LINE % "b"

    options = ("--base-url", sandbox.url, "--token-file", "token", "--dead-letters", "dead", *journal)
    ended = run_here("send", *options, "-", folder=tmp_path, stdin=lines.encode())

    assert (ended.code, sandbox.store.count()) == (1, 2)
    assert "standard input:2: not JSON" in ended.err
    [letter] = (tmp_path / "dead").read_text().splitlines()
    assert json.loads(letter)["origin"] == "standard input:2"
    assert [line.split()[:2] for line in ended.out.splitlines()[1:3]] == [["created", "2"], ["rejected", "1"]]


def test_events_of_a_pipe_are_validated_by_templates(tmp_path: Path, sandbox: SandboxServer) -> None:
    """An event that does not fit is Rejected, and not sent."""
    (tmp_path / "t.json").write_text('[{"id": "1", "tokens": [{"name": "n", "type": "number"}]}]')
    line = '{"eventTemplateId":"1","tokens":{"n":"many"},"email":"ada@example.com"}\n'

    options = ("--json", "--base-url", sandbox.url, "--templates", "t.json")
    ended = run_here("send", *options, "-", folder=tmp_path, stdin=line.encode(), env=TOKEN)

    assert (ended.code, ended.result["rejected"], ended.result["requests"]) == (3, 1, 0)


@pytest.mark.parametrize(
    ("number", "journal"),
    [(signal.SIGINT, []), (signal.SIGTERM, ["--journal", "run.journal"])],
    ids=["queue", "journal"],
)
def test_an_interrupt_ends_a_run_that_waits_for_its_input(
    tmp_path: Path, sandbox: SandboxServer, number: signal.Signals, journal: list[str]
) -> None:
    """The pipe is never closed; what was read is accounted for, and the message names what was not."""
    options = ("--base-url", sandbox.url, "--batch-size", "1", "--json", *journal)
    with started("send", *options, "-", folder=tmp_path, env=TOKEN) as process:
        write(process, LINE % "a")
        assert becomes_true(sandbox.store.count)
        process.send_signal(number)
        assert process.stdout
        assert process.stderr
        result = json.loads(process.stdout.read().splitlines()[-1])
        assert "The input was not read to its end." in process.stderr.read()
        assert process.wait(10) == 130

    assert (result["total"], result["created"]) == (1, 1)
    assert not list(tmp_path.glob("dead-letters*"))


@pytest.mark.parametrize(
    ("file", "drip"),
    [("rows.jsonl", b"HTTP/1.1 100 Continue\r\n\r\n"), ("-", b"")],
    ids=["a drip for a file", "silence for a pipe"],
)
def test_the_first_interrupt_waits_for_responses_and_the_second_does_not(
    tmp_path: Path, file: str, drip: bytes
) -> None:
    """The service never completes its response, so that only the second one ends the run."""
    (tmp_path / "rows.jsonl").write_text(LINE % "a")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)  # a command that fails must not let the test wait for ever
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with started("send", "--base-url", url, "--batch-size", 1, file, folder=tmp_path, env=TOKEN) as process:
            write(process, LINE % "a")
            connection, _ = silent.accept()
            with connection:
                connection.recv(1)
                connection.sendall(drip)
                process.send_signal(signal.SIGINT)
                assert process.stderr
                lines = iter(process.stderr.readline, "")
                assert any("interrupt again to end at once" in line for line in lines)
                connection.sendall(drip)
                process.send_signal(signal.SIGINT)
                assert process.wait(10) == 130


def test_a_closed_standard_input_is_reported(tmp_path: Path) -> None:
    """There is a message instead of a traceback."""
    command = f"{sys.executable} -m hubspot_timeline validate - <&-"
    ended = subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert ended.returncode == 2
    assert "standard input is closed" in ended.stderr
