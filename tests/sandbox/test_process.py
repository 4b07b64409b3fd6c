"""The sandbox as a command and as a child process: it prints its address, and never outlives its parent."""

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

from hubspot_timeline_testing.sandbox import SandboxControl, SandboxProcess, SandboxSettings, SandboxStartError
from tests.helpers.command import run_here
from tests.helpers.sandbox_calls import counts, event, post

COMMAND = (sys.executable, "-m", "hubspot_timeline", "sandbox")
TIMEOUT = 20.0


@contextmanager
def running(*options: str) -> Iterator[subprocess.Popen[str]]:
    """Run the command until the end of the `with`, where it must have ended by itself."""
    pipe = subprocess.PIPE
    buffered = os.environ | {"PYTHONUNBUFFERED": ""}  # as by default, so that a missing flush is noticed
    with subprocess.Popen([*COMMAND, *options], text=True, stdin=pipe, stdout=pipe, stderr=pipe, env=buffered) as child:
        try:
            yield child
            child.wait(TIMEOUT)
        finally:
            child.kill()


def has_ended(pid: int) -> bool:
    """Wait for the end of a process that is not a child of this one."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], TIMEOUT)[0])
    finally:
        os.close(descriptor)


def test_the_child_serves_until_the_end_of_the_with(tmp_path: Path) -> None:
    """With its settings, and in a session of its own, so that Ctrl-C does not end it before the parent."""
    settings = SandboxSettings(duplicates="last-wins")
    with SandboxProcess(database=tmp_path / "events.db", settings=settings, command=COMMAND) as sandbox:
        assert [post(sandbox.url, event()).status_code for _ in range(2)] == [201, 201]
        assert os.getsid(sandbox.pid) == sandbox.pid
    assert (tmp_path / "events.db").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(sandbox.pid, 0)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="/proc shows the environment of a process")
def test_the_child_gets_no_secret_of_a_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the environment only what is not for clients."""
    names = ("TOKEN", "CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "RATE_LIMIT_STORE")
    for name in names:
        monkeypatch.setenv(f"HUBSPOT_TIMELINE_{name}", "secret-of-a-client")
    monkeypatch.setenv("ANOTHER_VARIABLE", "another-value")
    with SandboxProcess(command=COMMAND) as sandbox:
        environment = Path(f"/proc/{sandbox.pid}/environ").read_bytes()

    assert b"ANOTHER_VARIABLE=another-value" in environment
    assert b"secret-of-a-client" not in environment


def test_the_child_ends_with_an_exception() -> None:
    """Also with Ctrl-C in the parent."""
    with pytest.raises(KeyboardInterrupt), SandboxProcess(command=COMMAND) as sandbox:
        raise KeyboardInterrupt
    with pytest.raises(ProcessLookupError):
        os.kill(sandbox.pid, 0)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux can wait for a process that is not a child")
def test_the_child_ends_with_a_killed_parent() -> None:
    """After a SIGKILL."""
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
    assert has_ended(pid)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import sys; sys.exit('no room')", "no room"),
        ("print('no room', file=__import__('sys').stderr)", "no room"),
        ("import os; print('[]', flush=True); os.read(0, 1)", "error output: none"),
    ],
    ids=["it fails", "it ends", "its output is invalid"],
)
def test_a_child_that_does_not_start_is_an_error(code: str, message: str) -> None:
    """The child is ended, and the error has its error output."""
    with pytest.raises(SandboxStartError, match=message):
        SandboxProcess(command=(sys.executable, "-c", code)).__enter__()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_command(number: signal.Signals) -> None:
    """With exit code 0 and without output, while a client is connected and stdin is open."""
    with running("--port", "0", "--json", "--until-stdin-closes") as child:
        assert child.stdout is not None
        with httpx.Client(base_url=json.loads(child.stdout.readline())["url"]) as client:
            assert client.get("/_sandbox/counts").json() == counts()
            child.send_signal(number)
            child.wait(TIMEOUT)
            assert child.communicate() == ("", "")
    assert child.returncode == 0


def test_the_greeting_has_the_address() -> None:
    """For a browser and for a client."""
    with running("--port", "0", "--until-stdin-closes") as child:
        output, _ = child.communicate(timeout=TIMEOUT)  # closes stdin
    assert output.count("\n") == 2
    assert 'base_url="http://127.0.0.1:' in output
    assert child.returncode == 0


def test_the_greeting_of_a_sandbox_with_accounts_asks_for_a_token_of_one(tmp_path: Path) -> None:
    """It accepts no other, and shows none."""
    config = tmp_path / "sandbox.json"
    config.write_text('{"accounts": [{"name": "62515", "access_token": "s3cret"}]}')
    with running("--port", "0", "--until-stdin-closes", "--config", str(config)) as child:
        output, _ = child.communicate(timeout=TIMEOUT)
    assert 'TimelineClient(access_token, base_url="http://127.0.0.1:' in output
    assert "access token of one of its accounts" in output
    assert "any-token" not in output
    assert "s3cret" not in output


def test_the_command_serves_other_machines_with_a_key_and_https(tmp_path: Path) -> None:
    """The key is in a file and in no argument; the CA is where it was asked for, and in the JSON."""
    key, ca = tmp_path / "key", tmp_path / "ca.pem"
    key.write_text("s3cret-of-the-sandbox\n")
    options = ["--host", "0.0.0.0", "--access-key-file", str(key), "--https", "--write-ca", str(ca)]  # noqa: S104
    with running("--port", "0", "--json", "--until-stdin-closes", *options) as child:
        assert child.stdout is not None
        started = json.loads(child.stdout.readline())
        assert started["url"].startswith("https://127.0.0.1:")
        assert started["ca_file"] == str(ca)
        with SandboxControl(started["url"], access_key="s3cret-of-the-sandbox", ca_file=ca) as control:
            assert control.counts() == counts()
        with SandboxControl(started["url"], ca_file=ca) as stranger, pytest.raises(ValueError, match="401"):
            stranger.counts()
        assert child.communicate() == ("", "")  # closes stdin


def test_a_port_or_database_that_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    """In one line, with exit code 2."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        in_use, database = str(other.getsockname()[1]), str(tmp_path / "missing" / "events.db")
        for options, texts in [
            (["--port", in_use], ["in use", "--port"]),
            (["--port", "0", "--database", database], ["events.db"]),
        ]:
            ended = run_here("sandbox", *options)
            assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
            assert all(text in ended.err for text in texts)
