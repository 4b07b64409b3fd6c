"""How a run shows that it goes on: a bar on a terminal, plain lines elsewhere, JSON lines for machines."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from attrs import asdict
from rich import progress as bars
from rich.console import Console

from hubspot_timeline.cli.console import say
from hubspot_timeline.delivery.outcomes import Report
from hubspot_timeline.delivery.progress import Progress

Show: TypeAlias = Callable[[Progress], object]
"""Takes the progress of a run."""

# Seconds between two lines where there is no bar.
_PAUSE = 1.0
_BLOCK = 1 << 20


@contextmanager
def progress(console: Console, files: Sequence[str], *, as_json: bool) -> Iterator[Show]:
    """Show progress in the way that fits, until the block ends."""
    if as_json:
        yield _paced(lambda so_far: say(json.dumps({"progress": _numbers_so_far(so_far)})))
    elif console.is_terminal:
        text = bars.TextColumn("{task.description}")
        columns = (bars.SpinnerColumn(), bars.BarColumn(), text, bars.TimeElapsedColumn())
        with bars.Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("", total=_lines(files))
            yield lambda so_far: bar.update(task, completed=so_far.read, description=_line(so_far))
    else:
        yield _paced(lambda so_far: console.print(_line(so_far)))


def numbers(report: Report) -> dict[str, Any]:
    """Return the numbers of a report by their names."""
    names = ("total", "created", "rejected", "duplicates", "resumed", "unconfirmed", "unsent", "requests", "retried")
    return {name: getattr(report, name) for name in names} | {"seconds": round(report.seconds, 3)}


def _numbers_so_far(so_far: Progress) -> dict[str, Any]:
    return asdict(so_far) | {name: round(getattr(so_far, name), 3) for name in ("waited", "seconds", "rate")}


def _line(so_far: Progress) -> str:
    return f"{so_far.read:,} read, {so_far.created:,} created, {so_far.failed:,} failed, {so_far.rate:,.0f} a second"


def _paced(tell: Show) -> Show:
    last = time.monotonic()

    def show(so_far: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= _PAUSE:
            last = time.monotonic()
            tell(so_far)

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
