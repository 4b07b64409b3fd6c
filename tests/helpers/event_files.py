"""Files of events for tests, and what a person sees of their rows."""

from pathlib import Path
from typing import Any

from hubspot_timeline import EventError
from hubspot_timeline.events.payload import prepare_event
from hubspot_timeline.files import Row, read_file

GOOD = b'{"eventTemplateId":"1","id":"%b","tokens":{},"email":"ada@example.com"}'


def good(name: str = "a") -> bytes:
    """Return a good line with this id."""
    return GOOD % name.encode()


def read(folder: Path, content: bytes, name: str = "events.jsonl", **options: Any) -> list[Row]:
    """Write a file, read it, and return its rows."""
    path = folder / name
    path.write_bytes(content)
    return list(read_file(str(path), **options))


def complaint(row: Row) -> str:
    """Return what a person sees of a row that cannot be sent, without the folder; nothing for a good one."""
    try:
        prepare_event(row.given)
    except EventError as error:
        return f"{row.origin.rpartition('/')[2]}: {error}"
    return ""
