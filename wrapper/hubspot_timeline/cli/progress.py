"""How a run shows that it goes on: a bar on a terminal, plain lines elsewhere, JSON lines for machines."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from hubspot_timeline.cli.consoles import say
from hubspot_timeline.outcomes import Report

Show: TypeAlias = Callable[[Report], object]
"""Takes the report as it grows."""

# Seconds between two lines where there is no bar.
_PAUSE = 1.0
_BLOCK = 1 << 20


@contextmanager
def progress(console: Console, files: Sequence[str], *, as_json: bool) -> Iterator[Show]:
    """Show progress in the way that fits, until the block ends."""
    if as_json:
        yield _paced(lambda report: say(json.dumps({"progress": numbers(report)})))
    elif console.is_terminal:
        columns = (SpinnerColumn(), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("", total=_lines(files))
            yield lambda report: bar.update(task, completed=report.read, description=_line(report))
    else:
        yield _paced(lambda report: console.print(_line(report)))


def numbers(report: Report) -> dict[str, Any]:
    """Return the numbers of a report by their names."""
    names = ("read", "created", "rejected", "duplicates", "unconfirmed", "unsent", "requests")
    return {name: getattr(report, name) for name in names} | {"seconds": round(report.seconds, 3)}


def _line(report: Report) -> str:
    return f"{report.read:,} read, {report.created:,} created, {report.failed:,} failed"


def _paced(tell: Show) -> Show:
    last = time.monotonic()

    def show(report: Report) -> None:
        nonlocal last
        if time.monotonic() - last >= _PAUSE:
            last = time.monotonic()
            tell(report)

    return show


def _lines(files: Sequence[str]) -> int | None:
    """Return about how many rows there are, for the length of the bar; None where only reading would tell."""
    try:
        if any(file == "-" or file.endswith(".gz") or not Path(file).is_file() for file in files):
            return None
        return sum(_count_lines(Path(file)) for file in files)
    except OSError:  # reading will tell
        return None


def _count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK), b""))
