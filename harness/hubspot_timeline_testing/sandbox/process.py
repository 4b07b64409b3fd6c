"""The sandbox in a process of its own, for as long as this one lives."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from threading import Timer
from types import TracebackType
from typing import IO, Self

from hubspot_timeline_testing.sandbox.control import SandboxControl
from hubspot_timeline_testing.sandbox.settings import SandboxSettings

_COMMAND = (sys.executable, "-m", "hubspot_timeline", "sandbox")
_SECONDS_TO_START = 30.0
_SECONDS_TO_END = 10.0


class SandboxStartError(RuntimeError):
    """The sandbox's process ended, or said nothing, before it was ready; the message holds what it said."""


class SandboxProcess:
    """A sandbox in a child process for the time of a `with`; it accepts connections once that is entered.

    The child watches its stdin, which only this process holds open: it ends with this process however that ends, even
    by SIGKILL. It is in a session of its own, so that Ctrl-C on the terminal does not end it before the `with` is left.
    `settings` are handed over in a file that only this user can read, since accounts hold secrets. `database` is the
    file for its events, by default memory. `command` replaces what is started, up to its options.
    Entering raises SandboxStartError.
    """

    def __init__(
        self,
        *,
        settings: SandboxSettings | None = None,
        database: Path | None = None,
        command: Sequence[str] = _COMMAND,
    ) -> None:
        stored = [f"--database={database}"] if database else []
        self._command = [*command, "--port=0", *stored, "--json", "--until-stdin-closes"]
        self._settings = settings
        self._cleanup = ExitStack()
        self._url = ""
        self._pid = 0

    @property
    def pid(self) -> int:
        """The process id of the child. To be asked for inside the `with` only."""
        return self._pid

    @property
    def url(self) -> str:
        """The base URL for clients, such as http://127.0.0.1:40123. To be asked for inside the `with` only."""
        return self._url

    @property
    def control(self) -> SandboxControl:
        """What looks into it and steers it: faults, time, reset, snapshots. To be asked for inside the `with` only."""
        return self._control

    def __enter__(self) -> Self:
        with ExitStack() as cleanup:
            complaints = cleanup.enter_context(TemporaryFile())  # a pipe could fill up and block the child
            with _handed_over(self._settings) as options:  # gone once it is read: it may hold secrets
                child = self._start(complaints, options)
                self._pid = child.pid
                cleanup.callback(_end, child)
                self._url = _read_url(child, complaints)
            self._control = cleanup.enter_context(SandboxControl(self._url))
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cleanup.close()

    def _start(self, complaints: IO[bytes], options: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - the caller's own command
            [*self._command, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            start_new_session=True,
        )


@contextmanager
def _handed_over(settings: SandboxSettings | None) -> Iterator[list[str]]:
    """Give the options that name a file with the settings, which is there for the time of the block."""
    if settings is None:
        yield []
        return
    from hubspot_timeline_testing.sandbox.settings_json import settings_to_json  # noqa: PLC0415 - needs the extra [sandbox]

    with TemporaryDirectory(prefix="hubspot-timeline-") as folder:  # for this user alone
        path = Path(folder, "sandbox.json")
        path.write_text(json.dumps(settings_to_json(settings)), encoding="utf-8")
        yield [f"--config={path}"]


def _read_url(child: subprocess.Popen[bytes], complaints: IO[bytes]) -> str:
    """Return the URL from the one line that the child writes, or kill it if it takes too long."""
    assert child.stdout is not None  # noqa: S101 - a pipe was asked for
    patience = Timer(_SECONDS_TO_START, child.kill)
    patience.start()
    try:
        return str(json.loads(child.stdout.readline())["url"])
    except (ValueError, LookupError, TypeError) as error:
        _end(child)
        complaints.seek(0)
        said = complaints.read().decode(errors="replace").strip() or "nothing"
        raise SandboxStartError(
            f"the sandbox ended with {child.returncode} before it was ready; it said: {said}"
        ) from error
    finally:
        patience.cancel()


def _end(child: subprocess.Popen[bytes]) -> None:
    """Close the child's stdin, which tells it to end, and wait for that; kill it if it does not."""
    assert child.stdin is not None  # noqa: S101 - pipes were asked for
    assert child.stdout is not None  # noqa: S101
    child.stdin.close()
    try:
        child.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    finally:
        child.stdout.close()
