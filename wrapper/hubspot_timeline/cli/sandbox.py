"""The command `sandbox`: a sandbox of the service in the foreground."""

import json
import os
import signal
import socket
import sqlite3
import sys
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Annotated, Any

import typer

from hubspot_timeline.cli.console import print_line
from hubspot_timeline.errors import OptionError
from hubspot_timeline_testing.sandbox import SandboxServer, SandboxSettings, Store
from hubspot_timeline_testing.sandbox.access_key import VARIABLE, read_access_key
from hubspot_timeline_testing.sandbox.cli_options import FaultOptions, limit_from_options, settings_from_options
from hubspot_timeline_testing.sandbox.faults.kinds import NAMED_ONLY, Fault
from hubspot_timeline_testing.sandbox.faults.latency import LATENCY_FORMATS
from hubspot_timeline_testing.sandbox.faults.parsing import KINDS
from hubspot_timeline_testing.sandbox.settings import (
    DuplicateMode,
    ErrorNameMode,
    InvalidEventMode,
    RecordMode,
    TemplateCheckMode,
    TypeMode,
)


def sandbox(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for a free one.")] = 8080,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="The address to listen on. One that other machines reach, such as 0.0.0.0, requires an access key.",
        ),
    ] = "127.0.0.1",
    access_key_file: Annotated[
        Path | None,
        typer.Option(
            help="A file with the access key that the page and /_sandbox require then.", show_default=f"${VARIABLE}"
        ),
    ] = None,
    https: Annotated[
        bool, typer.Option("--https", help="Serve HTTPS, with a certificate that is made at the start.")
    ] = False,
    write_ca: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False,
            help="Where to write the CA of that certificate, for curl --cacert or SSL_CERT_FILE.",
            show_default="a temporary file",
        ),
    ] = None,
    database: Annotated[
        Path | None, typer.Option(dir_okay=False, help="SQLite file for the events; without it they are in memory.")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            help="A JSON file with settings, accounts and faults; other options take precedence.", show_default=False
        ),
    ] = None,
    calibration: Annotated[
        Path | None,
        typer.Option(help="A file that calibrate wrote: behave as it has measured.", show_default=False),
    ] = None,
    templates: Annotated[
        Path | None,
        typer.Option("--templates", help="A JSON file with templates, as the service lists them.", show_default=False),
    ] = None,
    event_types: Annotated[
        list[Path] | None,
        typer.Option(
            "--event-types",
            metavar="DIR|FILE",
            help="The event types of app events: the folder that migrate writes, or its event-types.json, or the "
            "folder of a project, or a single NAME-hsmeta.json; can be repeated.",
            show_default=False,
        ),
    ] = None,
    migrated_after: Annotated[
        float | None,
        typer.Option(help="The seconds after which v3 answers 401, as after a migration.", show_default="never"),
    ] = None,
    duplicates: Annotated[
        DuplicateMode | None,
        typer.Option(
            help="For an id that exists already: reject the batch with 409, reject it with 400, or replace the event.",
            show_default="conflict",
        ),
    ] = None,
    max_events: Annotated[
        int | None,
        typer.Option(min=0, help="The maximum number of events in a batch; 0 for any number.", show_default="100"),
    ] = None,
    invalid_events: Annotated[
        InvalidEventMode | None,
        typer.Option(help="Whether one invalid event rejects its whole batch.", show_default="partial"),
    ] = None,
    error_names: Annotated[
        ErrorNameMode | None,
        typer.Option(help="How an error of a 207 names its event.", show_default="context"),
    ] = None,
    template_checks: Annotated[
        TemplateCheckMode | None,
        typer.Option(help="Whether events need a template that the sandbox has.", show_default="lenient"),
    ] = None,
    records: Annotated[
        RecordMode | None,
        typer.Option(help="For an unknown objectId: create the record, or reject the event.", show_default="create"),
    ] = None,
    types: Annotated[
        TypeMode | None,
        typer.Option(help="Whether numbers in tokens and epoch timestamps are accepted.", show_default="lenient"),
    ] = None,
    fault_rate: Annotated[
        float | None, typer.Option(min=0, max=1, help="The probability of a fault for each request.", show_default="0")
    ] = None,
    faults: Annotated[
        str | None,
        typer.Option(
            help=f"The faults to choose from, separated by commas: {KINDS}.",
            show_default=f"all but {', '.join(fault for fault in Fault if fault in NAMED_ONLY)}",
        ),
    ] = None,
    fault_script: Annotated[
        str | None,
        typer.Option(
            help="The faults of the first requests, separated by commas; none for no fault.",
            show_default="nothing",
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed draws the same faults and latencies.", show_default="0")
    ] = None,
    latency: Annotated[
        str | None,
        typer.Option(help=f"The latency of every request: {LATENCY_FORMATS}.", show_default="0"),
    ] = None,
    faults_file: Annotated[
        Path | None,
        typer.Option(
            help="A JSON file with a whole plan, instead of the options above: script, rate, kinds, seed, latency, "
            "and events (faults by patterns of event ids).",
            show_default=False,
        ),
    ] = None,
    rate: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="The maximum number of requests of a token in any --rate-seconds; 429 beyond.",
            show_default="any number",
        ),
    ] = None,
    rate_seconds: Annotated[float, typer.Option(help="The length of the rolling window.")] = 10.0,
    retry_after: Annotated[
        bool, typer.Option("--retry-after", help="Send a Retry-After with a 429 of the rolling window.")
    ] = False,
    daily: Annotated[
        int | None,
        typer.Option(
            min=1, help="The maximum number of requests of an account a day (UTC).", show_default="any number"
        ),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help='Print the address as one line of JSON: {"url": …}, with --https also "ca_file".'),
    ] = False,
    until_stdin_closes: Annotated[bool, typer.Option("--until-stdin-closes", hidden=True)] = False,
) -> None:
    """Run a sandbox of the service on this machine until Ctrl-C, with a page in the browser.

    It accepts any token, unless it has accounts, stores events and responds in the service's shape. Read what it stores
    at /_sandbox/…; docs/sandbox.md describes that, and the assumption behind each option.
    """
    if write_ca and not https:
        raise OptionError("--write-ca requires --https")
    try:
        access_key = read_access_key(access_key_file)
        settings = settings_from_options(
            config,
            FaultOptions(fault_rate, faults, fault_script, seed, latency, faults_file),
            limit_from_options(rate, rate_seconds, retry_after=retry_after),
            daily=daily,
            templates=templates,
            event_types=event_types or (),
            migrated_after=migrated_after,
            max_events=max_events,
            calibration=_calibrated(calibration) if calibration else None,
            modes={
                "duplicates": duplicates,
                "invalid_events": invalid_events,
                "error_names": error_names,
                "template_checks": template_checks,
                "records": records,
                "types": types,
            },
        )
    except ValueError as error:
        raise OptionError(str(error)) from error
    ended: SimpleQueue[None] = SimpleQueue()  # the one kind of queue that a signal handler may use
    with ExitStack() as stack:
        for number in (signal.SIGINT, signal.SIGTERM):
            stack.callback(signal.signal, number, signal.signal(number, lambda *_: ended.put(None)))
        if until_stdin_closes:
            Thread(target=_watch_stdin, args=(ended,), daemon=True).start()
        server = _start(
            stack,
            database,
            settings=settings,
            port=port,
            host=host,
            access_key=access_key,
            https=https,
            ca_file=write_ca,
        )
        print_line(_json(server) if as_json else _greeting(server, settings, needs_key=bool(access_key)))
        ended.get()


