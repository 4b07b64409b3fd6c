"""`hubspot-timeline send`: events of files to the service, or to a sandbox."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import typer

from hubspot_timeline.cli.console import errors, output, say
from hubspot_timeline.cli.exit_codes import Exit
from hubspot_timeline.cli.failures import Failures
from hubspot_timeline.cli.interrupts import Interrupts
from hubspot_timeline.cli.log_messages import waits_shown
from hubspot_timeline.cli.options import (
    AsJson,
    Attempts,
    BaseUrl,
    BatchSize,
    DeadLetterPath,
    Files,
    Form,
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
from hubspot_timeline.cli.progress import numbers, progress
from hubspot_timeline.cli.summary import summary
from hubspot_timeline.cli.target import Target, show_page, target
from hubspot_timeline.client import TimelineClient
from hubspot_timeline.delivery.batches import BatchLimits
from hubspot_timeline.delivery.outcomes import Report
from hubspot_timeline.delivery.retry import ErrorLimit, RetryPolicy
from hubspot_timeline.errors import OptionError
from hubspot_timeline.files import DeadLetters, Row, read_files, read_templates
from hubspot_timeline.rate_limit import RateLimit
from hubspot_timeline.templates.validation import TemplateRules


def send(
    files: Files,
    *,
    base_url: BaseUrl = None,
    use_sandbox: UseSandbox = False,
    keep: Keep = False,
    token_file: TokenFile = None,
    batch_size: BatchSize = 100,
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
    form: Form = None,
    as_json: AsJson = False,
) -> None:
    """Send the events of files, and account for each."""
    console = errors()
    with usage_errors(console):
        batch = BatchLimits(max_events=batch_size)
        retry = RetryPolicy(attempts=attempts)
        error_limit = ErrorLimit(max_errors, max_error_rate)
        if journal and use_sandbox:
            raise OptionError("--journal goes without --sandbox, whose events are gone when the command ends")
        if keep and not use_sandbox:
            raise OptionError("--keep goes with --sandbox, which it keeps open")
        rules = read_templates(templates) if templates else None
        with (
            target(base_url, token_file, Path(templates) if templates else None, use_sandbox=use_sandbox) as goal,
            TimelineClient(
                goal.token,
                base_url=goal.base_url,
                batch=batch,
                retry=retry,
                rate_limit=_rate_limit(rate_limit, goal),
                rate_limit_store=rate_limit_store,
                error_limit=error_limit,
                max_in_flight=max_in_flight,
            ) as timeline,
            DeadLetters(dead_letters or _dead_letters_of_now(), inputs=files) as letters,
        ):
            failures = Failures(console, letters, has_journal=journal is not None)
            console.print(f"Sending to {goal} in batches of {batch_size}, {max_in_flight} at once.")
            rows = read_files(files, failures.problem, form=form, template=template)
            report, exit_code = _run(timeline, files, rows, failures, journal=journal, rules=rules, as_json=as_json)
            held = goal.events_held()
            if as_json:
                told = {"dead_letters": str(letters.path) if letters.count else None, "sandbox_events": held}
                say(json.dumps(numbers(report) | told))
            else:
                summary(output(), report, letters, held, journal=journal)
            if use_sandbox:
                show_page(goal, console, keep=keep)
    raise typer.Exit(exit_code)


def _run(
    timeline: TimelineClient,
    files: list[str],
    rows: Iterator[Row],
    failures: Failures,
    *,
    journal: Path | None,
    rules: TemplateRules | None,
    as_json: bool,
) -> tuple[Report, Exit]:
    with (
        waits_shown(failures.console),
        Interrupts(timeline, failures.console) as interrupts,
        progress(failures.console, files, as_json=as_json) as show,
    ):
        taken = interrupts.until_interrupted(rows, files)
        report = timeline.send(
            failures.events(taken),
            on_outcome=failures.outcome,
            on_progress=show,
            max_failures=0,
            journal=journal,
            validate=rules,
        )
    failures.tell_rest()
    if interrupts.came:
        return report, Exit.INTERRUPTED
    return report, Exit.of(read=report.total, good=report.created, problems=failures.problems)


def _rate_limit(asked: int | None, goal: Target) -> RateLimit | None:
    if asked is None:
        return None if goal.is_sandbox else RateLimit()
    return RateLimit(requests=asked) if asked else None


def _dead_letters_of_now() -> Path:
    # With the process, since two runs may begin in one second.
    return Path(f"dead-letters-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}.jsonl")
