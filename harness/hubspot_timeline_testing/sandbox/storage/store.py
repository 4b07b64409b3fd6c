"""The store of a sandbox: its events, and the tables for everything else."""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Self

from attrs import field, frozen

from hubspot_timeline_testing.sandbox.apis import V3
from hubspot_timeline_testing.sandbox.storage.access_tokens import AccessTokens
from hubspot_timeline_testing.sandbox.storage.database import Database
from hubspot_timeline_testing.sandbox.storage.records import RecordIdentity, RecordTable, resolve_record
from hubspot_timeline_testing.sandbox.storage.request_log import RequestLog
from hubspot_timeline_testing.sandbox.storage.templates import TemplateTable

_INSERT = """
INSERT INTO events (api, event_template_id, id, request, result, happened_at, utk, record)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_REPLACE = """
ON CONFLICT (api, event_template_id, id) DO UPDATE SET request = excluded.request, result = excluded.result,
    happened_at = excluded.happened_at, utk = excluded.utk, record = excluded.record, times = times + 1
"""
_SELECT = "SELECT event_template_id, id, request, result, api, happened_at FROM events"
_COUNT = """
SELECT (SELECT COUNT(*) FROM events), (SELECT COUNT(*) FROM requests),
    (SELECT COUNT(*) FROM requests WHERE status = 429), (SELECT COUNT(*) FROM records),
    (SELECT COUNT(*) FROM templates WHERE NOT is_deleted)
"""


@frozen
class StoredEvent:
    """A created event: its key, the number of the request that brought it, and its result as JSON text.

    `event_template_id` is the uid of its type for an app event. `api` is the name of the document of its API.
    `happened_at`: milliseconds since 1970. `identity` (of its record) is for writing only.
    """

    event_template_id: str
    id: str
    request: int
    result: str
    api: str = V3.document
    happened_at: int = field(default=0, eq=False)
    identity: RecordIdentity | None = field(default=None, eq=False)


@frozen
class Counts:
    """The numbers of events, requests (failed ones too), requests with a 429, records and templates."""

    events: int
    requests: int
    limited: int
    records: int
    templates: int


class Store:
    """The events of a sandbox, and its `templates`, `records`, `requests` and `access_tokens`.

    Safe to use from several threads; several sandboxes may share a file. `path` is the SQLite file, created if missing;
    without it everything is gone once the store is closed. Raises sqlite3.Error if the file cannot be used.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.database: Database = Database(path)
        self.templates: TemplateTable = TemplateTable(self.database)
        self.records: RecordTable = RecordTable(self.database)
        self.requests: RequestLog = RequestLog(self.database)
        self.access_tokens: AccessTokens = AccessTokens(self.database)

    def create(self, events: Sequence[StoredEvent]) -> list[str]:
        """Store all events, or none if an id exists already for its template or occurs twice.

        Returns the duplicate ids; none if the events were stored.
        """
        try:
            self._write(_INSERT, events)
        except sqlite3.IntegrityError:
            if duplicates := self._duplicates(events):
                return duplicates
            raise  # another constraint failed
        return []

    def replace(self, events: Sequence[StoredEvent]) -> None:
        """Store all events, replacing earlier ones with the same template and id."""
        self._write(_INSERT + _REPLACE, events)

    def get(self, event_template_id: str, event_id: str, api: str = V3.document) -> StoredEvent | None:
        """Return the event of an API with that template or type and id, None if there is none."""
        query = f"{_SELECT} WHERE event_template_id = ? AND id = ? AND api = ?"
        row = self.database.row(query, event_template_id, event_id, api)
        return StoredEvent(*row) if row else None

    def ids_in_use(self, ids: Iterable[str], api: str) -> list[str]:
        """Return those of the ids that an event of an API has, of any template."""
        query = "SELECT 1 FROM events WHERE id = ? AND api = ?"
        return [event_id for event_id in ids if self.database.row(query, event_id, api)]

    def page(self, offset: int, limit: int) -> list[StoredEvent]:
        """Return up to `limit` events after the first `offset`, in the order of their creation."""
        return self._select(f"{_SELECT} ORDER BY sequence LIMIT ? OFFSET ?", limit, offset)

    def timeline(self, record: int, offset: int, limit: int) -> list[StoredEvent]:
        """Return events of a record, the latest first."""
        query = f"{_SELECT} WHERE record = ? ORDER BY happened_at DESC, sequence DESC LIMIT ? OFFSET ?"
        return self._select(query, record, limit, offset)

    def timeline_length(self, record: int) -> int:
        """Return the number of a record's events."""
        return self._number("SELECT COUNT(*) FROM events WHERE record = ?", record)

    def times_created(self, ids: Iterable[str]) -> dict[str, int]:
        """Return how often each id was created, in any template; 0 for an id that was not."""
        query = "SELECT coalesce(SUM(times), 0) FROM events WHERE id = ?"
        return {event_id: self._number(query, event_id) for event_id in ids}

    def counts(self) -> Counts:
        """Return the number of rows of each kind."""
        return Counts(*self.database.rows(_COUNT)[0])

    def count(self) -> int:
        """Return the number of events."""
        return self._number("SELECT COUNT(*) FROM events")

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _write(self, statement: str, events: Sequence[StoredEvent]) -> None:
        with self.database.transaction() as connection:
            connection.executemany(statement, (_row(connection, event) for event in events))

    def _select(self, query: str, *values: Any) -> list[StoredEvent]:
        return [StoredEvent(*row) for row in self.database.rows(query, *values)]

    def _number(self, query: str, *values: Any) -> int:
        return int(self.database.rows(query, *values)[0][0])

    def _duplicates(self, events: Sequence[StoredEvent]) -> list[str]:
        keys: set[tuple[str, str, str]] = set()
        duplicates: dict[str, None] = {}  # a set that keeps its order
        for event in events:
            key = (event.event_template_id, event.id, event.api)
            if key in keys or self.get(*key):
                duplicates[event.id] = None
            keys.add(key)
        return list(duplicates)


def _row(connection: sqlite3.Connection, event: StoredEvent) -> tuple[Any, ...]:
    identity = event.identity
    record = resolve_record(connection, identity) if identity else None
    utk = identity.utk if identity else None
    key = (event.api, event.event_template_id, event.id)
    return (*key, event.request, event.result, event.happened_at, utk or None, record)
