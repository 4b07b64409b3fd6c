"""One attempt of a Spark task: it sends its rows, all accounts at once, and says what became of them."""

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from attrs import evolve, field, frozen
from pyspark import TaskContext
from pyspark.sql.datasource import WriterCommitMessage

from hubspot_timeline.accounts.pool import AccountPool
from hubspot_timeline.delivery.outcomes import Failure, Outcome, Rejected, Report
from hubspot_timeline.errors import OptionError, TimelineError, counted
from hubspot_timeline.files.dead_letters import DeadLetters
from hubspot_timeline.spark.options import SinkOptions
from hubspot_timeline.spark.shared_folder import SharedFolder
from hubspot_timeline.tables import FINAL_ERRORS, Row, dead_row, tokens_by_account

COUNTS = ("created", "existing", "rejected", "duplicates", "unconfirmed", "unsent", "requests", "retried")
_MAX_EXAMPLES = 5


class RowBatch(Protocol):
    """A RecordBatch of Arrow, which has no types."""

    def to_pylist(self) -> list[Row]:
        """Return the rows."""
        ...


@frozen
class TaskReport(WriterCommitMessage):
    """What became of the rows of one task."""

    partition: int
    counts: dict[str, int]
    accounts: dict[str, dict[str, int]]
    dead_letters: str | None = None
    examples: tuple[str, ...] = ()  # of errors
    stopped: dict[str, str] = field(factory=dict)  # the error of each account that was stopped


@frozen
class Attempt:
    """An attempt of a task, which may follow others of the same rows."""

    partition: int
    id: int
    is_later: bool
    batch: str  # of the stream
    run: str
    folder: SharedFolder | None

    @classmethod
    def begin(cls, options: SinkOptions, run: str) -> "Attempt":
        """Return this attempt. Raises OptionError where Spark would run two at once.

        Spark numbers the attempts of a task anew when it repeats their stage, so they are recorded as well, where there
        is a folder to do so.
        """
        context = TaskContext.get()
        if context is None:
            raise OptionError("rows are sent in the tasks of Spark only")
        if context.getLocalProperty("spark.speculation") == "true" and not options.allow_speculation:
            raise OptionError(
                "spark.speculation is true, so Spark may send the same rows from two tasks at once; set it to false, "
                "or option allowSpeculation=true with a rateStore"
            )
        batch = context.getLocalProperty("streaming.sql.batchId") or ""
        run = run or f"batch-{int(batch):08}"
        folder = SharedFolder.of("reportPath", options.report_path or options.dead_letter_path)
        attempt = cls(context.partitionId(), context.taskAttemptId(), context.attemptNumber() > 0, batch, run, folder)
        is_later = attempt.is_later or attempt.count() > 0
        if folder:
            folder.record_attempt(run, attempt.partition, attempt.id)
        return evolve(attempt, is_later=is_later)

    def count(self) -> int:
        """Return how many attempts of the task are recorded."""
        return self.folder.count_attempts(self.run, self.partition) if self.folder else 0

    def pool(self, options: SinkOptions) -> AccountPool:
        """Return the pool that sends; an id that an earlier attempt may have sent counts as in the service."""
        client = options.client.copy()
        client["duplicates"] = "ok" if self.is_later or self.batch else options.duplicates
        return AccountPool(
            tokens_by_account(options.credentials), max_open_accounts=options.max_open_accounts, **client
        )

    def rows(
        self, batches: Iterable[RowBatch], options: SinkOptions, sleep: Callable[[float], object] = time.sleep
    ) -> Iterator[Row]:
        """Yield the rows, once requests that the last attempt or micro-batch may have made are out of the window."""
        follows = self.is_later or self.batch not in ("", "0")
        wait = options.rate_limit.seconds if follows and not options.has_shared_limit else 0.0
        for batch in batches:
            for row in batch.to_pylist():
                if wait:
                    sleep(wait)
                    wait = 0.0
                yield row


class TaskFailures:
    """Collects the events of a task that were not created."""

    def __init__(self, letters: DeadLetters | None) -> None:
        self.examples: list[str] = []
        self.stopped: dict[str, str] = {}
        self.repeatable: TimelineError | None = None
        self._letters = letters

    def add(self, outcome: Outcome) -> None:
        """Add an outcome other than Created."""
        failure: Failure = outcome  # type: ignore[assignment] # as on_failure has it
        if isinstance(failure, Rejected):
            if len(self.examples) < _MAX_EXAMPLES:
                self.examples.append(f"{failure.id} ({failure.account}): {failure.error}")
            if self._letters:
                self._letters.write(failure, dead_row(failure))
        elif isinstance(failure.error, FINAL_ERRORS):
            self.stopped.setdefault(str(failure.account), str(failure.error))
        else:
            self.repeatable = self.repeatable or failure.error


def send_rows(batches: Iterable[RowBatch], options: SinkOptions, attempt: Attempt) -> TaskReport:
    """Send the rows of a task. Raises TimelineError if another attempt of the task may send what this one could not."""
    folder = SharedFolder.of("deadLetterPath", options.dead_letter_path)
    name = f"dead-letters-part-{attempt.partition:05}-attempt-{attempt.id}.jsonl"
    with TemporaryDirectory() as local:
        path = Path(local, name)
        with DeadLetters(path) as letters:
            failures = TaskFailures(letters if folder else None)
            report = _send(batches, options, attempt, failures)
        if report.duplicates and attempt.count() > 1:
            raise TimelineError("Another attempt of this task sends the same rows, and is the one that counts")
        if failures.repeatable:
            raise TimelineError(
                f"{counted(report.unsent + report.unconfirmed, 'event')} of this task may be missing; Spark repeats it "
                f"with the same ids. {failures.repeatable}"
            ) from failures.repeatable
        if folder and path.exists():
            folder.upload(attempt.run, name, path)
    return TaskReport(
        attempt.partition,
        _counts(report),
        {account: _counts(each) for account, each in report.accounts.items()},
        name if folder and letters.count else None,
        tuple(failures.examples),
        failures.stopped,
    )


def _send(batches: Iterable[RowBatch], options: SinkOptions, attempt: Attempt, failures: TaskFailures) -> Any:
    maker = options.event_maker()
    with attempt.pool(options) as pool:
        return pool.send(
            attempt.rows(batches, options),
            account=maker.account,
            make=maker.event,
            on_failure=failures.add,
            max_failures=0,
            validate=options.templates,
        )


def _counts(report: Report) -> dict[str, int]:
    return {name: getattr(report, name) for name in COUNTS}
