"""The file of a journal: an SQLite database in WAL mode, readable by its owner only, with a lock file beside it."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from filelock import FileLock, Timeout

from hubspot_timeline.errors import JournalError
from hubspot_timeline.journal.entry import Entry

# "hstj" distinguishes our files from other SQLite files.
_APPLICATION = 0x6873746A
_FORMAT = 3

_CREATE = (
    "BEGIN",  # all of it or nothing, whenever the process ends
    "CREATE TABLE run (base_url TEXT NOT NULL, api TEXT NOT NULL)",
    "CREATE TABLE event (position INTEGER PRIMARY KEY, id TEXT NOT NULL, digest BLOB NOT NULL, "
    "state TEXT NOT NULL, attempts INTEGER NOT NULL, error TEXT, api TEXT NOT NULL)",
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {_FORMAT}",
)
_RECORD_SENT = (
    "INSERT INTO event VALUES (?, ?, ?, 'open', 0, NULL, ?) "
    "ON CONFLICT (position) DO UPDATE SET state = 'open', api = excluded.api"
)
_RECORD_OUTCOME = "UPDATE event SET state = ?, attempts = attempts + ?, error = ? WHERE position = ?"
_FIND = "SELECT id, digest, state, attempts, error, api FROM event WHERE position = ?"


class JournalFile:
    """The entries of a journal. The lock file keeps a second run out. Raises JournalError."""

    def __init__(self, path: str | Path, base_url: str, api: str) -> None:
        self._path = Path(path).resolve()  # one lock for all links to the file
        # When a coroutine is cancelled, its write continues in a thread while the journal is closed.
        self._lock = Lock()
        with ExitStack() as cleanup:
            self._lock_file(cleanup)
            self._connection = self._connect(cleanup)
            self._create_or_check(base_url, api)
            with self._errors():  # only now, since it changes the file
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = FULL")  # an id must survive a loss of power
            self.length: int = self._number("SELECT coalesce(max(position) + 1, 0) FROM event")
            self._cleanup = cleanup.pop_all()

    def find(self, position: int) -> Entry | None:
        """Return the entry of the event at a position, written by an earlier run."""
        row = self._row(_FIND, position) if position < self.length else None
        return Entry(*row) if row else None

    def record_sent(self, rows: Iterable[tuple[int, str, bytes, str]]) -> None:
        """Write position, id, digest and API of events that are about to be sent."""
        self._write(_RECORD_SENT, rows)

    def record_outcomes(self, rows: Iterable[tuple[str, int, str | None, int]]) -> None:
        """Write state, attempts and error of the events at positions."""
        self._write(_RECORD_OUTCOME, rows)

    def error(self, problem: str) -> JournalError:
        """Return an error that names the file."""
        return JournalError(f"The journal {self._path} {problem}.")

    def close(self) -> None:
        """Close the file and release its lock."""
        with self._lock:
            self._cleanup.close()

    def _lock_file(self, cleanup: ExitStack) -> None:
        with self._errors():
            if not self._path.parent.is_dir():  # filelock would create it
                raise FileNotFoundError(f"the folder {self._path.parent} is missing; create it")
            try:
                cleanup.enter_context(FileLock(f"{self._path}.lock", timeout=0, mode=0o600, thread_local=False))
            except Timeout:
                raise self.error("is in use by another run; wait for its end, or choose another journal") from None

    def _connect(self, cleanup: ExitStack) -> sqlite3.Connection:
        with self._errors():
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite would let other users read it
            connection = cleanup.enter_context(closing(sqlite3.connect(self._path, check_same_thread=False)))
            connection.execute("PRAGMA schema_version")  # fails for a file that is not a database
            return connection

    def _create_or_check(self, base_url: str, api: str) -> None:
        if not self._number("SELECT count(*) FROM sqlite_schema"):
            with self._errors(), self._connection as connection:
                for statement in _CREATE:
                    connection.execute(statement)
                connection.execute("INSERT INTO run VALUES (?, ?)", (base_url, api))
        if self._number("PRAGMA application_id") != _APPLICATION:
            raise self.error("is another database, not a journal; choose another file")
        if (version := self._number("PRAGMA user_version")) != _FORMAT:
            raise self.error(f"has format {version}, and this version supports only {_FORMAT}; choose another journal")
        other_url, other_api = self._row("SELECT base_url, api FROM run") or (None, None)
        if other_url != base_url:
            raise self.error(
                f"belongs to a run to {other_url}, and this one sends to {base_url}; choose another journal"
            )
        if other_api != api:
            raise self.error(
                f"belongs to a run through {other_api}, whose events could be created again through {api}. Go on with "
                f"{other_api}; once v3 has ended, with fallback_api and event_types (--fallback-api, --event-types)"
            )

    def _write(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        with self._errors(), self._connection as connection:
            connection.executemany(statement, rows)

    def _row(self, query: str, *values: object) -> Sequence[Any] | None:
        with self._errors():
            row: Sequence[Any] | None = self._connection.execute(query, values).fetchone()
            return row

    def _number(self, query: str) -> int:
        return int((self._row(query) or [0])[0])

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except (OSError, sqlite3.Error, UnicodeDecodeError) as error:
            raise self.error(f"cannot be used: {error}") from error
