"""One run of `send`: regular files are sent as fast as possible, pipes in batches with a time limit."""

import os
import stat
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from attrs import frozen

from hubspot_timeline.accounts import AccountPool
from hubspot_timeline.cli.console import log_messages
from hubspot_timeline.cli.errors import Exit
from hubspot_timeline.cli.failures import Failures
from hubspot_timeline.cli.interrupts import Interrupts
from hubspot_timeline.cli.progress import Show, progress, watch
from hubspot_timeline.cli.slice import Slice
from hubspot_timeline.client import TimelineClient
from hubspot_timeline.delivery.outcomes import Report
from hubspot_timeline.files import FileOptions, Row, RowError, read_files
from hubspot_timeline.files.sources import STANDARD_INPUT
from hubspot_timeline.templates.validation import TemplateRules

_FLUSH_INTERVAL = 1.0


@frozen
class SendRun:
    """What a run sends with; `flush_interval` is in seconds."""

    timeline: TimelineClient | AccountPool
    failures: Failures
    rules: TemplateRules | None
    journal: Path | None
    flush_interval: float | None
    part: Slice

    def send(
        self,
        files: Sequence[str],
        options: FileOptions,
        *,
        as_json: bool,
    ) -> tuple[Report, Exit]:
        """Send the events of files; return their report and the exit code."""
        failures = self.failures
        is_regular = all(map(_is_regular, files))  # else reading may wait for another program
        with (
            log_messages(failures.console),
            Interrupts(self.timeline, failures.console) as interrupts,
            progress(failures.console, files, self.part, as_json=as_json) as show,
            self.part.explained(),
        ):
            waiting = None if is_regular else interrupts.waiting
            rows = read_files(files, failures.report_file, waiting=waiting, **options)
            rows = interrupts.until_interrupted(self.part.of(rows))
            if is_regular or self.journal or isinstance(self.timeline, AccountPool):
                report = self._send_at_once(rows, show)
            else:
                report = self._send_by_queue(self.timeline, rows, show)
        failures.show_hidden_count()
        if interrupts.received:
            return report, Exit.INTERRUPTED
        return report, Exit.of(total=report.total, succeeded=report.created, file_errors=failures.file_errors)

    def _send_at_once(self, rows: Iterator[Any], show: Show) -> Report:
        client = self.timeline
        send = partial(client.send, account=account_of) if isinstance(client, AccountPool) else client.send
        return send(
            rows,
            on_failure=self.failures.report,
            on_progress=show,
            max_failures=0,
            journal=self.journal,
            validate=self.rules,
        )

    def _send_by_queue(self, timeline: TimelineClient, rows: Iterator[Any], show: Show) -> Report:
        with (
            timeline.queue(
                flush_interval=_FLUSH_INTERVAL if self.flush_interval is None else self.flush_interval,
                on_outcome=self.failures.report,
                validate=self.rules,
            ) as queue,
            watch(lambda: queue.progress, show),
        ):
            for row in rows:
                queue.put(row)
            queue.flush()
        return queue.report


def account_of(row: Row | RowError) -> str:
    """Return the account of a row. Raises its error if it has none."""
    if isinstance(row, RowError) and row.account is None:
        raise row
    return row.account or ""


def _is_regular(name: str) -> bool:
    """Return whether reading a file never waits for another program."""
    try:
        return stat.S_ISREG((os.fstat(0) if name == STANDARD_INPUT else Path(name).stat()).st_mode)
    except OSError:  # reading reports it
        return True
