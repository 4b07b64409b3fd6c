"""The file of `--metrics-file`: the last run, in the text format of Prometheus, for its textfile collector."""

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import typer
from attrs import define, field

from hubspot_timeline.cli.console import error_console
from hubspot_timeline.cli.errors import Exit, show_error
from hubspot_timeline.delivery.outcomes import Report
from hubspot_timeline.errors import OptionError, printable

_PREFIX = "hubspot_timeline_last_run"


@define
class MetricsFile:
    """Writes the result of the run that it is entered for, also of one that fails; without a path nothing.

    The values are gauges, since a file that each run writes anew has no counters. Its name without the suffix becomes
    the label `run`, so that the collector can read the files of several jobs. Raises OptionError for what is not a file
    of its own: a folder, a device, or one of the `others` that the run reads or writes.
    """

    path: Path | None
    others: Iterable[str | Path | None] = ()
    report: Report = field(factory=Report)
    code: Exit | None = None

    def __enter__(self) -> Self:
        if self.path is None:
            return self
        path, is_other = printable(str(self.path)), self.path.exists() and not self.path.is_file()
        if not self.path.name or is_other or not str(self.path).isprintable():
            raise OptionError(f"--metrics-file is {path!r}, which is not the name of a file; give one such as job.prom")
        if not self.path.parent.is_dir():
            raise OptionError(f"--metrics-file is {path}, and its folder does not exist; create it")
        if any(other and Path(other).resolve() == self.path.resolve() for other in self.others):
            raise OptionError(f"--metrics-file is {path}, which the run uses otherwise; give a file of its own")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.path:
            return
        report = getattr(error, "report", self.report)
        is_success = error is None and self.code == Exit.ALL
        try:
            _write(self.path.resolve(), "".join(_lines(self.path.stem, report, is_success=is_success)))
        except OSError as failure:
            show_error(error_console(), f"{self.path} cannot be written: {failure.strerror}")
            if is_success:
                raise typer.Exit(Exit.SOME) from None


def _write(path: Path, text: str) -> None:
    """Replace the file at once, since the collector may read it at any time."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _lines(run: str, report: Report, *, is_success: bool) -> Iterator[str]:
    yield from _type("events", "Events by outcome.")
    for outcome in ("created", "rejected", "unconfirmed", "unsent"):
        yield _value("events", getattr(report, outcome), run=run, outcome=outcome)
    for name, text, value in (
        ("requests", "Requests, with retries.", report.requests),
        ("retries", "Requests that carried events again.", report.retried),
        ("duration_seconds", "How long it took.", report.seconds),
        ("end_time_seconds", "When it ended.", time.time()),
        ("success", "1 if all events were created, else 0.", int(is_success)),
    ):
        yield from _type(name, text)
        yield _value(name, value, run=run)


def _type(name: str, text: str) -> tuple[str, str]:
    return f"# HELP {_PREFIX}_{name} The last run: {text}\n", f"# TYPE {_PREFIX}_{name} gauge\n"


def _value(name: str, value: float, **labels: str) -> str:
    pairs = ",".join(f'{key}="{_escaped(label)}"' for key, label in labels.items())
    return f"{_PREFIX}_{name}{{{pairs}}} {value}\n"


def _escaped(label: str) -> str:
    return label.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
