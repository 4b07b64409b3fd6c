"""Standard output and standard error, which may be closed by their reader: `… | head` must not end a run."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

from rich.console import Console
from rich.text import Text

from hubspot_timeline.errors import printable

_log = logging.getLogger("hubspot_timeline")


class _ClosableStream:
    """A text stream that discards what is written once its reader has gone."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            return self._discard()

    def flush(self) -> None:
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._discard()

    def _discard(self) -> int:
        # What is still buffered is discarded too, so that the interpreter's last flush does not fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
        return 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def error_console() -> Console:
    """Return the console for messages and progress, on standard error."""
    return Console(file=cast("TextIO", _ClosableStream(sys.stderr)), highlight=False, markup=False)


def output_console() -> Console:
    """Return the console for results, on standard output."""
    return Console(file=cast("TextIO", _ClosableStream(sys.stdout)), highlight=False, markup=False)


def show(console: Console, text: str, style: str | None = None) -> None:
    """Show a message on one line, with escapes for the control characters of what it quotes."""
    console.print(Text(printable(text)), style=style, soft_wrap=True)


def print_line(text: str) -> None:
    """Write a line to standard output as it is, for programs."""
    stream = _ClosableStream(sys.stdout)
    stream.write(f"{text}\n")
    stream.flush()


class _LogHandler(logging.Handler):
    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        show(self._console, record.getMessage(), "yellow")


@contextmanager
def log_messages(console: Console) -> Iterator[None]:
    """Show each wait and each stop of the library until the block ends."""
    handler = _LogHandler(console)
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
    try:
        yield
    finally:
        _log.removeHandler(handler)
