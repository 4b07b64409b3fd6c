"""What Ctrl-C means to a run: the first lets it end in order, the second ends it at once."""

import os
import signal
from types import FrameType, TracebackType
from typing import Self

from rich.console import Console

from hubspot_timeline.cli.exits import Exit
from hubspot_timeline.client import TimelineClient


class Interrupts:
    """While entered, the first SIGINT or SIGTERM stops the client; `came` tells that there was one."""

    def __init__(self, timeline: TimelineClient, console: Console) -> None:
        self.came = False
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
        if self.came:  # whatever is being waited for; each dead letter is on disk already
            os._exit(Exit.INTERRUPTED)
        self.came = True
        self._timeline.stop("the run was interrupted")
        self._console.print("Finishing what is under way; interrupt again to end at once.")
