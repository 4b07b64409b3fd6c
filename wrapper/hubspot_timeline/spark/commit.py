"""The end of a run on the driver: dead letters of the attempts that count, the report, and what makes it fail."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pyspark.sql.datasource import WriterCommitMessage

from hubspot_timeline.errors import TimelineError, counted
from hubspot_timeline.spark.options import SinkOptions
from hubspot_timeline.spark.shared_folder import SharedFolder
from hubspot_timeline.spark.task import COUNTS, TaskReport


def commit(options: SinkOptions, run: str, messages: Sequence[WriterCommitMessage | None]) -> None:
    """Publish dead letters and the report. Raises TimelineError for events that are not in the service."""
    tasks = [message for message in messages if isinstance(message, TaskReport)]
    letters = _published_letters(options, run, tasks)
    totals = _sum(task.counts for task in tasks)
    if folder := SharedFolder.of("reportPath", options.report_path):
        accounts: dict[str, Counter[str]] = {}
        for task in tasks:
            for account, counts in task.accounts.items():
                accounts.setdefault(account, Counter()).update(counts)
        report = {
            "run": run,
            **totals,
            "accounts": [{"account": name, **_sum([counts])} for name, counts in sorted(accounts.items())],
            "stopped": [
                {"account": name, "error": error} for task in tasks for name, error in sorted(task.stopped.items())
            ],
            "deadLetters": letters,
        }
        folder.write(f"report-{run}.json", json.dumps(report).encode() + b"\n")
    discard(options, run)
    _raise_for_failures(options, totals, tasks)


def discard(options: SinkOptions, run: str) -> None:
    """Delete the files of attempts."""
    for url in {options.dead_letter_path, options.report_path}:
        if folder := SharedFolder.of("reportPath", url):
            folder.remove_attempts(run)


def _published_letters(options: SinkOptions, run: str, tasks: Sequence[TaskReport]) -> list[str]:
    folder = SharedFolder.of("deadLetterPath", options.dead_letter_path)
    return [
        folder.publish(run, task.dead_letters, f"dead-letters-{run}-part-{task.partition:05}.jsonl")
        for task in tasks
        if folder and task.dead_letters
    ]


def _sum(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return {name: total[name] for name in COUNTS}


def _raise_for_failures(options: SinkOptions, totals: dict[str, int], tasks: Sequence[TaskReport]) -> None:
    problems = []
    if left := totals["unsent"] + totals["unconfirmed"]:
        stopped = [f"{name}: {error}" for task in tasks for name, error in task.stopped.items()]
        problems.append(
            f"{counted(left, 'event')} of {counted(len(stopped), 'account')} not sent: {'; '.join(stopped[:5])}"
        )
    if options.on_rejected == "fail" and totals["rejected"]:
        examples = [example for task in tasks for example in task.examples]
        problems.append(
            f"{counted(totals['rejected'], 'event')} rejected (option onRejected is fail): {'; '.join(examples[:5])}"
        )
    if problems:
        advice = "What was created stays; write the rows again once this is mended, with option duplicates=ok"
        raise TimelineError(f"{'. '.join(problems)}. {totals['created']:,} created. {advice}")
