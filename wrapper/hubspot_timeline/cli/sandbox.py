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
from typing import TYPE_CHECKING

import typer

from hubspot_timeline.cli import sandbox_options as options
from hubspot_timeline.cli.exit_codes import Exit
from hubspot_timeline_testing.sandbox import SandboxSettings
from hubspot_timeline_testing.sandbox.command_words import PlanOptions, read_all, read_limit, with_limits

if TYPE_CHECKING:
    from hubspot_timeline_testing.sandbox.server import SandboxServer


def sandbox(
    *,
    port: options.Port = 8080,
    database: options.Database = None,
    config: options.Config = None,
    templates: options.TemplatesFile = None,
    duplicates: options.Duplicates = None,
    max_events: options.MaxEvents = None,
    invalid_events: options.InvalidEvents = None,
    error_names: options.ErrorNames = None,
    template_checks: options.TemplateChecks = None,
    records: options.Records = None,
    types: options.Types = None,
    fault_rate: options.FaultRate = None,
    faults: options.Faults = None,
    fault_script: options.Script = None,
    seed: options.Seed = None,
    latency: options.Latency = None,
    faults_file: options.FaultsFile = None,
    faults_json: options.FaultsJson = None,
    rate: options.Rate = None,
    rate_seconds: options.RateSeconds = 10.0,
    retry_after: options.RetryAfter = False,
    daily: options.Daily = None,
    as_json: options.Json = False,
    until_stdin_closes: options.Stdin = False,
) -> None:
    """Run a stand-in of the service on this machine until Ctrl-C, with a page to look at.

    It takes any token, unless it is given accounts, creates events in its own store and answers in the service's shape.
    What it holds is to be read at /_sandbox/…; docs/sandbox.md says how, and what each option assumes.
    """
    modes: dict[str, str | None] = {
        "duplicates": duplicates,
        "invalid_events": invalid_events,
        "error_names": error_names,
    }
    modes |= {"template_checks": template_checks, "records": records, "types": types}
    plan = PlanOptions(fault_rate, faults, fault_script, seed, latency, faults_file, faults_json)
    try:
        settings = read_all(config, modes, plan, templates, max_events=max_events)
        settings = with_limits(settings, read_limit(rate, rate_seconds, retry_after=retry_after), daily)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    ended: SimpleQueue[None] = SimpleQueue()  # the one queue that a signal handler may put into
    with ExitStack() as stack:
        for number in (signal.SIGINT, signal.SIGTERM):
            stack.callback(signal.signal, number, signal.signal(number, lambda *_: ended.put(None)))
        if until_stdin_closes:
            Thread(target=_watch_stdin, args=(ended,), daemon=True).start()
        server = _start(stack, port, database, settings)
        print(json.dumps({"url": server.url}) if as_json else _greeting(server.url), flush=True)
        ended.get()


def _start(stack: ExitStack, port: int, database: Path | None, settings: SandboxSettings) -> "SandboxServer":
    try:
        # Only here, since the other commands have to work without the sandbox's packages.
        from hubspot_timeline_testing.sandbox.server import SandboxServer  # noqa: PLC0415
        from hubspot_timeline_testing.sandbox.state.store import Store  # noqa: PLC0415
    except ImportError as error:
        raise _failure(f"{error}; the sandbox needs: pip install 'hubspot-timeline[sandbox]'") from error
    try:
        store = stack.enter_context(Store(database))
        return stack.enter_context(SandboxServer(store=store, settings=settings, port=port))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    except sqlite3.Error as error:
        raise _failure(f"Cannot use the database {database}: {error}") from error
    except OSError as error:
        raise _failure(f"Cannot listen on port {port}: {error.strerror}; choose another with --port") from error


def _failure(message: str) -> typer.Exit:
    print(message, file=sys.stderr)
    return typer.Exit(Exit.USAGE)


def _greeting(url: str) -> str:
    return (
        f"Sandbox at {url}; open that in a browser to look into it.\n"
        f'Point a client at it with TimelineClient("any-token", base_url="{url}"). Ctrl-C ends it.'
    )


def _watch_stdin(ended: "SimpleQueue[None]") -> None:
    # Not through sys.stdin: its buffer's lock, held here, would abort the interpreter at its end.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    ended.put(None)
