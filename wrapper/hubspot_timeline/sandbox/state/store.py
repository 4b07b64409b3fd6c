"""What the sandbox has created, in SQLite: in memory, or in a file that outlives it."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

from attrs import frozen

_TABLES = """
CREATE TABLE IF NOT EXISTS requests (number INTEGER PRIMARY KEY, received_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS events (
    sequence INTEGER PRIMARY KEY,
    event_template_id TEXT NOT NULL,
    id TEXT NOT NULL,
    request INTEGER NOT NULL REFERENCES requests,
    result TEXT NOT NULL,
    UNIQUE (event_template_id, id)
);
CREATE TABLE IF NOT EXISTS limited (request INTEGER PRIMARY KEY REFERENCES requests);
"""
_INSERT = "INTO events (event_template_id, id, request, result) VALUES (?, ?, ?, ?)"
_SELECT = "SELECT event_template_id, id, request, result FROM events"
_COUNT = """
SELECT (SELECT COUNT(*) FROM events), (SELECT COUNT(*) FROM requests), (SELECT COUNT(*) FROM limited)
"""


@frozen
class StoredEvent:
    """A created event: its key, the number of the request that it came with, and its result as JSON text."""

    event_template_id: str
    id: str
    request: int
    result: str


@frozen
class Counts:
    """How many events are stored, how many requests were counted, refused ones too, and how many of them got a 429."""

    events: int
    requests: int
    limited: int


class Store:
    """The events of one app. Safe to use from several threads; several sandboxes may share a file.

    `path` names the SQLite file, made where there is none; without it everything is gone once the store is closed.
    Raises sqlite3.Error if the file cannot be used.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._lock = Lock()
        self._connection = sqlite3.connect(path or ":memory:", check_same_thread=False)
        try:
            # Survives the end of the process, if not that of the machine, and need not wait for the disk.
            self._connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;" + _TABLES)
        except BaseException:
            self._connection.close()
            raise

    def count_request(self, received_at: str) -> int:
        """Record that a request arrived and return its number, counted from 1."""
        with self._lock, self._connection:
            cursor = self._connection.execute("INSERT INTO requests (received_at) VALUES (?)", (received_at,))
            return cursor.lastrowid or 0

    def count_limited(self, request: int) -> None:
        """Record that the request of that number was answered with 429."""
        with self._lock, self._connection:
            self._connection.execute("INSERT INTO limited VALUES (?)", (request,))

    def create(self, events: Sequence[StoredEvent]) -> list[str]:
        """Store all events, or none of them where an id is taken for its template or given twice.

        Returns the ids that stand in the way: none if the events were stored.
        """
        try:
            self._write("INSERT", events)
        except sqlite3.IntegrityError:
            return self._taken(events)
        return []

    def replace(self, events: Sequence[StoredEvent]) -> None:
        """Store all events; those stored before under the same template and id are gone."""
        self._write("INSERT OR REPLACE", events)

    def get(self, event_template_id: str, event_id: str) -> StoredEvent | None:
        """Return the event under that template and id, if there is one."""
        found = self._select(f"{_SELECT} WHERE event_template_id = ? AND id = ?", event_template_id, event_id)
        return found[0] if found else None

    def page(self, offset: int, limit: int) -> list[StoredEvent]:
        """Return up to `limit` events in the order of their creation, leaving out the first `offset`."""
        return self._select(f"{_SELECT} ORDER BY sequence LIMIT ? OFFSET ?", limit, offset)

    def counts(self) -> Counts:
        """Return how many events and requests there are."""
        with self._lock:
            return Counts(*self._connection.execute(_COUNT).fetchone())

    def count(self) -> int:
        """Return how many events are stored."""
        return self.counts().events

    def close(self) -> None:
        """Close the database; the store cannot be used any more."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, verb: str, events: Sequence[StoredEvent]) -> None:
        rows = [(event.event_template_id, event.id, event.request, event.result) for event in events]
        with self._lock, self._connection:  # the connection makes it one transaction
            self._connection.executemany(f"{verb} {_INSERT}", rows)

    def _select(self, query: str, *values: Any) -> list[StoredEvent]:
        with self._lock:
            return [StoredEvent(*row) for row in self._connection.execute(query, values)]

    def _taken(self, events: Sequence[StoredEvent]) -> list[str]:
        seen: set[tuple[str, str]] = set()
        taken: dict[str, None] = {}  # a set that keeps its order
        for event in events:
            key = (event.event_template_id, event.id)
            if key in seen or self.get(*key):
                taken[event.id] = None
            seen.add(key)
        return list(taken)
