"""Ctrl-C and SIGTERM: the first ends a run in order, the second ends it at once."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self, TypeVar

from rich.console import Console

from hubspot_timeline.base_client import BaseClient
from hubspot_timeline.cli.errors import Exit

T = TypeVar("T")

_REASON = "the run was interrupted"


class _InterruptedWaitError(BaseException):
    """Ends the wait for input that may never come."""


class Interrupts:
    """While entered, the first SIGINT or SIGTERM stops the client; `received` is whether there was one.

    The signal handler raises only in `waiting`, where nothing has been read that could be lost.
    """

    def __init__(self, timeline: BaseClient, console: Console) -> None:
        self.received: bool = False
        self._is_waiting = False
        self._timeline = timeline
        self._console = console

    def __enter__(self) -> Self:
        self._previous = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a handler's signature
        if self.received:
            self._console.print("Ended at once: not all is accounted for. Send the same files again.")
            os._exit(Exit.INTERRUPTED)
        self.received = True
        self._timeline.stop(_REASON)
        self._console.print("Finishing what is in flight; interrupt again to end at once.")
        if self._is_waiting:
            raise _InterruptedWaitError

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Let an interrupt end the block, in which input is waited for but none is taken."""
        self._is_waiting = True
        try:
            if self.received:
                raise _InterruptedWaitError
            yield
        finally:
            self._is_waiting = False

    def until_interrupted(self, rows: Iterator[T]) -> Iterator[T]:
        """Yield the rows of an input that may never end, until an interrupt."""
        if self.received:  # before there was a run that could be stopped
            self._timeline.stop(_REASON)
        try:
            yield from rows
        except _InterruptedWaitError:
            self._console.print("The input was not read to its end.")
