"""The command `sandbox`: a sandbox of the service in the foreground."""

import json
import os
import signal
import sqlite3
import sys
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import typer

from hubspot_timeline.cli import sandbox_options as options
from hubspot_timeline.cli.exit_codes import Exit
from hubspot_timeline_testing.sandbox import SandboxServer, SandboxSettings, Store
from hubspot_timeline_testing.sandbox.cli_options import FaultOptions, limit_from_options, settings_from_options


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
    rate: options.Rate = None,
    rate_seconds: options.RateSeconds = 10.0,
    retry_after: options.RetryAfter = False,
    daily: options.Daily = None,
    as_json: options.Json = False,
    until_stdin_closes: options.Stdin = False,
) -> None:
    """Run a sandbox of the service on this machine until Ctrl-C, with a page in the browser.

    It accepts any token, unless it has accounts, stores events and responds in the service's shape. Read what it stores
    at /_sandbox/…; docs/sandbox.md describes that, and the assumption behind each option.
    """
    modes: dict[str, str | None] = {
        "duplicates": duplicates,
        "invalid_events": invalid_events,
        "error_names": error_names,
        "template_checks": template_checks,
        "records": records,
        "types": types,
    }
    try:
        settings = settings_from_options(
            config,
            FaultOptions(fault_rate, faults, fault_script, seed, latency, faults_file),
            limit_from_options(rate, rate_seconds, retry_after=retry_after),
            daily=daily,
            templates=templates,
            max_events=max_events,
            modes=modes,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    ended: SimpleQueue[None] = SimpleQueue()  # the one kind of queue that a signal handler may use
    with ExitStack() as stack:
        for number in (signal.SIGINT, signal.SIGTERM):
            stack.callback(signal.signal, number, signal.signal(number, lambda *_: ended.put(None)))
        if until_stdin_closes:
            Thread(target=_watch_stdin, args=(ended,), daemon=True).start()
        server = _start(stack, port, database, settings)
        print(json.dumps({"url": server.url}) if as_json else _greeting(server.url), flush=True)
        ended.get()


def _start(stack: ExitStack, port: int, database: Path | None, settings: SandboxSettings) -> SandboxServer:
    try:
        store = stack.enter_context(Store(database))
        return stack.enter_context(SandboxServer(store=store, settings=settings, port=port))
    except ImportError as error:
        raise _failure(str(error)) from error
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
        f"Sandbox at {url}; open that in a browser to see what it stores.\n"
        f'Point a client at it with TimelineClient("any-token", base_url="{url}"). Ctrl-C stops it.'
    )


def _watch_stdin(ended: SimpleQueue[None]) -> None:
    # Not through sys.stdin: the lock of its buffer, held here, would abort the interpreter at its end.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    ended.put(None)
