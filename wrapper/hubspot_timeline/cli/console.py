"""What the commands write: messages to standard error, results to standard output."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.text import Text

from hubspot_timeline.errors import printable

_WIDTH_OF_FILES = 1_000
_log = logging.getLogger("hubspot_timeline")


def error_console() -> Console:
    """Return the console for messages and progress, on standard error."""
    return _console(sys.stderr)


def output_console() -> Console:
    """Return the console for results, on standard output."""
    return _console(sys.stdout)


def show(console: Console, text: str, style: str | None = None) -> None:
    """Show a message on one line, with escapes for the control characters of what it quotes."""
    console.print(Text(printable(text)), style=style, soft_wrap=True)


def print_line(text: str) -> None:
    """Write a line to standard output as it is, for programs."""
    print(text, flush=True)


def _console(stream: TextIO) -> Console:
    # Off a terminal nothing is wrapped: a path that is broken in its middle cannot be found.
    width = None if stream.isatty() else _WIDTH_OF_FILES
    return Console(file=stream, highlight=False, markup=False, soft_wrap=True, width=width)


class _LogHandler(logging.Handler):
    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        show(self._console, record.getMessage(), "yellow")


@contextmanager
def log_messages(console: Console) -> Iterator[None]:
    """Show each wait and each stop of the library until the block ends."""
    handler, level = _LogHandler(console), _log.level
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
    try:
        yield
    finally:
        _log.removeHandler(handler)
        _log.setLevel(level)
