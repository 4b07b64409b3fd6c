"""Runs the command as a user would, in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from attrs import frozen

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
    """How a command ended; `peak_kilobytes` is the most memory that its process, or one it waited for, held."""

    code: int
    out: str
    err: str
    peak_kilobytes: int

    @property
    def result(self) -> dict[str, Any]:
        """The JSON object on the last line of standard output."""
        found: dict[str, Any] = json.loads(self.out.splitlines()[-1])
        return found


def run(*words: object, folder: Path, stdin: bytes = b"", env: dict[str, str] | None = None) -> Ended:
    """Run hubspot-timeline with these words in a folder; the environment holds no token but what `env` says."""
    clean = {name: value for name, value in os.environ.items() if name != "HUBSPOT_TIMELINE_TOKEN"} | (env or {})
    outputs = folder / ".out", folder / ".err"
    with outputs[0].open("wb") as out, outputs[1].open("wb") as err:
        process = subprocess.run(
            [sys.executable, "-S", "-c", _SMALL_PARENT, sys.executable, "-m", "hubspot_timeline", *map(str, words)],
            cwd=folder, env=clean, input=stdin, stdout=out, stderr=err, check=False,
        )  # fmt: skip
    told = [output.read_text(encoding="utf-8") for output in outputs]
    return Ended(process.returncode, told[0], told[1], int((folder / ".peak").read_text(encoding="ascii")))
