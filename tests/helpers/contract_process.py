"""Runs Schemathesis as the contract does, in a fork of a process that has imported its modules once.

Importing them takes most of the time of a small run. The tests of the command start Schemathesis as users do.
"""

import multiprocessing
import os
import runpy
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.reduction import DupFd
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from unittest.mock import patch

from hubspot_timeline_testing.contract import runner
from hubspot_timeline_testing.contract.documents import contract_operations

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([
    "tests.helpers.contract_process",
    *("hubspot_timeline_testing.contract." + name for name in (
        "batch_completeness", "document_adaptation", "scenario_steps", "transport",
    )),
    *("schemathesis." + name for name in (
        "cli.commands.run.executor", "cli.commands.run.handlers", "engine.core", "engine.run.analysis",
        "engine.run.stateful", "engine.run.unit", "generation.dictionaries", "specs.openapi.schemas",
        "specs.openapi._ordering", "specs.openapi.auth_inference", "specs.openapi.formats",
        "specs.openapi.object_authorization", "transport.asgi", "transport.requests", "transport.wsgi",
    )),
    *("pyrate_limiter", "hypothesis.strategies._internal.flatmapped", "rich._emoji_codes"),
])  # fmt: skip
for _api in ("v3", "2026-09"):
    contract_operations(_api)  # the forks have it then


@contextmanager
def forked() -> Iterator[None]:
    """Let contract runs of this process use forks."""
    with patch.object(runner, "_run", _run):
        yield


def _run(command: list[str], environment: Mapping[str, str], output: int | None) -> tuple[int, bool]:
    """Do as `runner._run`, without Ctrl-C; output that is shown goes to `sys.stdout`."""
    with TemporaryFile("r+", encoding="utf-8") as shown:
        file = shown.fileno() if output is None else output
        process = _FORKS.Process(
            target=_main, args=(command, dict(environment) | {"PWD": str(Path.cwd())}, DupFd(file))
        )
        process.start()
        process.join()
        shown.seek(0)
        sys.stdout.write(shown.read())
    return process.exitcode or 0, False


def _main(command: list[str], environment: dict[str, str], output: Any) -> None:
    """Run `python -m MODULE ARGUMENTS` in this process."""
    file = output.detach()
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.chdir(environment["PWD"])
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = command[2:]
    runpy.run_module(command[2], run_name="__main__", alter_sys=True)
