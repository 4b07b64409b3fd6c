"""The dead-letter file: events that were not created, each with its error, as JSON Lines.

A line holds `event` (in JSON field names, or null), `text` (the row, if it made no event), `origin` (file and line),
`outcome`, `error`, `attempts` and `time`; and `account`, if the row has one.
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
from hubspot_timeline.errors import ApiError, EventError, TimelineError, printable
from hubspot_timeline.files.rows import Row, RowError
from hubspot_timeline.files.sources import FileError


class DeadLetters:
    """Appends to a file that only its owner can read, and removes it if nothing was written to it.

    `inputs` are the files that are read meanwhile: writing into one of them would never end.
    Raises FileError for such a file, when this is entered and the file cannot be opened, and when writing fails.
    """

    def __init__(
        self, path: Path, *, inputs: Sequence[str] = (), now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        if any(_is_same(path, name) for name in inputs):
            raise FileError(f"{path} is an input; dead letters need another file")
        self.path = path
        self.count: int = 0
        self._before_next: str = ""
        self._now = now

    def write(self, outcome: Failure, row: Row | RowError) -> None:
        """Append the event of a row."""
        with _file_errors(self.path):
            self._file.write(self._before_next + json.dumps(self._letter(outcome, row)) + "\n")
            self._file.flush()
        self._before_next = ""
        self.count += 1

    def __enter__(self) -> Self:
        with _file_errors(self.path):
            self._is_new = not self.path.exists()
            # An earlier run may have been killed while it wrote, or its disk have been full.
            self._before_next = "\n" if _ends_within_line(self.path) else ""
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            if self.path.is_file():
                os.fchmod(descriptor, 0o600)  # an older one may be open to all
            self._file: TextIO = os.fdopen(descriptor, "a", encoding="ascii")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # a full disk was reported when the letter was written
            self._file.close()
        if self._is_new and not self.count:
            self.path.unlink(missing_ok=True)

    def _letter(self, outcome: Failure, row: Row | RowError) -> dict[str, Any]:
        event = row.event if _has_json(row.event) else None
        return {
            "event": event,
            "text": row.text if event is None and isinstance(row, RowError) else None,
            "origin": row.origin,
            **({} if row.account is None else {"account": row.account}),
            "outcome": type(outcome).__name__.lower(),
            "error": _error_json(outcome.error),
            "attempts": outcome.attempts,
            "time": self._now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }


def _is_same(path: Path, name: str) -> bool:
    return path.exists() and Path(name).exists() and path.samefile(name)


def _ends_within_line(path: Path) -> bool:
    if not path.is_file() or not path.stat().st_size:
        return False
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() != b"\n"


@contextmanager
def _file_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise FileError(f"dead letters cannot be written to {path}: {reason}; choose another file") from error


def _has_json(event: dict[str, Any] | None) -> bool:
    try:
        json.dumps(event, allow_nan=False)
    except (ValueError, RecursionError):
        return False
    return True


def _error_json(error: TimelineError) -> dict[str, Any]:
    kind = EventError if isinstance(error, RowError) else type(error)
    fields: dict[str, Any] = {"kind": kind.__name__, "message": str(error)}
    if isinstance(error, ApiError):
        fields |= {"status": error.status, "category": _bounded(error.category)}
        fields["correlationId"] = _bounded(error.correlation_id)
    if isinstance(error, EventError):
        fields["field"] = _bounded(error.field)
    return fields


def _bounded(text: str | None) -> str | None:
    return None if text is None else printable(text)
