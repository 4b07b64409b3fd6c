"""The library's log messages on the console, so that a run shows what it waits for."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

_log = logging.getLogger("hubspot_timeline")


class _Handler(logging.Handler):
    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        self._console.print(Text(record.getMessage()), style="yellow", soft_wrap=True)


@contextmanager
def log_messages(console: Console) -> Iterator[None]:
    """Show each wait and each stop of the library until the block ends."""
    handler = _Handler(console)
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
    try:
        yield
    finally:
        _log.removeHandler(handler)
