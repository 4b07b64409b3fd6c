"""Runs the command: as a user would, in a process of its own, or in this one."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen
from typer.testing import CliRunner

from hubspot_timeline.cli.app import app

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
    peak_kilobytes: int

    @property
    def result(self) -> dict[str, Any]:
        """The JSON object on the last line of standard output."""
        result: dict[str, Any] = json.loads(self.out.splitlines()[-1])
        return result


def run(*arguments: object, folder: Path, stdin: bytes = b"", env: dict[str, str] | None = None) -> Ended:
    """Run hubspot-timeline with these arguments in a folder; the environment has no token unless `env` has one."""
    clean = {name: value for name, value in os.environ.items() if name != "HUBSPOT_TIMELINE_TOKEN"} | (env or {})
    outputs = folder / ".out", folder / ".err"
    with outputs[0].open("wb") as out, outputs[1].open("wb") as err:
        process = subprocess.run(
            [sys.executable, "-S", "-c", _SMALL_PARENT, sys.executable, "-m", "hubspot_timeline", *map(str, arguments)],
            cwd=folder, env=clean, input=stdin, stdout=out, stderr=err, check=False,
        )  # fmt: skip
    texts = [output.read_text(encoding="utf-8") for output in outputs]
    return Ended(process.returncode, texts[0], texts[1], int((folder / ".peak").read_text(encoding="ascii")))


def invoke(*arguments: object, env: dict[str, str] | None = None) -> Ended:
    """Run hubspot-timeline in this process: in a fraction of the time, for tests of options and messages."""
    variables = {"HUBSPOT_TIMELINE_TOKEN": None, **(env or {})}
    result = CliRunner().invoke(app, [*map(str, arguments)], env=variables)
    return Ended(result.exit_code, result.stdout, result.stderr, 0)


@contextmanager
def started(*arguments: object, folder: Path, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """Start hubspot-timeline with pipes that stay open until the block ends."""
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [sys.executable, "-m", "hubspot_timeline", *map(str, arguments)]
    with subprocess.Popen(command, cwd=folder, env=os.environ | (env or {}), text=True, **pipes) as process:
        yield process
