"""Files of events for tests, and the messages of their rows."""

from pathlib import Path
from typing import Any

from hubspot_timeline.files import Row, RowError, read_file

VALID = b'{"eventTemplateId":"1","id":"%b","tokens":{},"email":"ada@example.com"}'


def valid_line(event_id: str = "a") -> bytes:
    """Return a valid line with this id."""
    return VALID % event_id.encode()


def read(folder: Path, content: bytes, name: str = "events.jsonl", **options: Any) -> list[Row | RowError]:
    """Write a file, read it, and return its rows."""
    path = folder / name
    path.write_bytes(content)
    return list(read_file(str(path), **options))


def message(row: Row | RowError) -> str:
    """Return the message of an invalid row, without the folder; "" for a valid one."""
    return f"{row.origin.rpartition('/')[2]}: {row}" if isinstance(row, RowError) else ""
