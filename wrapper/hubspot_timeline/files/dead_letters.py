"""The dead-letter file: events that were not created, each with its error, as JSON Lines.

A line holds `event` (wire names; null where the row held none), `text` (the row as it stood, where there is no event),
`origin` (file and line), `outcome`, `error`, `attempts` and `time`.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from hubspot_timeline.delivery.outcomes import Failure
from hubspot_timeline.errors import ApiError, EventError, TimelineError
from hubspot_timeline.files.rows import Row
from hubspot_timeline.files.sources import FileError


class DeadLetters:
    """Appends to a file that only its owner can read; one that is still empty at the end was never there.

    The file is opened when this is entered, so that a path that cannot be written to is known before anything is sent.
    `inputs` are the files that are read meanwhile; to write into one of them would never end.
    Raises FileError for such a one, when this is entered, and when writing fails.
    """

    def __init__(
        self, path: Path, *, inputs: Sequence[str] = (), now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        if any(_is_same(path, name) for name in inputs):
            raise FileError(f"{path} is an input; dead letters need another file")
        self.path = path
        self.count = 0
        self._now = now

    def write(self, outcome: Failure, row: Row) -> None:
        """Append one event."""
        with _file_errors(self.path):
            self._file.write(json.dumps(self._letter(outcome, row)) + "\n")
            self._file.flush()
        self.count += 1

    def __enter__(self) -> Self:
        with _file_errors(self.path):
            self._is_new = not self.path.exists()
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            if self.path.is_file():
                os.fchmod(descriptor, 0o600)  # an older one may be open to all
            self._file: TextIO = os.fdopen(descriptor, "a", encoding="ascii")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # a full disk was told when the letter was written
            self._file.close()
        if self._is_new and not self.count:
            self.path.unlink(missing_ok=True)

    def _letter(self, outcome: Failure, row: Row) -> dict[str, Any]:
        event = None if isinstance(row.event, EventError) or not _has_json(row.event) else row.event
        return {
            "event": event,
            "text": row.text if event is None else None,
            "origin": row.origin,
            "outcome": type(outcome).__name__.lower(),
            "error": _error(outcome.error),
            "attempts": outcome.attempts,
            "time": self._now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }


def _is_same(path: Path, name: str) -> bool:
    return path.exists() and Path(name).exists() and path.samefile(name)


@contextmanager
def _file_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileError(f"dead letters cannot be written to {path}: {error.strerror or error}") from error


def _has_json(event: dict[str, Any]) -> bool:
    try:
        json.dumps(event, allow_nan=False)
    except (ValueError, RecursionError):
        return False
    return True


def _error(error: TimelineError) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": type(error).__name__, "message": str(error)}
    if isinstance(error, ApiError):
        told |= {"status": error.status, "category": error.category, "correlationId": error.correlation_id}
    if isinstance(error, EventError):
        told["field"] = error.field
    return told
