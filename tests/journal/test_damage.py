"""A damaged journal is an error that names the file; it is never believed."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hubspot_timeline import Created, JournalError, Outcome, Rejected, event
from hubspot_timeline.delivery.batches import Item
from hubspot_timeline.errors import BadRequestError
from hubspot_timeline.events.payload import prepare_event
from hubspot_timeline.journal.store import Journal

URL = "https://api.example.com"
IDS = ["event-0", "event-1", "event-2"]


def items() -> list[Item]:
    prepared = [prepare_event(event(1, email="ada@example.com", id=each)) for each in IDS]
    return [Item(position, None, each.payload.id, each.body) for position, each in enumerate(prepared)]


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Return a journal with an event that was created, one that was rejected and one that is open."""
    path = tmp_path / "run.journal"
    written, batch = Journal(path, URL, "v3"), items()
    written.begin(tuple(batch), "v3")
    error = BadRequestError(400, {"message": "no such template"})
    written.end([Created(0, None, IDS[0], 1), Rejected(1, None, IDS[1], 1, error)])
    written.close()
    return path


def resume(path: Path) -> list[Item | Outcome]:
    opened = Journal(path, URL, "v3")
    try:
        return [opened.resume(item) for item in items()]
    finally:
        opened.close()


def test_no_flipped_bit_of_an_entry_is_believed(journal: Path) -> None:
    """A changed id or outcome would be reported to the caller. The number of attempts and messages may be wrong."""
    content = journal.read_bytes()
    starts = [content.rindex(each.encode()) for each in IDS]
    positions = [position for start in starts for position in range(start, start + len("event-0") + 16 + len("open"))]
    expected = [type(each) for each in resume(journal)]
    for position in positions:
        for bit in range(8):
            damaged = bytearray(content)
            damaged[position] ^= 1 << bit
            journal.write_bytes(damaged)
            try:
                resumed = resume(journal)
            except JournalError:
                continue
            assert [each.id for each in resumed] == IDS
            assert [type(each) for each in resumed] == expected


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", "'event-x'"), ("digest", "x'00'"), ("state", "'opdn'"), ("state", "x'ff'"), ("id", "x'ff'"),
        ("error", "'{'"), ("error", "'[]'"), ("error", "'{\"status\": 400}'"), ("error", "x'ff'"),
    ],
)  # fmt: skip
def test_an_entry_that_cannot_be_is_an_error(journal: Path, column: str, value: str) -> None:
    """With the file."""
    with closing(sqlite3.connect(journal)) as connection, connection:
        connection.execute(f"UPDATE event SET {column} = CAST({value} AS TEXT) WHERE position = 1")  # noqa: S608
    with pytest.raises(JournalError, match=r"is damaged|cannot be used") as caught:
        resume(journal)
    assert str(journal) in str(caught.value)
