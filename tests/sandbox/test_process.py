"""The sandbox as a command and as a child process: it says where it is, and never outlives who started it."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from hubspot_timeline_testing.sandbox import SandboxProcess, SandboxSettings, SandboxStartError
from tests.helpers.sandbox_calls import HEADERS, PATH, event

LAST_WINS = SandboxSettings(duplicates="last-wins")
COMMAND = (sys.executable, "-c", "import typer; from hubspot_timeline.cli.sandbox import sandbox; typer.run(sandbox)")
SECONDS = 20.0


@contextmanager
def running(*options: str) -> Iterator[subprocess.Popen[str]]:
    """Run the command until the end of the `with`, where it has to have ended by itself."""
    pipe = subprocess.PIPE
    buffered = os.environ | {"PYTHONUNBUFFERED": ""}  # as it is by default, so that a missing flush is noticed
    with subprocess.Popen([*COMMAND, *options], text=True, stdin=pipe, stdout=pipe, stderr=pipe, env=buffered) as child:
        try:
            yield child
            child.wait(SECONDS)
        finally:
            child.kill()


def ended(pid: int) -> bool:
    """Wait for a process that is no child of this one."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], SECONDS)[0])
    finally:
        os.close(descriptor)


def test_it_serves_and_ends(tmp_path: Path) -> None:
    """Inside the `with` the child serves with the settings given, after it the child is gone."""
    with SandboxProcess(database=tmp_path / "events.db", settings=LAST_WINS, command=COMMAND) as sandbox:
        statuses = [
            httpx.post(sandbox.url + PATH, headers=HEADERS, json={"inputs": [event()]}).status_code for _ in range(2)
        ]
        pid = sandbox.pid
    assert statuses == [201, 201]
    assert (tmp_path / "events.db").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_it_is_out_of_reach_of_the_terminal() -> None:
    """The child is in a session of its own, so that Ctrl-C does not end it before the parent has finished."""
    with SandboxProcess(command=COMMAND) as sandbox:
        assert os.getsid(sandbox.pid) == sandbox.pid


def test_an_error_inside_ends_it_too() -> None:
    """The child ends if the `with` is left by an exception."""
    pid = 0
    with pytest.raises(KeyboardInterrupt), SandboxProcess(command=COMMAND) as sandbox:
        pid = sandbox.pid
        raise KeyboardInterrupt
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux can wait for a process that is no child")
def test_it_dies_with_a_killed_parent() -> None:
    """If the parent is killed with SIGKILL the child ends as well."""
    script = (
        "import signal\nfrom hubspot_timeline_testing.sandbox import SandboxProcess\n"
        f"with SandboxProcess(command={COMMAND!r}) as sandbox:\n"
        "    print(sandbox.pid, flush=True)\n    signal.pause()\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        os.kill(pid, 0)
        parent.kill()
    assert ended(pid)


@pytest.mark.parametrize("code", ["import sys; sys.exit('no room')", "print('no room', file=__import__('sys').stderr)"])
def test_a_child_that_cannot_start_says_why(code: str) -> None:
    """If the child ends before it is ready, the error holds what it wrote to stderr."""
    with pytest.raises(SandboxStartError, match="no room"):
        SandboxProcess(command=(sys.executable, "-c", code)).__enter__()


def test_a_child_that_talks_nonsense_is_ended() -> None:
    """If the child writes something else than its address, it is ended and that is an error."""
    code = "import os; print('[]', flush=True); os.read(0, 1)"
    with pytest.raises(SandboxStartError, match="error output: none"):
        SandboxProcess(command=(sys.executable, "-c", code)).__enter__()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_command_cleanly(number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM end the command with exit code 0 and without a word."""
    with running("--port", "0", "--json", "--until-stdin-closes") as child:
        assert child.stdout is not None
        url = json.loads(child.stdout.readline())["url"]
        with httpx.Client(base_url=url) as client:  # still connected while the command ends
            assert client.get("/_sandbox/counts").json() == {
                "events": 0,
                "requests": 0,
                "limited": 0,
                "records": 0,
                "templates": 0,
            }
            child.send_signal(number)
            child.wait(SECONDS)  # while its stdin is open and watched
            assert child.communicate() == ("", "")
    assert child.returncode == 0


def test_the_greeting_says_how_to_use_it() -> None:
    """Without --json the command says where it is, for a browser and for a client."""
    with running("--port", "0", "--until-stdin-closes") as child:
        said, _ = child.communicate(timeout=SECONDS)  # closes stdin
    assert said.count("\n") == 2
    assert 'base_url="http://127.0.0.1:' in said
    assert child.returncode == 0


def test_a_taken_port_is_one_line() -> None:
    """If the port is in use the command says so in one line and exits with 2."""
    with socket.create_server(("127.0.0.1", 0)) as taken, running("--port", str(taken.getsockname()[1])) as child:
        said, complaint = child.communicate(timeout=SECONDS)
    assert (child.returncode, said, complaint.count("\n")) == (2, "", 1)
    assert "in use" in complaint
    assert "--port" in complaint


def test_an_unusable_database_is_one_line(tmp_path: Path) -> None:
    """If the database cannot be used the command says so in one line and exits with 2."""
    with running("--port", "0", "--database", str(tmp_path / "missing" / "events.db")) as child:
        _, complaint = child.communicate(timeout=SECONDS)
    assert (child.returncode, complaint.count("\n")) == (2, 1)
    assert "events.db" in complaint
