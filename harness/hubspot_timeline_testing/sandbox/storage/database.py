"""The SQLite database of a sandbox: its tables, one lock around it, and whole transactions."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

VERSION = 3
"""The version of the tables; a file with another one is not opened."""

TABLES = {
    "requests": """
        number INTEGER PRIMARY KEY AUTOINCREMENT, received_at TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
        account TEXT, status INTEGER, fault TEXT, milliseconds REAL, events INTEGER NOT NULL DEFAULT 0,
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
        sequence INTEGER PRIMARY KEY, event_template_id TEXT NOT NULL, id TEXT NOT NULL,
        request INTEGER NOT NULL, record INTEGER REFERENCES records, utk TEXT, happened_at INTEGER NOT NULL,
        times INTEGER NOT NULL DEFAULT 1, result TEXT NOT NULL, UNIQUE (event_template_id, id)
    """,
    "access_tokens": "digest TEXT PRIMARY KEY, account TEXT NOT NULL, expires_at TEXT NOT NULL",
}
"""The columns of each table; a table stands after those that it refers to."""

_SCHEMA = (
    "".join(f"CREATE TABLE {name} ({columns}) STRICT;" for name, columns in TABLES.items())
    + f"""
CREATE UNIQUE INDEX contacts_by_email ON records (email) WHERE email IS NOT NULL;
CREATE INDEX events_by_id ON events (id);
CREATE INDEX events_by_record ON events (record, happened_at);
CREATE INDEX events_waiting ON events (utk) WHERE record IS NULL;
CREATE INDEX requests_limited ON requests (status) WHERE status = 429;
PRAGMA user_version = {VERSION};
"""
)


# Survives the end of the process, if not that of the machine, and need not wait for the disk; 16 MB of cache.
_PRAGMAS = """
PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000; PRAGMA foreign_keys = ON;
"""


class Database:
    """One SQLite file, or a temporary one. Safe to use from several threads; several sandboxes may share a file.

    `path` names the file, made where there is none. Raises sqlite3.Error if it cannot be used.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._lock = Lock()
        # Without a name it is a temporary file of SQLite's own, which is not touched while all fits into the cache.
        self._connection = sqlite3.connect(path or "", check_same_thread=False)
        try:
            self._make_tables()
            self._connection.executescript(_PRAGMAS)
        except BaseException:
            self._connection.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the connection to one thread; what it writes in the block is kept whole, or not at all on an error."""
        with self._lock, self._connection:
            # At once for writing: what is read in the block stays true until it ends, also where others write the file.
            self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    @property
    def changes(self) -> int:
        """How many rows were written since it was opened; it grows with each."""
        return self._connection.total_changes

    def close(self) -> None:
        """Close it; it cannot be used any more."""
        self._connection.close()

    def _has_our_tables(self) -> bool:
        found = {name for (name,) in self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return set(TABLES) <= found

    def _make_tables(self) -> None:
        self._connection.execute("BEGIN EXCLUSIVE")  # several may open a new file at once
        try:
            [version] = self._connection.execute("PRAGMA user_version").fetchone()
            [tables] = self._connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
            if tables and (version != VERSION or not self._has_our_tables()):
                raise sqlite3.DatabaseError(f"it is not one of a sandbox of this version ({VERSION}); name a new file")
            if not tables:
                for statement in _SCHEMA.split(";"):
                    self._connection.execute(statement)
        finally:
            self._connection.commit()
