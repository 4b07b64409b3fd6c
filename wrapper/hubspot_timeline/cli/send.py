"""`hubspot-timeline send`: sends the events of files to the service, or to a sandbox."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import typer

from hubspot_timeline.cli.console import error_console, output_console, print_line
from hubspot_timeline.cli.failures import Failures
from hubspot_timeline.cli.options import (
    AsJson,
    Attempts,
    BaseUrl,
    BatchSize,
    DeadLetterPath,
    FileFormat,
    Files,
    FlushInterval,
    JournalPath,
    Keep,
    MaxErrorRate,
    MaxErrors,
    MaxInFlight,
    RateLimitOption,
    RateLimitStore,
    Template,
    TemplatesPath,
    TokenFile,
    UseSandbox,
    usage_errors,
)
from hubspot_timeline.cli.progress import report_numbers
from hubspot_timeline.cli.run import SendRun
from hubspot_timeline.cli.summary import show_summary
from hubspot_timeline.cli.target import Target, open_target
from hubspot_timeline.client import TimelineClient
from hubspot_timeline.delivery.batches import BatchLimits
from hubspot_timeline.delivery.retry import ErrorLimit, RetryPolicy
from hubspot_timeline.errors import OptionError
from hubspot_timeline.files import DeadLetters, read_templates
from hubspot_timeline.rate_limit import RateLimit


def send(
    files: Files,
    *,
    base_url: BaseUrl = None,
    use_sandbox: UseSandbox = False,
    keep: Keep = False,
    token_file: TokenFile = None,
    batch_size: BatchSize = 100,
    flush_interval: FlushInterval = None,
    rate_limit: RateLimitOption = None,
    rate_limit_store: RateLimitStore = "memory:",
    max_in_flight: MaxInFlight = 4,
    attempts: Attempts = 24,
    max_errors: MaxErrors = None,
    max_error_rate: MaxErrorRate = None,
    journal: JournalPath = None,
    dead_letters: DeadLetterPath = None,
    template: Template = None,
    templates: TemplatesPath = None,
    file_format: FileFormat = None,
    as_json: AsJson = False,
) -> None:
    """Send the events of files, and account for each."""
    console = error_console()
    with usage_errors(console):
        _check_combinations(journal, flush_interval, use_sandbox=use_sandbox, keep=keep)
        rules = read_templates(templates) if templates else None
        with (
            open_target(base_url, token_file, templates, use_sandbox=use_sandbox) as target,
            TimelineClient(
                target.token,
                base_url=target.base_url,
                batch=BatchLimits(max_events=batch_size),
                retry=RetryPolicy(attempts=attempts),
                rate_limit=_rate_limit(rate_limit, target),
                rate_limit_store=rate_limit_store,
                error_limit=ErrorLimit(max_errors, max_error_rate),
                max_in_flight=max_in_flight,
            ) as timeline,
            DeadLetters(dead_letters or _default_dead_letters(), inputs=files) as letters,
        ):
            failures = Failures(console, letters, has_journal=journal is not None)
            console.print(f"Sending to {target} in batches of {batch_size}, {max_in_flight} at once.")
            run = SendRun(timeline, failures, rules, journal, flush_interval)
            report, exit_code = run.send(files, file_format, template, as_json=as_json)
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


def _check_combinations(journal: Path | None, flush_interval: float | None, *, use_sandbox: bool, keep: bool) -> None:
    if journal and use_sandbox:
        raise OptionError("--journal cannot be combined with --sandbox, whose events are lost when the command ends")
    if journal and flush_interval is not None:
        raise OptionError("--flush-interval cannot be combined with --journal, which sends full batches")
    if keep and not use_sandbox:
        raise OptionError("--keep needs --sandbox, which it keeps open")


def _rate_limit(requests: int | None, target: Target) -> RateLimit | None:
    if requests is None:
        return None if target.is_sandbox else RateLimit()
    return RateLimit(requests=requests) if requests else None


def _default_dead_letters() -> Path:
    # With the process id, since two runs may begin in one second.
    return Path(f"dead-letters-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}.jsonl")
