"""The log of the requests that a sandbox received, and of the response to each."""

from typing import Any

from hubspot_timeline_testing.sandbox.storage.database import Database

_ADD = "INSERT INTO requests (received_at, method, path) VALUES (?, ?, ?)"


class RequestLog:
    """The requests of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, received_at: str, method: str = "POST", path: str = "") -> int:
        """Log a request that arrived and return its number, counted from 1."""
        return self._database.write(_ADD, received_at, method, path)

    def complete(self, number: int, **columns: object) -> None:
        """Log the response to the request with that number, by the names of the table's columns."""
        assignments = ", ".join(f"{name} = ?" for name in columns)
        self._database.write(f"UPDATE requests SET {assignments} WHERE number = ?", *columns.values(), number)  # noqa: S608 - constant names

    def page(self, offset: int, limit: int) -> list[dict[str, Any]]:
        """Return the latest requests first, each with all columns of the table."""
        return self._database.dicts("SELECT * FROM requests ORDER BY number DESC LIMIT ? OFFSET ?", limit, offset)
