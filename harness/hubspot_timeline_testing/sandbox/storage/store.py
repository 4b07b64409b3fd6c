"""What a sandbox holds, in SQLite: for itself, or in a file that outlives it. Events here, the rest beside it."""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from attrs import field, frozen

from hubspot_timeline_testing.sandbox.storage.access_tokens import AccessTokens
from hubspot_timeline_testing.sandbox.storage.database import Database
from hubspot_timeline_testing.sandbox.storage.records import Landing, Records, land
from hubspot_timeline_testing.sandbox.storage.request_log import RequestLog
from hubspot_timeline_testing.sandbox.storage.templates import Templates

_INSERT = """
INSERT INTO events (event_template_id, id, request, result, happened_at, utk, record) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_REPLACE = """
ON CONFLICT (event_template_id, id) DO UPDATE SET request = excluded.request, result = excluded.result,
    happened_at = excluded.happened_at, utk = excluded.utk, record = excluded.record, times = times + 1
"""
_SELECT = "SELECT event_template_id, id, request, result FROM events"
_COUNT = """
SELECT (SELECT COUNT(*) FROM events), (SELECT COUNT(*) FROM requests),
    (SELECT COUNT(*) FROM requests WHERE status = 429), (SELECT COUNT(*) FROM records),
    (SELECT COUNT(*) FROM templates WHERE NOT is_deleted)
"""


@frozen
class StoredEvent:
    """A created event: its key, the number of the request that it came with, and its result as JSON text.

    `landing` says which record it belongs to, `happened_at` when it happened, in milliseconds since 1970; both
    are for writing only.
    """

    event_template_id: str
    id: str
    request: int
    result: str
    landing: Landing | None = field(default=None, eq=False)
    happened_at: int = field(default=0, eq=False)


@frozen
class Counts:
    """How many there are: events, requests, refused ones too, those of them with a 429, records, templates."""

    events: int
    requests: int
    limited: int
    records: int
    templates: int


class Store:
    """The events of a sandbox, and beside them `templates`, `records`, `requests` and `access_tokens`.

    Safe to use from several threads; several sandboxes may share a file. `path` names the SQLite file, made where there
    is none; without it everything is gone once the store is closed. Raises sqlite3.Error if the file cannot be used.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.database = Database(path)
        self.templates = Templates(self.database)
        self.records = Records(self.database)
        self.requests = RequestLog(self.database)
        self.access_tokens = AccessTokens(self.database)

    def create(self, events: Sequence[StoredEvent]) -> list[str]:
        """Store all events, or none of them where an id is taken for its template or given twice.

        Returns the ids that stand in the way: none if the events were stored.
        """
        try:
            self._write(_INSERT, events)
        except sqlite3.IntegrityError:
            if taken := self._taken(events):
                return taken
            raise  # nothing was stored, and it is not for an id
        return []

    def replace(self, events: Sequence[StoredEvent]) -> None:
        """Store all events; those stored before under the same template and id are gone."""
        self._write(_INSERT + _REPLACE, events)

    def get(self, event_template_id: str, event_id: str) -> StoredEvent | None:
        """Return the event under that template and id, if there is one."""
        found = self._select(f"{_SELECT} WHERE event_template_id = ? AND id = ?", event_template_id, event_id)
        return found[0] if found else None

    def page(self, offset: int, limit: int) -> list[StoredEvent]:
        """Return up to `limit` events in the order of their creation, leaving out the first `offset`."""
        return self._select(f"{_SELECT} ORDER BY sequence LIMIT ? OFFSET ?", limit, offset)

    def timeline(self, record: int, offset: int, limit: int) -> list[StoredEvent]:
        """Return events of a record, the latest first."""
        query = f"{_SELECT} WHERE record = ? ORDER BY happened_at DESC, sequence DESC LIMIT ? OFFSET ?"
        return self._select(query, record, limit, offset)

    def timeline_length(self, record: int) -> int:
        """Return how many events a record has."""
        return int(self.database.rows("SELECT COUNT(*) FROM events WHERE record = ?", record)[0][0])

    def times_created(self, ids: Iterable[str]) -> dict[str, int]:
        """Return how often each id was created, whatever its template; an id that never was has 0."""
        query = "SELECT coalesce(SUM(times), 0) FROM events WHERE id = ?"
        return {event_id: int(self.database.rows(query, event_id)[0][0]) for event_id in ids}

    def counts(self) -> Counts:
        """Return how much of everything there is."""
        return Counts(*self.database.rows(_COUNT)[0])

    def count(self) -> int:
        """Return how many events are stored."""
        return int(self.database.rows("SELECT COUNT(*) FROM events")[0][0])

    def close(self) -> None:
        """Close the database; the store cannot be used any more."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, statement: str, events: Sequence[StoredEvent]) -> None:
        with self.database.transaction() as connection:
            connection.executemany(statement, (_row(connection, event) for event in events))

    def _select(self, query: str, *values: Any) -> list[StoredEvent]:
        return [StoredEvent(*row) for row in self.database.rows(query, *values)]

    def _taken(self, events: Sequence[StoredEvent]) -> list[str]:
        seen: set[tuple[str, str]] = set()
        taken: dict[str, None] = {}  # a set that keeps its order
        for event in events:
            key = (event.event_template_id, event.id)
            if key in seen or self.get(*key):
                taken[event.id] = None
            seen.add(key)
        return list(taken)


def _row(connection: sqlite3.Connection, event: StoredEvent) -> tuple[Any, ...]:
    landing = event.landing
    record = land(connection, landing) if landing else None
    utk = landing.utk if landing else None
    return (event.event_template_id, event.id, event.request, event.result, event.happened_at, utk or None, record)
