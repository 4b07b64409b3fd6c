"""The store writes the events of a request together or not at all, and a file keeps them."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hubspot_timeline_testing.sandbox import Store
from hubspot_timeline_testing.sandbox.storage.database import VERSION
from hubspot_timeline_testing.sandbox.storage.records import RecordIdentity
from hubspot_timeline_testing.sandbox.storage.store import StoredEvent

TIME = "2026-03-10T23:04:41Z"


def stored(event_id: str, request: int = 1) -> StoredEvent:
    return StoredEvent("1000123", event_id, request, "{}")


def test_a_duplicate_prevents_the_whole_write() -> None:
    """The result has its id."""
    with Store() as store:
        assert store.create([stored("b")]) == []
        assert store.create([stored("a"), stored("b"), stored("c")]) == ["b"]
        assert store.page(0, 10) == [stored("b")]


def test_a_file_keeps_events_and_requests(tmp_path: Path) -> None:
    """Each event with the number of its request; numbers continue when the file is opened again."""
    with Store(tmp_path / "events.db") as store:
        assert [store.requests.add(TIME), store.requests.add(TIME)] == [1, 2]
        store.create([stored("a", 2)])
    with Store(tmp_path / "events.db") as store:
        event = store.get("1000123", "a")
        assert (event, event and event.request) == (stored("a", 2), 2)
        assert store.requests.add(TIME) == 3


def test_only_one_of_many_writers_creates_an_id() -> None:
    """For the other threads it is a duplicate."""
    with Store() as store, ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda number: store.create([stored("a", number)]), range(64)))
        assert sorted(results) == [[]] + [["a"]] * 63
        assert store.count() == 1


def test_two_stores_can_share_a_file(tmp_path: Path) -> None:
    """Writers of both take turns, and nothing is lost."""
    with Store(tmp_path / "events.db") as first, Store(tmp_path / "events.db") as second:

        def write(number: int) -> list[str]:
            event = StoredEvent("1", f"{number}", 1, "{}", identity=RecordIdentity(email=f"{number}@example.com"))
            return (first if number % 2 else second).create([event])

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(write, range(200))) == [[]] * 200
        assert first.count() == second.count() == 200


def test_a_file_of_another_program_is_not_changed(tmp_path: Path) -> None:
    """Neither one that is not a database, nor a database with the same version."""
    text, other = tmp_path / "letter.txt", tmp_path / "other.db"
    text.write_text("Dear reader, this is not a database at all." * 100)
    with sqlite3.connect(other) as database:
        database.executescript(f"CREATE TABLE letters (id); PRAGMA user_version = {VERSION};")
    database.close()
    for path, message in [(text, "not a database"), (other, "use a new file")]:
        before = path.read_bytes()
        with pytest.raises(sqlite3.DatabaseError, match=message):
            Store(path)
        assert path.read_bytes() == before
