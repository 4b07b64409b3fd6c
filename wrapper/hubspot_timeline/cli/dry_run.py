"""`send --dry-run`: what a run would send, in how many batches, and how long its rate limit makes it wait."""

import json
import os
from collections.abc import Container, Iterator
from datetime import timedelta
from math import ceil
from pathlib import Path
from typing import Any

from attrs import asdict, frozen

from hubspot_timeline.accounts.assignment import assignment
from hubspot_timeline.accounts.lanes import MAX_BYTES, MAX_SIZE, Lane, Lanes, PoolLimits
from hubspot_timeline.apis import Api
from hubspot_timeline.cli.check import Check, Counts
from hubspot_timeline.cli.console import log_messages, output_console, print_line
from hubspot_timeline.cli.errors import Exit
from hubspot_timeline.cli.failures import Failures
from hubspot_timeline.cli.run import account_of
from hubspot_timeline.cli.slice import Slice
from hubspot_timeline.cli.summary import show_accounts
from hubspot_timeline.config import ACCOUNTS_VARIABLE, base_url_from_environment, validated_base_url
from hubspot_timeline.delivery.batches import Batcher, BatchLimits
from hubspot_timeline.delivery.progress import RunCounters
from hubspot_timeline.delivery.retry import ErrorLimit
from hubspot_timeline.errors import counted
from hubspot_timeline.execution.reader import EventReader, Preparation
from hubspot_timeline.files import accounts_from_environment, read_accounts
from hubspot_timeline.journal.store import Journal
from hubspot_timeline.rate_limit import RateLimit
from hubspot_timeline.rate_limit.window import window_milliseconds
from hubspot_timeline.templates.validation import TemplateRules


@frozen
class DryRun:
    """What a run would send with."""

    api: Api
    rules: TemplateRules | None
    batch: BatchLimits
    rate_limit: RateLimit | None
    base_url: str | None
    journal: Path | None
    has_accounts: bool
    accounts: str | None

    def read(self, rows: Iterator[Any], failures: Failures, part: Slice, *, as_json: bool) -> Exit:
        """Show what would become of rows, and return the exit code."""
        check = Check(failures, self._known_accounts())
        with log_messages(failures.console), part.explained():
            self._check(check, part.of(rows))
        failures.show_hidden_count()
        counts = check.counts
        if note := part.note(counts.total):
            failures.console.print(note)
        seconds = max(map(self._seconds, check.by_account.values()), default=0)
        if as_json:
            numbers = {"total": counts.total, **asdict(counts), "seconds": seconds}
            if self.has_accounts:
                numbers["accounts"] = {name: asdict(each) for name, each in _named(check).items()}
            print_line(json.dumps(numbers))
        else:
            self._show(check, seconds)
        succeeded = counts.total - counts.failed
        return Exit.of(total=counts.total, succeeded=succeeded, file_errors=failures.file_errors)

    def _known_accounts(self) -> Container[str] | None:
        if not self.has_accounts or not (self.accounts or os.environ.get(ACCOUNTS_VARIABLE, "").strip()):
            return None
        return read_accounts(self.accounts) if self.accounts else accounts_from_environment()

    def _check(self, check: Check, rows: Iterator[Any]) -> None:
        journal = self._open_journal()
        try:
            if not self.has_accounts:
                check.read(rows, EventReader(Batcher(self.batch), Preparation(self.api, self.rules), journal))
                return
            lanes = _lanes(self.batch)
            assign = assignment(account_of, self.api.event_format.fields, has_make=False)
            check.read(rows, EventReader(lanes, Preparation(self.api, self.rules, assign=assign), journal), lanes)
        finally:
            if journal:
                journal.close()

    def _open_journal(self) -> Journal | None:
        if not self.journal or not self.journal.exists() or not self.journal.stat().st_size:
            return None
        base_url = validated_base_url(self.base_url or base_url_from_environment())
        return Journal(self.journal, base_url, self.api.version, is_read_only=True)

    def _seconds(self, counts: Counts) -> float:
        """Return how long a run waits at least for the rate limit, in seconds."""
        if not self.rate_limit or not counts.batches:
            return 0
        windows = (counts.batches - 1) // self.rate_limit.requests
        return round(windows * window_milliseconds(self.rate_limit) / 1000, 1)

    def _show(self, check: Check, seconds: float) -> None:
        counts = check.counts
        console = output_console()
        console.print(counts.sentence())
        if not counts.total:
            return
        if self.has_accounts:
            show_accounts(console, _named(check), ("valid", "invalid", "resumed", "unsent", "batches"))
        if counts.resumed:
            console.print(f"Settled by an earlier run, according to the journal: {counts.resumed:,}.")
        if counts.unsent:
            console.print(f"Without an access token for their account: {counts.unsent:,}.")
        events, requests = counted(counts.to_send, "event"), counted(counts.batches, "request")
        console.print(f"Nothing was sent. A run would send {events}, {counted(counts.bytes, 'byte')}, in {requests}.")
        if self.rate_limit and counts.batches:
            each = " for each account" if self.has_accounts else ""
            limit = f"{counted(self.rate_limit.requests, 'request')} in {self.rate_limit.seconds:g} seconds{each}"
            time = f"makes it take at least {timedelta(seconds=ceil(seconds))}" if seconds else "does not delay it"
            console.print(f"The rate limit of {limit} {time}.")


def _named(check: Check) -> dict[str, Counts]:
    """Return the counts of the accounts, without those of rows that have none."""
    return {name: counts for name, counts in check.by_account.items() if name is not None}


def _lanes(batch: BatchLimits) -> Lanes:
    """Return what a pool cuts the batches of its accounts with."""
    limits = PoolLimits(MAX_SIZE, MAX_BYTES, batch, 1, ErrorLimit())
    return Lanes(limits, lambda account: Lane(account, limits, RunCounters(), _record_nothing))


async def _record_nothing(*_: object) -> None:
    """Take the place of the journal, which a dry run does not write."""
