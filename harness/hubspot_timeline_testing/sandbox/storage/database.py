"""The SQLite database of a sandbox: its tables, its lock and its transactions."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

VERSION = 5
"""The version of the tables; a file with another version is not opened."""

TABLES = {
    "requests": """
        number INTEGER PRIMARY KEY AUTOINCREMENT, received_at TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
        operation TEXT, account TEXT, status INTEGER, fault TEXT, milliseconds REAL, events INTEGER NOT NULL DEFAULT 0,
        bytes INTEGER NOT NULL DEFAULT 0, message TEXT
    """,
    "templates": """
        sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, app INTEGER NOT NULL,
        is_deleted INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL
    """,
    "records": """
        key INTEGER PRIMARY KEY, object_type TEXT NOT NULL, object_id TEXT NOT NULL, email TEXT,
        UNIQUE (object_type, object_id)
    """,
    "visitors": "utk TEXT PRIMARY KEY, record INTEGER NOT NULL REFERENCES records",
    "events": """
        sequence INTEGER PRIMARY KEY, api TEXT NOT NULL, event_template_id TEXT NOT NULL, id TEXT NOT NULL,
        request INTEGER NOT NULL, record INTEGER REFERENCES records, utk TEXT, happened_at INTEGER NOT NULL,
        times INTEGER NOT NULL DEFAULT 1, result TEXT NOT NULL, UNIQUE (api, event_template_id, id)
    """,
    "access_tokens": "digest TEXT PRIMARY KEY, account TEXT NOT NULL, expires_at TEXT NOT NULL",
}
"""The columns of each table of a snapshot; a table comes after those that it refers to."""

_ALL_TABLES = TABLES | {
    "exchanges": """
        number INTEGER PRIMARY KEY, url TEXT NOT NULL, request_headers TEXT NOT NULL, request_body TEXT NOT NULL,
        response_headers TEXT NOT NULL, response_body TEXT NOT NULL, response_bytes INTEGER NOT NULL
    """,
}
"""Also what is kept of the latest requests only."""

_SCHEMA = (
    "".join(f"CREATE TABLE {name} ({columns}) STRICT;" for name, columns in _ALL_TABLES.items())
    + f"""
CREATE UNIQUE INDEX contacts_by_email ON records (email) WHERE email IS NOT NULL;
CREATE INDEX events_by_id ON events (id);
CREATE INDEX events_by_record ON events (record, happened_at);
CREATE INDEX events_waiting ON events (utk) WHERE record IS NULL;
CREATE INDEX requests_limited ON requests (status) WHERE status = 429;
PRAGMA user_version = {VERSION};
"""
)

# Writes survive a killed process, if not a power cut, without waiting for the disk; the cache has 16 MB.
_PRAGMAS = """
PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000; PRAGMA foreign_keys = ON;
"""


class Database:
    """One SQLite file, or a temporary one. Safe to use from several threads; several sandboxes may share a file.

    `path` is the file, created if missing. Raises sqlite3.Error if it cannot be used.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._lock = Lock()
        # Without a path SQLite uses a temporary file of its own, and only once its cache is full.
        self._connection = sqlite3.connect(path or "", check_same_thread=False)
        try:
            self._make_tables()
            self._connection.executescript(_PRAGMAS)
        except BaseException:
            self._connection.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give one thread the connection: the block's writes are committed together, or rolled back on an error."""
        with self._lock, self._connection:
            # IMMEDIATE: what the block reads stays true until it ends, even if other processes write to the file.
            self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows that a query selects."""
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def dicts(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Return the rows that a query selects, by the names of its columns."""
        with self._lock:
            cursor = self._connection.execute(query, values)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def row(self, query: str, *values: Any) -> tuple[Any, ...] | None:
        """Return the first row that a query selects, None if it selects none."""
        return next(iter(self.rows(query, *values)), None)

    def write(self, statement: str, *values: Any) -> int:
        """Execute one statement in a transaction of its own and return the id of the inserted row."""
        with self.transaction() as connection:
            return connection.execute(statement, values).lastrowid or 0

    @property
    def changes(self) -> int:
        """The number of rows written since it was opened; it grows with each write."""
        return self._connection.total_changes

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _make_tables(self) -> None:
        self._connection.execute("BEGIN EXCLUSIVE")  # several processes may open a new file at once
        try:
            [version] = self._connection.execute("PRAGMA user_version").fetchone()
            names = {name for (name,) in self._connection.execute("SELECT name FROM sqlite_master")}
            if names and (version != VERSION or not set(_ALL_TABLES) <= names):
                raise sqlite3.DatabaseError(f"not a sandbox database of this version ({VERSION}); use a new file")
            if not names:
                for statement in _SCHEMA.split(";"):
                    self._connection.execute(statement)
        finally:
            self._connection.commit()


def clear(connection: sqlite3.Connection) -> None:
    """Delete all rows, within a transaction."""
    for name in reversed(_ALL_TABLES):
        connection.execute(f"DELETE FROM {name}")  # noqa: S608 - a constant name
