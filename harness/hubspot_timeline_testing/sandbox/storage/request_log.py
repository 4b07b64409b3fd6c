"""The requests that a sandbox was sent, and how each was answered."""

from typing import Any

from attrs import asdict, fields, frozen

from hubspot_timeline_testing.sandbox.storage.database import Database


@frozen(kw_only=True)
class Ending:
    """How a request ended. `status` is None where the connection was broken instead of an answer.

    `account` is None where nobody was let in; `bytes` are those of the request's body; `message` is that of a refusal.
    """

    account: str | None = None
    status: int | None = None
    fault: str | None = None
    milliseconds: float = 0.0
    events: int = 0
    bytes: int = 0
    message: str | None = None


_ENDING = tuple(field.name for field in fields(Ending))
_ENDED = f"UPDATE requests SET {', '.join(f'{name} = ?' for name in _ENDING)} WHERE number = ?"  # noqa: S608 - names of our own
_COLUMNS = ("number", "received_at", "method", "path", *_ENDING)
_LISTED = f"SELECT {', '.join(_COLUMNS)} FROM requests ORDER BY number DESC LIMIT ? OFFSET ?"  # noqa: S608


class RequestLog:
    """The requests of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, received_at: str, method: str = "POST", path: str = "") -> int:
        """Record that a request arrived and return its number, counted from 1."""
        values = (received_at, method, path)
        with self._database.transaction() as connection:
            cursor = connection.execute("INSERT INTO requests (received_at, method, path) VALUES (?, ?, ?)", values)
            return cursor.lastrowid or 0

    def end(self, number: int, ending: Ending) -> None:
        """Record how the request of that number ended."""
        with self._database.transaction() as connection:
            connection.execute(_ENDED, (*asdict(ending).values(), number))

    def page(self, offset: int, limit: int) -> list[dict[str, Any]]:
        """Return the latest first, each with its number, received_at, method, path and the fields of Ending."""
        return [dict(zip(_COLUMNS, row, strict=True)) for row in self._database.rows(_LISTED, limit, offset)]
