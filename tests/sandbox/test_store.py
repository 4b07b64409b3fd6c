"""The store writes the events of a request together or not at all, and a file keeps them."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hubspot_timeline_testing.sandbox.storage.records import RecordIdentity
from hubspot_timeline_testing.sandbox.storage.store import Store, StoredEvent


def stored(event_id: str, request: int = 1, result: str = "{}") -> StoredEvent:
    return StoredEvent("1000123", event_id, request, result)


def test_a_taken_id_stops_the_whole_write() -> None:
    """If one id is taken nothing of the write is stored, and the write says which."""
    with Store() as store:
        assert store.create([stored("b")]) == []
        assert store.create([stored("a"), stored("b"), stored("c")]) == ["b"]
        assert store.page(0, 10) == [stored("b")]


def test_an_event_remembers_its_request() -> None:
    """Each event is stored with the number of the request that it came with."""
    with Store() as store:
        first, second = store.requests.add("2026-03-10T23:04:41Z"), store.requests.add("2026-03-10T23:04:42Z")
        store.create([stored("a", second)])
        found = store.get("1000123", "a")
        assert found is not None
        assert (first, found.request) == (1, 2)


def test_a_file_outlives_the_store(tmp_path: Path) -> None:
    """Events and the number of requests are there when the file is opened again."""
    with Store(tmp_path / "events.db") as store:
        store.requests.add("2026-03-10T23:04:41Z")
        store.create([stored("a")])
    with Store(tmp_path / "events.db") as store:
        assert store.get("1000123", "a") == stored("a")
        assert store.requests.add("2026-03-10T23:04:42Z") == 2


def test_a_file_of_another_kind_is_an_error(tmp_path: Path) -> None:
    """A file that is no database is refused and left as it is."""
    path = tmp_path / "letter.txt"
    path.write_text("Dear reader, this is no database at all." * 100)
    with pytest.raises(sqlite3.DatabaseError):
        Store(path)
    assert path.read_text().startswith("Dear reader")


def test_only_one_of_many_writers_gets_an_id() -> None:
    """Of several threads that write the same id at the same time, one succeeds."""
    with Store() as store, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: store.create([stored("a", number)]), range(64)))
        assert sorted(answers) == [[]] + [["a"]] * 63
        assert store.count() == 1


def test_two_stores_may_share_a_file(tmp_path: Path) -> None:
    """Writers of both take turns: nothing is refused for the other one's work, and nothing is lost."""
    with Store(tmp_path / "events.db") as first, Store(tmp_path / "events.db") as second:

        def write(number: int) -> list[str]:
            identity = RecordIdentity(email=f"{number}@example.com")
            event = StoredEvent("1", f"{number}", 1, "{}", identity)
            return (first if number % 2 else second).create([event])

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(write, range(200))) == [[]] * 200
        assert first.count() == second.count() == 200


def test_a_file_of_another_program_is_left_as_it_is(tmp_path: Path) -> None:
    """A database that is no sandbox's is refused, whatever version it says it has, and not a byte of it changes."""
    path = tmp_path / "mine.db"
    with sqlite3.connect(path) as mine:
        mine.executescript("CREATE TABLE letters (id); PRAGMA user_version = 3;")
    mine.close()
    before = path.read_bytes()
    with pytest.raises(sqlite3.DatabaseError, match="use a new file"):
        Store(path)
    assert path.read_bytes() == before
