"""The command `sandbox`: the stand-in of the service in the foreground."""

import json
import os
import signal
import sqlite3
import sys
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Annotated

import typer

from hubspot_timeline.cli.exits import Exit
from hubspot_timeline.sandbox import DuplicateMode, SandboxSettings
from hubspot_timeline.sandbox.command_words import read_limit, read_plan
from hubspot_timeline.sandbox.faults.kinds import NAMED_ONLY, Fault
from hubspot_timeline.sandbox.faults.latency import LATENCY_WORDS
from hubspot_timeline.sandbox.faults.words import KINDS

if TYPE_CHECKING:
    from hubspot_timeline.sandbox.server import SandboxServer
_PortOption = Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")]
_DatabaseOption = Annotated[
    Path | None, typer.Option(dir_okay=False, help="SQLite file that keeps the events; without it, memory does.")
]
_DuplicatesOption = Annotated[
    DuplicateMode,
    typer.Option(
        help="What an id that exists already does: refuse its batch with 409, refuse it with 400, or replace the event."
    ),
]
_FaultRateOption = Annotated[
    float | None, typer.Option(min=0, max=1, help="The chance that a request meets a fault.", show_default="0")
]
_FaultsOption = Annotated[
    str | None,
    typer.Option(
        help=f"Which faults it may meet, with commas between: {KINDS}.",
        show_default=f"all names but {', '.join(fault for fault in Fault if fault in NAMED_ONLY)}",
    ),
]
_ScriptOption = Annotated[
    str | None,
    typer.Option(
        help="What the first requests meet, in their order: faults, or none, with commas between.",
        show_default="nothing",
    ),
]
_SeedOption = Annotated[
    int | None, typer.Option(help="The same seed draws the same faults and latencies.", show_default="0")
]
_LatencyOption = Annotated[
    str | None,
    typer.Option(help=f"What every request waits before its work: {LATENCY_WORDS}.", show_default="0"),
]
_FaultsFileOption = Annotated[
    Path | None,
    typer.Option(
        help="A file with a whole plan as JSON, instead of the options above: script, rate, kinds, seed, latency, and "
        "events, which says what events meet by patterns of their ids.",
        show_default=False,
    ),
]
_FaultsJsonOption = Annotated[
    str | None, typer.Option(help="A whole plan as --faults-file takes it, as text.", show_default=False)
]
_RateOption = Annotated[
    int | None,
    typer.Option(
        min=1, help="The most requests of a token in any --rate-seconds; 429 beyond.", show_default="any number"
    ),
]
_RateSecondsOption = Annotated[float, typer.Option(help="The length of the rate window.")]
_RetryAfterOption = Annotated[
    bool, typer.Option("--retry-after", help="Say in a 429 of the rate window when to come again.")
]
_JsonOption = Annotated[bool, typer.Option("--json", help='Print the address as one line of JSON: {"url": …}.')]
_StdinOption = Annotated[bool, typer.Option("--until-stdin-closes", hidden=True)]


def sandbox(
    *,
    port: _PortOption = 8080,
    database: _DatabaseOption = None,
    duplicates: _DuplicatesOption = "conflict",
    fault_rate: _FaultRateOption = None,
    faults: _FaultsOption = None,
    fault_script: _ScriptOption = None,
    seed: _SeedOption = None,
    latency: _LatencyOption = None,
    faults_file: _FaultsFileOption = None,
    faults_json: _FaultsJsonOption = None,
    rate: _RateOption = None,
    rate_seconds: _RateSecondsOption = 10.0,
    retry_after: _RetryAfterOption = False,
    as_json: _JsonOption = False,
    until_stdin_closes: _StdinOption = False,
) -> None:
    """Run a stand-in of the service on this machine until Ctrl-C.

    It takes any token, creates events in its own store and answers in the service's shape. What it created is to be
    read at /_sandbox/events, /_sandbox/event?eventTemplateId=…&id=… and /_sandbox/counts.
    """
    try:
        plan = read_plan(
            rate=fault_rate,
            kinds=faults,
            script=fault_script,
            seed=seed,
            latency=latency,
            file=faults_file,
            text=faults_json,
        )
        limit = read_limit(rate, rate_seconds, retry_after=retry_after)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    ended: SimpleQueue[None] = SimpleQueue()  # the one queue that a signal handler may put into
    with ExitStack() as stack:
        for number in (signal.SIGINT, signal.SIGTERM):
            stack.callback(signal.signal, number, signal.signal(number, lambda *_: ended.put(None)))
        if until_stdin_closes:
            Thread(target=_watch_stdin, args=(ended,), daemon=True).start()
        settings = SandboxSettings(duplicates=duplicates, faults=plan, limit=limit)
        server = _start(stack, port, database, settings)
        print(json.dumps({"url": server.url}) if as_json else _greeting(server.url), flush=True)
        ended.get()


def _start(stack: ExitStack, port: int, database: Path | None, settings: SandboxSettings) -> "SandboxServer":
    try:
        # Only here, since the other commands have to work without the sandbox's packages.
        from hubspot_timeline.sandbox.server import SandboxServer  # noqa: PLC0415
        from hubspot_timeline.sandbox.state.store import Store  # noqa: PLC0415
    except ImportError as error:
        raise _failure(f"{error}; the sandbox needs: pip install 'hubspot-timeline[sandbox]'") from error
    try:
        store = stack.enter_context(Store(database))
        return stack.enter_context(SandboxServer(store=store, settings=settings, port=port))
    except sqlite3.Error as error:
        raise _failure(f"Cannot use the database {database}: {error}") from error
    except OSError as error:
        raise _failure(f"Cannot listen on port {port}: {error.strerror}; choose another with --port") from error


def _failure(message: str) -> typer.Exit:
    print(message, file=sys.stderr)
    return typer.Exit(Exit.USAGE)


def _greeting(url: str) -> str:
    return f'Sandbox at {url}; point a client at it with TimelineClient("any-token", base_url="{url}"). Ctrl-C ends it.'


def _watch_stdin(ended: "SimpleQueue[None]") -> None:
    # Not through sys.stdin: its buffer's lock, held here, would abort the interpreter at its end.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    ended.put(None)
