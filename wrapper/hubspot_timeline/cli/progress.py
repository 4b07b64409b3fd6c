"""The progress of a run: a bar on a terminal, plain lines elsewhere, JSON lines for programs."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any, TypeAlias

from attrs import asdict
from rich.console import Console

from hubspot_timeline.cli.console import print_line
from hubspot_timeline.cli.slice import Slice
from hubspot_timeline.delivery.progress import Progress

Show: TypeAlias = Callable[[Progress], object]
"""Shows the progress of a run."""

_SECONDS_BETWEEN_LINES = 1.0
_BLOCK_BYTES = 1 << 20


@contextmanager
def progress(console: Console, files: Sequence[str], part: Slice, *, as_json: bool) -> Iterator[Show]:
    """Show progress in the way that fits, until the block ends."""
    if as_json:
        yield _paced(lambda current: print_line(json.dumps({"progress": _progress_numbers(current)})))
    elif console.is_terminal:
        from rich import progress as rich_progress  # noqa: PLC0415 - slow to import

        text = rich_progress.TextColumn("{task.description}")
        columns = (rich_progress.SpinnerColumn(), rich_progress.BarColumn(), text, rich_progress.TimeElapsedColumn())
        with rich_progress.Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("", total=part.size(_line_count(files)))
            yield lambda current: bar.update(task, completed=current.read, description=_line(current))
    else:
        yield _paced(lambda current: console.print(_line(current)))


@contextmanager
def watch(current: Callable[[], Progress], show: Show) -> Iterator[None]:
    """Show the progress of something that does not report it by itself, whenever it has changed."""
    done = Event()

    def work() -> None:
        last = None
        while not done.wait(_SECONDS_BETWEEN_LINES / 2):
            if (now := current()) != last:
                show(now)
            last = now

    thread = Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _progress_numbers(current: Progress) -> dict[str, Any]:
    return asdict(current) | {name: round(getattr(current, name), 3) for name in ("waited", "seconds", "rate")}


def _line(current: Progress) -> str:
    failed = current.failed - current.unsent
    counts = f"{current.read:,} read, {current.created:,} created, {failed:,} failed, {current.unsent:,} unsent"
    return f"{counts}, {current.rate:,.0f} a second"


def _paced(show: Show) -> Show:
    last = time.monotonic()

    def show_if_due(current: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= _SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            show(current)

    return show_if_due


def _line_count(files: Sequence[str]) -> int | None:
    """Return about how many rows the files have, or None where that is unknown before they are read."""
    try:
        if any(file == "-" or file.endswith(".gz") or not Path(file).is_file() for file in files):
            return None
        return sum(_count_lines(Path(file)) for file in files)
    except OSError:  # reading reports it
        return None


def _count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK_BYTES), b""))
