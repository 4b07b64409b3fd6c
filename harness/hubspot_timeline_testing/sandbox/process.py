"""The sandbox in a child process, which ends with this one."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from threading import Timer
from typing import IO, Self

from hubspot_timeline_testing import needs
from hubspot_timeline_testing.sandbox.control import SandboxControl
from hubspot_timeline_testing.sandbox.settings import SandboxSettings

_COMMAND = (sys.executable, "-m", "hubspot_timeline", "sandbox")
_CLIENT_VARIABLES = "HUBSPOT_TIMELINE_"
"""How the variables of clients begin; the sandbox needs none of them, and some are secret."""

_SECONDS_TO_START = 30.0
_SECONDS_TO_STOP = 10.0


class SandboxStartError(RuntimeError):
    """The child process ended, or took too long, before it was ready; the message has its error output."""


class SandboxProcess:
    """A sandbox in a child process for the time of a `with`; it accepts connections once that is entered.

    The child ends when its stdin closes, which only this process has open: it ends with this process, even after a
    SIGKILL. It has a session of its own, so that Ctrl-C on the terminal does not end it before the `with` is left.
    `settings` are passed in a file that only this user can read, since accounts have secrets. `database` is the file
    for its events, by default memory. `command` replaces the program and its first arguments.
    Entering raises SandboxStartError. The attributes below are available inside the `with` only.
    """

    pid: int
    """The process id of the child."""

    url: str
    """The base URL for clients, such as http://127.0.0.1:40123."""

    control: SandboxControl
    """The admin API: faults, time, reset, snapshots, and what was created."""

    def __init__(
        self,
        *,
        settings: SandboxSettings | None = None,
        database: Path | None = None,
        command: Sequence[str] = _COMMAND,
    ) -> None:
        options = [f"--database={database}"] if database else []
        self._command = [*command, "--port=0", *options, "--json", "--until-stdin-closes"]
        self._settings = settings
        self._cleanup = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as cleanup:
            stderr = cleanup.enter_context(TemporaryFile())  # a pipe could fill up and block the child
            with _settings_file(self._settings) as options:  # deleted once it is read: it may contain secrets
                child = self._start(stderr, options)
                self.pid = child.pid
                cleanup.callback(_stop, child)
                self.url = _read_url(child, stderr)
            self.control = cleanup.enter_context(SandboxControl(self.url))
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._cleanup.close()

    def _start(self, stderr: IO[bytes], options: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - the caller's own command
            [*self._command, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env={name: value for name, value in os.environ.items() if not name.startswith(_CLIENT_VARIABLES)},
            start_new_session=True,
        )


@contextmanager
def _settings_file(settings: SandboxSettings | None) -> Iterator[list[str]]:
    """Give the options for a file with the settings, which exists for the time of the block."""
    if settings is None:
        yield []
        return
    with needs("sandbox"):
        from hubspot_timeline_testing.sandbox.settings_json import settings_to_json  # noqa: PLC0415 - optional packages

    with TemporaryDirectory(prefix="hubspot-timeline-") as folder:  # for this user alone
        path = Path(folder, "sandbox.json")
        path.write_text(json.dumps(settings_to_json(settings)), encoding="utf-8")
        yield [f"--config={path}"]


def _read_url(child: subprocess.Popen[bytes], stderr: IO[bytes]) -> str:
    """Return the URL from the first line of the child's output, or kill it if it takes too long."""
    assert child.stdout is not None  # noqa: S101 - it was started with a pipe
    timer = Timer(_SECONDS_TO_START, child.kill)
    timer.start()
    try:
        return str(json.loads(child.stdout.readline())["url"])
    except (ValueError, LookupError, TypeError) as error:
        _stop(child)
        stderr.seek(0)
        output = stderr.read().decode(errors="replace").strip() or "none"
        message = f"the sandbox ended with status {child.returncode} before it was ready; its error output: {output}"
        raise SandboxStartError(message) from error
    finally:
        timer.cancel()


def _stop(child: subprocess.Popen[bytes]) -> None:
    """Close the child's stdin and wait for its end; kill it if that takes too long."""
    try:
        child.communicate(timeout=_SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
