"""What Ctrl-C means to a run: the first lets it end in order, the second ends it at once."""

import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self, TypeVar

from rich.console import Console

from hubspot_timeline.cli.exit_codes import Exit
from hubspot_timeline.client import TimelineClient

T = TypeVar("T")


class _InterruptedReadError(Exception):
    """Ends the wait for a line that may never come."""


class Interrupts:
    """While entered, the first SIGINT or SIGTERM stops the client; `came` tells that there was one."""

    def __init__(self, timeline: TimelineClient, console: Console) -> None:
        self.came = False
        self._reads = False
        self._timeline = timeline
        self._console = console

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a handler's signature
        if self.came:  # whatever is being waited for
            self._console.print("Ended at once: not all is accounted for. Send the same files again.")
            os._exit(Exit.INTERRUPTED)
        self.came = True
        self._timeline.stop("the run was interrupted")
        self._console.print("Finishing what is under way; interrupt again to end at once.")
        if self._reads:
            self._reads = False
            raise _InterruptedReadError

    def until_interrupted(self, rows: Iterator[T], files: Sequence[str]) -> Iterator[T]:
        """Yield rows; of files, all, so that what is left is known; of a pipe, those that came before an interrupt."""
        if all(Path(file).is_file() for file in files):
            yield from rows
            return
        try:
            while not self.came:
                self._reads = True
                row = next(rows, None)
                self._reads = False
                if row is None:
                    return
                yield row
        except _InterruptedReadError:
            pass
        self._console.print("The input was not read to its end.")
