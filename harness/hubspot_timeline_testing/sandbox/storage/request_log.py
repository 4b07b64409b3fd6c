"""The log of the requests that a sandbox received, and of the response to each."""

from typing import Any

from attrs import asdict, fields, frozen

from hubspot_timeline_testing.sandbox.storage.database import Database


@frozen(kw_only=True)
class LoggedResponse:
    """What the log says of a response. `status` is None where the connection was reset instead.

    `account` is None for a caller that was not authenticated; `bytes` is the size of the request's body, `events` the
    number of events in it; `message` is that of an error.
    """

    account: str | None = None
    status: int | None = None
    fault: str | None = None
    milliseconds: float = 0.0
    events: int = 0
    bytes: int = 0
    message: str | None = None


_RESPONSE = tuple(field.name for field in fields(LoggedResponse))
_ADD = "INSERT INTO requests (received_at, method, path) VALUES (?, ?, ?)"
_COMPLETE = f"UPDATE requests SET {', '.join(f'{name} = ?' for name in _RESPONSE)} WHERE number = ?"  # noqa: S608 - constant names


class RequestLog:
    """The requests of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, received_at: str, method: str = "POST", path: str = "") -> int:
        """Log a request that arrived and return its number, counted from 1."""
        return self._database.write(_ADD, received_at, method, path)

    def complete(self, number: int, response: LoggedResponse) -> None:
        """Log the response to the request with that number."""
        self._database.write(_COMPLETE, *asdict(response).values(), number)

    def page(self, offset: int, limit: int) -> list[dict[str, Any]]:
        """Return the latest requests first, each with number, received_at, method, path and LoggedResponse's fields."""
        return self._database.dicts("SELECT * FROM requests ORDER BY number DESC LIMIT ? OFFSET ?", limit, offset)
