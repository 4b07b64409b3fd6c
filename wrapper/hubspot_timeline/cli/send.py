"""`hubspot-timeline send`: sends the events of files to the service, or to a sandbox."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Unpack

import typer

from hubspot_timeline.accounts import AccountPool
from hubspot_timeline.apis import V3_VERSION, open_apis
from hubspot_timeline.base_client import ClientOptions
from hubspot_timeline.cli.console import error_console, output_console, print_line
from hubspot_timeline.cli.dry_run import DryRun
from hubspot_timeline.cli.failures import Failures
from hubspot_timeline.cli.metrics_file import MetricsFile
from hubspot_timeline.cli.options import (
    AccountColumn,
    ApiVersion,
    AsJson,
    BaseUrl,
    ColumnMap,
    ColumnMapFile,
    Delimiter,
    Encoding,
    EventType,
    EventTypes,
    FileFormat,
    Files,
    Template,
    TemplatesPath,
    TimeFormat,
    TimeZone,
    TokenFile,
    csv_options,
)
from hubspot_timeline.cli.run import SendRun
from hubspot_timeline.cli.slice import Limit, Skip, Slice
from hubspot_timeline.cli.summary import report_numbers, show_summary
from hubspot_timeline.cli.target import Target, open_target
from hubspot_timeline.client import TimelineClient
from hubspot_timeline.config import ACCOUNTS_VARIABLE, RATE_LIMIT_STORE_VARIABLE
from hubspot_timeline.delivery.batches import BatchLimits
from hubspot_timeline.delivery.outcomes import Duplicates
from hubspot_timeline.delivery.retry import ErrorLimit, RetryPolicy
from hubspot_timeline.errors import OptionError
from hubspot_timeline.events.payload import APP_EVENTS, V3
from hubspot_timeline.files import DeadLetters, FileOptions, read_event_types, read_files, read_templates
from hubspot_timeline.rate_limit import RateLimit


def send(
    files: Files,
    *,
    base_url: BaseUrl = None,
    api: ApiVersion = V3_VERSION,
    fallback_api: Annotated[
        str | None,
        typer.Option(
            help="The version of app events to go on with once v3 refuses every access token; see --event-types."
        ),
    ] = None,
    event_types: EventTypes = None,
    use_sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Send to a sandbox that is started on this machine for this run.")
    ] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the sandbox and its page open until Ctrl-C.")] = False,
    token_file: TokenFile = None,
    account_column: AccountColumn = None,
    accounts: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|DIR",
            help="The access token of each account: a JSON object by account, or a folder with a file for each.",
            show_default=ACCOUNTS_VARIABLE,
        ),
    ] = None,
    batch_size: Annotated[int, typer.Option(help="The most events in one request.", min=1)] = 100,
    flush_interval: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            help="Send the events of standard input or a pipe after at most this time, though their batch is not full. "
            "With --journal a batch is sent when it is full or the input ends.",
            show_default="1.0",
            min=0,
        ),
    ] = None,
    rate_limit: Annotated[
        int | None,
        typer.Option(
            help="The most requests in any 10 seconds, for each account; 0 for no limit.",
            show_default="110; no limit with --sandbox",
            min=0,
        ),
    ] = None,
    rate_limit_store: Annotated[
        str,
        typer.Option(
            help="The runs that share the rate limit: memory: only this one, sqlite:PATH all with this file, "
            "redis://HOST#NAME all with this server and name.",
            envvar=RATE_LIMIT_STORE_VARIABLE,
        ),
    ] = "memory:",
    max_in_flight: Annotated[
        int, typer.Option(help="The most requests in flight at once, for each account.", min=1)
    ] = 4,
    attempts: Annotated[
        int, typer.Option(help="The most requests that carry the same events, after temporary errors.", min=1)
    ] = 24,
    duplicates: Annotated[
        Duplicates,
        typer.Option(
            help="Events whose id exists already: ok counts them as created, since a file that is sent again has the "
            "ids of its first run; reject counts them as failed, for ids that another event may have."
        ),
    ] = "ok",
    max_errors: Annotated[
        int | None, typer.Option(help="Stop when more events than this have failed.", show_default="any number", min=0)
    ] = None,
    max_error_rate: Annotated[
        float | None,
        typer.Option(
            help="Stop when more than this share has failed, from 1,000 events on.",
            show_default="any share",
            min=0,
            max=1,
        ),
    ] = None,
    is_dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Send nothing and write no file: read and check the events as a run does, and say how many it would "
            "send, in how many batches and bytes, and how long the rate limit makes it take at least. It needs no "
            "access token. Exit codes as validate.",
        ),
    ] = False,
    skip: Skip = 0,
    limit: Limit = None,
    journal: Annotated[
        Path | None,
        typer.Option(
            "--journal",
            help="Record the outcome of each event in this file: the same command, run again after any interruption, "
            "continues where it ended.",
        ),
    ] = None,
    dead_letters: Annotated[
        Path | None,
        typer.Option(
            help="The file for events that were not created, with their errors; an existing file is appended to.",
            show_default="dead-letters-TIME.jsonl",
        ),
    ] = None,
    metrics_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the counts of the run to this file for the textfile collector of Prometheus, also if it fails.",
        ),
    ] = None,
    template: Template = None,
    event_type: EventType = None,
    templates: TemplatesPath = None,
    file_format: FileFormat = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    time_zone: TimeZone = None,
    time_format: TimeFormat = None,
    column_map: ColumnMap = None,
    column_map_file: ColumnMapFile = None,
    as_json: AsJson = False,
) -> None:
    """Send the events of files, and account for each."""
    _check_combinations(journal, flush_interval, use_sandbox=use_sandbox, keep=keep, is_dry_run=is_dry_run)
    _check_accounts(account_column, accounts, token_file, flush_interval)
    has_accounts = account_column is not None
    console = error_console()
    csv = csv_options(
        files,
        file_format,
        delimiter=delimiter,
        encoding=encoding,
        time_zone=time_zone,
        time_format=time_format,
        column_map=column_map,
        column_map_file=column_map_file,
    )
    rules = read_templates(templates) if templates else None
    options = FileOptions(
        file_format=file_format,
        csv=csv,
        template=template,
        event_type=event_type,
        event_format=V3 if api == V3_VERSION else APP_EVENTS,
        account_column=account_column,
    )
    batch, part = BatchLimits(max_events=batch_size), Slice(skip, limit)
    if is_dry_run:
        failures = Failures(console)
        dry_run = DryRun(
            open_apis(api, fallback_api, read_event_types(event_types) if event_types else None).primary,
            rules,
            batch,
            _rate_limit(rate_limit, is_sandbox=False),
            base_url,
            journal,
            has_accounts,
            accounts,
        )
        rows = read_files(files, failures.report_file, **options)
        raise typer.Exit(dry_run.read(rows, failures, part, as_json=as_json))
    with (
        MetricsFile(metrics_file, (*files, journal, dead_letters, templates, token_file, accounts)) as metrics,
        open_target(
            base_url,
            token_file,
            templates,
            event_types,
            accounts=accounts,
            has_accounts=has_accounts,
            use_sandbox=use_sandbox,
        ) as target,
        _open_client(
            target,
            has_accounts=has_accounts,
            base_url=target.base_url,
            api=api,
            fallback_api=fallback_api,
            event_types=event_types,
            batch=batch,
            retry=RetryPolicy(attempts=attempts),
            duplicates=duplicates,
            rate_limit=_rate_limit(rate_limit, is_sandbox=target.is_sandbox),
            rate_limit_store=_rate_limit_store(rate_limit_store, rate_limit, target),
            error_limit=ErrorLimit(max_errors, max_error_rate),
            max_in_flight=max_in_flight,
        ) as timeline,
        DeadLetters(dead_letters or _default_dead_letters(), inputs=files) as letters,
    ):
        failures = Failures(console, letters, has_journal=journal is not None)
        each = " for each account" if has_accounts else ""
        console.print(f"Sending to {target} in batches of {batch_size}, {max_in_flight} at once{each}.")
        run = SendRun(timeline, failures, rules, journal, flush_interval, part)
        report, exit_code = metrics.report, metrics.code = run.send(files, options, as_json=as_json)
        if note := part.note(report.total):
            console.print(note)
        sandbox_events = target.event_count()
        if as_json:
            path = str(letters.path) if letters.count else None
            numbers = {"dead_letters": path, "sandbox_events": sandbox_events}
            print_line(json.dumps(report_numbers(report) | numbers))
        else:
            show_summary(output_console(), report, letters, sandbox_events, journal=journal)
        if use_sandbox:
            target.show_page(console, keep=keep)
    raise typer.Exit(exit_code)


def _check_combinations(
    journal: Path | None, flush_interval: float | None, *, use_sandbox: bool, keep: bool, is_dry_run: bool
) -> None:
    if is_dry_run and use_sandbox:
        raise OptionError("--dry-run cannot be combined with --sandbox, since it sends nothing; remove one")
    if journal and use_sandbox:
        raise OptionError("--journal cannot be combined with --sandbox, whose events are lost when the command ends")
    if journal and flush_interval is not None:
        raise OptionError("--flush-interval cannot be combined with --journal, which sends full batches")
    if keep and not use_sandbox:
        raise OptionError("--keep needs --sandbox, which it keeps open")


def _check_accounts(
    account_column: str | None, accounts: str | None, token_file: Path | None, flush_interval: float | None
) -> None:
    if account_column is None:
        if accounts is not None:
            raise OptionError("--accounts needs --account-column, which names the account of each row")
        return
    if not account_column:
        raise OptionError("--account-column is empty; give the name of the column with the account of each row")
    if token_file:
        raise OptionError("--token-file cannot be combined with --account-column; give --accounts")
    if flush_interval is not None:
        raise OptionError("--flush-interval cannot be combined with --account-column, which sends full batches")


def _open_client(
    target: Target, *, has_accounts: bool, **options: Unpack[ClientOptions]
) -> AccountPool | TimelineClient:
    return AccountPool(target.accounts, **options) if has_accounts else TimelineClient(target.token, **options)


def _rate_limit(requests: int | None, *, is_sandbox: bool) -> RateLimit | None:
    if requests is None:
        return None if is_sandbox else RateLimit()
    return RateLimit(requests=requests) if requests else None


def _rate_limit_store(store: str, requests: int | None, target: Target) -> str:
    if requests == 0 and store != "memory:":
        raise OptionError("rate_limit_store is set, and --rate-limit 0 removes the limit that it shares; remove one")
    return "memory:" if requests is None and target.is_sandbox else store


def _default_dead_letters() -> Path:
    # With the process id, since two runs may begin in one second.
    return Path(f"dead-letters-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}.jsonl")
