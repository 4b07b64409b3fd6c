"""Standard output and standard error that a run outlives: `… | head` must not end a run in the middle."""

import os
import sys
from typing import Any, TextIO, cast

from rich.console import Console


class _Outlived:
    """A text stream that falls silent once its reader has gone."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            return self._fall_silent()

    def flush(self) -> None:
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._fall_silent()

    def _fall_silent(self) -> int:
        # What is still buffered goes nowhere too, so that the interpreter's last flush does not fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
        return 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def errors() -> Console:
    """Return the console for people: messages and progress, on standard error."""
    return Console(file=cast("TextIO", _Outlived(sys.stderr)), highlight=False, markup=False)


def output() -> Console:
    """Return the console for results, on standard output."""
    return Console(file=cast("TextIO", _Outlived(sys.stdout)), highlight=False, markup=False)


def say(text: str) -> None:
    """Write a line to standard output as it is, for machines."""
    stream = _Outlived(sys.stdout)
    stream.write(f"{text}\n")
    stream.flush()
