"""Runs the command: in this process, which is fast, or as a user would, in one of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager, nullcontext, redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, TextIO
from unittest.mock import patch

import pytest
from attrs import frozen
from typer.main import get_command

from hubspot_timeline.cli.app import app
from hubspot_timeline.cli.streams import guard_outputs

# A process begins with the peak of the one that started it, and this one has all of the tests' libraries loaded.
_SMALL_PARENT = """
import os, sys
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(pid, 0)
with open(".peak", "w") as peak:
    peak.write(str(usage.ru_maxrss))
sys.exit(os.waitstatus_to_exitcode(status))
"""


@frozen
class Ended:
    """The end of a command; `peak_kilobytes` is the peak memory of its process, or of one that it waited for."""

    code: int
    out: str
    err: str
    peak_kilobytes: int = 0

    @property
    def result(self) -> dict[str, Any]:
        """The JSON object on the last line of standard output."""
        result: dict[str, Any] = json.loads(self.out.splitlines()[-1])
        return result


def run_here(
    *arguments: object,
    folder: Path | str = ".",
    stdin: bytes | None = None,
    stdout: TextIO | None = None,
    env: dict[str, str] | None = None,
) -> Ended:
    """Do as `run()` in this process, without signals and what the operating system gives a process.

    `stdout` is where standard output goes, guarded as in a process; without it the result has the output.
    """
    out, err = (TextIOWrapper(BytesIO(), encoding="utf-8", errors="backslashreplace") for _ in range(2))
    with (
        chdir(folder),
        _piped(stdin),
        stdout or nullcontext(),
        redirect_stdout(stdout or out),
        redirect_stderr(err),
        patch.dict(os.environ, _clean(env), clear=True),
        pytest.raises(SystemExit) as ended,
    ):
        if stdout:
            guard_outputs()
        get_command(app).main([*map(str, arguments)], prog_name="hubspot-timeline")
    out.seek(0)
    err.seek(0)
    return Ended(int(ended.value.code or 0), out.read(), err.read())


@contextmanager
def _piped(content: bytes | None) -> Iterator[None]:
    """Replace standard input by a pipe that has this content, and has been closed; it must fit into a pipe."""
    if content is None:
        yield
        return
    reading, writing = os.pipe()
    os.write(writing, content)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as stdin, patch("sys.stdin", stdin):
        yield


def run(*arguments: object, folder: Path, stdin: bytes = b"", env: dict[str, str] | None = None) -> Ended:
    """Run hubspot-timeline with these arguments in a folder; the environment has no token unless `env` has one."""
    outputs = folder / ".out", folder / ".err"
    with outputs[0].open("wb") as out, outputs[1].open("wb") as err:
        process = subprocess.run(
            [sys.executable, "-S", "-c", _SMALL_PARENT, sys.executable, "-m", "hubspot_timeline", *map(str, arguments)],
            cwd=folder, env=_clean(env), input=stdin, stdout=out, stderr=err, check=False,
        )  # fmt: skip
    texts = [output.read_text(encoding="utf-8") for output in outputs]
    return Ended(process.returncode, texts[0], texts[1], int((folder / ".peak").read_text(encoding="ascii")))


def _clean(env: dict[str, str] | None) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "HUBSPOT_TIMELINE_TOKEN"} | (env or {})


@contextmanager
def started(*arguments: object, folder: Path, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """Start hubspot-timeline with pipes that stay open until the block ends."""
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [sys.executable, "-m", "hubspot_timeline", *map(str, arguments)]
    with subprocess.Popen(command, cwd=folder, env=os.environ | (env or {}), text=True, **pipes) as process:
        yield process
