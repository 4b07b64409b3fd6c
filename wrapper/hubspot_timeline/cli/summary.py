"""The end of a run: a table for people, numbers for programs."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from hubspot_timeline.accounts import PoolReport
from hubspot_timeline.cli.check import Counts
from hubspot_timeline.cli.console import show
from hubspot_timeline.delivery.outcomes import Report
from hubspot_timeline.errors import counted
from hubspot_timeline.files import DeadLetters

_MAX_ACCOUNTS = 20
_MAX_NAME = 40
_MEANINGS = {
    "created": "in the service, exactly once",
    "rejected": "not created, and will not be as they are",
    "unconfirmed": "may be in the service: send them again with the same ids",
    "unsent": "not in the service: send them again once the cause is gone",
}


def show_summary(
    console: Console, report: Report, letters: DeadLetters, sandbox_events: int | None, *, journal: Path | None
) -> None:
    """Show the counts of a run; `sandbox_events` is how many the sandbox holds, None without one."""
    table = Table(box=None, pad_edge=False)
    table.add_column("outcome")
    table.add_column("events", justify="right")
    table.add_column("")
    for name, meaning in _MEANINGS.items():
        count = getattr(report, name)
        table.add_row(name, f"{count:,}", meaning, style=None if count else "dim")
    requests = f"{counted(report.requests, 'request')} in {report.seconds:.2f} s"
    table.add_row("total", f"{report.total:,}", requests, style="bold")
    console.print(table)
    if isinstance(report, PoolReport) and report.accounts:
        show_accounts(console, report.accounts, tuple(_MEANINGS))
    if report.fallback_api:
        console.print(f"v3 refused the access token, so that the run went on through {report.fallback_api}.")
    if report.existing:
        console.print(
            f"{report.existing:,} of the created: an event with this id exists already; if it is yours from an earlier "
            "run, there is nothing to do."
        )
    if report.duplicates:
        console.print(f"Rejected because their id exists already: {report.duplicates:,}.")
    if report.resumed:
        console.print(f"Settled by an earlier run, according to the journal: {report.resumed:,}.")
    if sandbox_events is not None:
        console.print(f"The sandbox holds {counted(sandbox_events, 'event')}.")
    if letters.count:
        show(console, f"Events not created, with their errors: {letters.path}")
    if journal and report.unsent + report.unconfirmed:
        show(console, f"The same command continues from {journal} with what is unsent or unconfirmed.")


def report_numbers(report: Report) -> dict[str, Any]:
    """Return the numbers of a report by their names."""
    counts = ("total", "created", "existing", "rejected", "duplicates", "resumed", "unconfirmed", "unsent")
    names = (*counts, "requests", "retried", "fallback_api")
    numbers = {name: getattr(report, name) for name in names} | {"seconds": round(report.seconds, 3)}
    if isinstance(report, PoolReport):
        numbers["accounts"] = {account: report_numbers(each) for account, each in report.accounts.items()}
    return numbers


def show_accounts(console: Console, reports: Mapping[str, Report | Counts], names: Sequence[str]) -> None:
    """Show the counts of these names for each account, those with the most failures first."""
    table = Table(box=None, pad_edge=False)
    table.add_column("account", max_width=_MAX_NAME, no_wrap=True, overflow="ellipsis")
    for name in names:
        table.add_column(name, justify="right")
    accounts = sorted(reports.items(), key=lambda item: -item[1].failed)
    for account, each in accounts[:_MAX_ACCOUNTS]:
        counts = [f"{getattr(each, name):,}" for name in names]
        table.add_row(account, *counts, style=None if each.failed else "dim")
    console.print(table)
    if (hidden := len(accounts) - _MAX_ACCOUNTS) > 0:
        console.print(f"… and {hidden:,} more; --json has all.")
