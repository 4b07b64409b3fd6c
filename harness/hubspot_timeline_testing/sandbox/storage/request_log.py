"""The log of the requests that a sandbox received, and of the response to each."""

import json
from typing import Any

from attrs import astuple, frozen

from hubspot_timeline_testing.sandbox.storage.database import Database

KEPT_EXCHANGES = 1000
"""How many requests the log has with headers and bodies: the latest ones."""

_ADD = "INSERT INTO requests (received_at, method, path, operation) VALUES (?, ?, ?, ?)"
_ADD_EXCHANGE = "INSERT OR REPLACE INTO exchanges VALUES (?, ?, ?, ?, ?, ?, ?)"
_EXCHANGES = "SELECT * FROM requests JOIN exchanges USING (number)"


@frozen
class Exchange:
    """The URL, the headers (as JSON) and the bodies of a request and of its response, without secrets."""

    url: str
    request_headers: str
    request_body: str
    response_headers: str
    response_body: str
    response_bytes: int


class RequestLog:
    """The requests of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, received_at: str, method: str = "POST", path: str = "", operation: str | None = None) -> int:
        """Log a request that arrived and return its number, counted from 1."""
        return self._database.write(_ADD, received_at, method, path, operation)

    def complete(self, number: int, exchange: Exchange, **columns: object) -> None:
        """Log the response to the request with that number, by the names of the table's columns."""
        assignments = ", ".join(f"{name} = ?" for name in columns)
        with self._database.transaction() as connection:
            connection.execute(f"UPDATE requests SET {assignments} WHERE number = ?", (*columns.values(), number))  # noqa: S608 - constant names
            connection.execute(_ADD_EXCHANGE, (number, *astuple(exchange)))
            connection.execute("DELETE FROM exchanges WHERE number <= ?", (number - KEPT_EXCHANGES,))

    def page(self, offset: int, limit: int) -> list[dict[str, Any]]:
        """Return the latest requests first, each with all columns of the table."""
        return self._database.dicts("SELECT * FROM requests ORDER BY number DESC LIMIT ? OFFSET ?", limit, offset)

    def exchanges(self) -> list[dict[str, Any]]:
        """Return the requests whose exchange is kept, oldest first, with all columns of both tables."""
        return [_decoded(row) for row in self._database.dicts(f"{_EXCHANGES} ORDER BY number")]

    def exchange(self, number: int) -> dict[str, Any] | None:
        """Return one of them by its number, None if it is not kept."""
        rows = self._database.dicts(f"{_EXCHANGES} WHERE number = ?", number)
        return _decoded(rows[0]) if rows else None


def _decoded(row: dict[str, Any]) -> dict[str, Any]:
    return row | {name: json.loads(row[name]) for name in ("request_headers", "response_headers")}