def _calibrated(path: Path) -> dict[str, Any]:
    from hubspot_timeline_testing.calibration import Calibration  # noqa: PLC0415 - loads much that others do not need

    return Calibration.read(path).settings


def _start(stack: ExitStack, database: Path | None, **options: Any) -> SandboxServer:
    try:
        store = stack.enter_context(Store(database))
        return stack.enter_context(SandboxServer(store=store, **options))
    except sqlite3.Error as error:
        raise OptionError(f"the database {database} cannot be used: {error}") from error
    except socket.gaierror as error:
        raise OptionError(f"--host {options['host']} is not an address of this machine: {error.strerror}") from error
    except OSError as error:  # not its own text, in which Python adds the address as a tuple
        reason = os.strerror(error.errno) if error.errno else str(error)
        if error.filename:
            raise OptionError(f"--write-ca {error.filename} cannot be written: {reason}") from error
        place = f"port {options['port']} of {options['host']}"
        raise OptionError(f"{place} cannot be used: {reason}; choose another, or a free one by --port 0") from error
    except ValueError as error:
        raise OptionError(str(error)) from error


def _json(server: SandboxServer) -> str:
    return json.dumps({"url": server.url} | ({"ca_file": str(server.ca_file)} if server.ca_file else {}))


def _greeting(server: SandboxServer, settings: SandboxSettings, *, needs_key: bool) -> str:
    url, token, advice = server.url, '"any-token"', ""
    if settings.accounts:
        token, advice = "access_token", " and an access token of one of its accounts"
    lines = [
        f"Sandbox at {url}; open that in a browser to see what it stores.",
        f'Point a client at it with TimelineClient({token}, base_url="{url}"){advice}. Ctrl-C stops it.',
    ]
    if server.ca_file:
        lines.append(f"Clients verify it by SSL_CERT_FILE={server.ca_file}, curl by --cacert {server.ca_file}.")
    elif needs_key:
        lines.append(
            "Other machines read the access key on its way; --https encrypts it, which our client requires of them."
        )
    if needs_key:
        lines.append("The page and /_sandbox need the access key: as the password of any user, or a bearer token.")
    return "\n".join(lines)


def _watch_stdin(ended: SimpleQueue[None]) -> None:
    # Not through sys.stdin: the lock of its buffer, held here, would abort the interpreter at its end.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    ended.put(None)
