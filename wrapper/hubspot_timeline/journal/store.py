"""The journal: where every event of a run ended, on disk, so that the next run of the same input goes on from there.

An SQLite file in WAL mode. An event is written down before the first request that carries it, and its outcome before
anybody else hears of it. So at whatever instant the process ends: what has an outcome here is not sent again, and what
is only written down may have been created, so that it is sent again with the same id, and created once.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from filelock import FileLock, Timeout

from hubspot_timeline.delivery.batches import Batch, Item
from hubspot_timeline.delivery.outcomes import Outcome
from hubspot_timeline.errors import JournalError
from hubspot_timeline.journal.entry import Entry, digest, resumed, state_of

# "hstj" tells our files from other SQLite files.
_APPLICATION = 0x6873746A
_FORMAT = 1

_TABLES = (
    "BEGIN",  # all of it or nothing, whenever the process ends
    "CREATE TABLE run (base_url TEXT NOT NULL)",
    "CREATE TABLE event (position INTEGER PRIMARY KEY, id TEXT NOT NULL, digest BLOB NOT NULL, "
    "state TEXT NOT NULL, attempts INTEGER NOT NULL, error TEXT)",
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {_FORMAT}",
)
_BEGIN = "INSERT INTO event VALUES (?, ?, ?, 'open', 0, NULL) ON CONFLICT (position) DO UPDATE SET state = 'open'"
_END = "UPDATE event SET state = ?, attempts = attempts + ?, error = ? WHERE position = ?"
_FIND = "SELECT id, digest, state, attempts, error FROM event WHERE position = ?"
_SAME = "Give the same events in the same order, or name another journal"


class Journal:
    """The journal of one run, in a file that only its owner can read.

    `base_url` is where the run sends to: what was created there is not created elsewhere. A lock file beside the
    journal keeps a second run out. Raises JournalError for a file that is something else, of a newer version, in use,
    or of a run to another place; and later where it cannot be written, or where the input is another one.
    """

    def __init__(self, path: str | Path, base_url: str) -> None:
        self.path = Path(path).resolve()  # one lock, whichever link leads to it
        # A coroutine that is cancelled leaves its write to a thread, and closes meanwhile.
        self._one_at_a_time = Lock()
        with ExitStack() as cleanup:
            self._keep_others_out(cleanup)
            self._connection = self._open(cleanup)
            self._check(base_url)
            with self._errors():  # only now, since it changes the file
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = FULL")  # an id must not be lost with the power
            self._count = self._number("SELECT coalesce(max(position) + 1, 0) FROM event")
            self._cleanup = cleanup.pop_all()

    def recall(self, item: Item) -> Item | Outcome:
        """Return the outcome that an event had in an earlier run, else the event as it is to be sent in this one."""
        found = self._row(_FIND, item.position) if item.position < self._count else None
        if found is None:
            return item
        entry = Entry(*found)
        if entry.digest != digest(item):
            raise self._error(
                f"belongs to another input: the event at position {item.position} was {entry.id!r} with other content. "
                f"{_SAME}"
            )
        return resumed(item, entry)

    def knows(self, position: int) -> bool:
        """Tell whether an earlier run sent an event from a position."""
        return position < self._count and self._row(_FIND, position) is not None

    def refuse_if_known(self, position: int) -> None:
        """Raise JournalError if an earlier run sent an event from a position that holds none now."""
        if self.knows(position):
            raise self._error(
                f"belongs to another input: there was an event at position {position}, and there is no valid one now. "
                f"{_SAME}"
            )

    def begin(self, batch: Batch) -> None:
        """Write down the events of a batch that is going to be sent."""
        with self._errors(), self._connection as connection:
            connection.executemany(_BEGIN, [(item.position, item.id, digest(item)) for item in batch])

    def end(self, outcomes: Iterable[Outcome]) -> None:
        """Write down what became of events that were begun."""
        try:
            rows = [(*state_of(outcome), outcome) for outcome in outcomes]
        except RecursionError as error:  # a body that is nested beyond what can be written
            raise self._error("cannot hold an error of the service, which is nested too deeply") from error
        with self._errors(), self._connection as connection:
            connection.executemany(_END, [(state, o.attempts, error, o.position) for state, error, o in rows])

    def check_length(self, read: int) -> None:
        """Raise JournalError if the input, read to its end, had fewer events than an earlier run of it."""
        if read < self._count:
            raise self._error(
                f"belongs to another input: it knows {self._count} events, and now there were {read}. What is left of "
                "the others was not sent. Give the same events, or name another journal"
            )

    def close(self) -> None:
        """Close the file and let others have it."""
        with self._one_at_a_time:
            self._cleanup.close()

    def _keep_others_out(self, cleanup: ExitStack) -> None:
        with self._errors():
            if not self.path.parent.is_dir():  # the lock's library would make it
                raise FileNotFoundError(f"there is no folder {self.path.parent}")
            try:
                cleanup.enter_context(FileLock(f"{self.path}.lock", timeout=0, mode=0o600, thread_local=False))
            except Timeout:
                raise self._error("is in use by another run; wait for its end, or name another journal") from None

    def _open(self, cleanup: ExitStack) -> sqlite3.Connection:
        with self._errors():
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite would let others read it
            connection = cleanup.enter_context(closing(sqlite3.connect(self.path, check_same_thread=False)))
            connection.execute("PRAGMA schema_version")  # fails for what is no database
            return connection

    def _check(self, base_url: str) -> None:
        if not self._number("SELECT count(*) FROM sqlite_schema"):
            with self._errors(), self._connection as connection:
                for statement in _TABLES:
                    connection.execute(statement)
                connection.execute("INSERT INTO run VALUES (?)", (base_url,))
        if self._number("PRAGMA application_id") != _APPLICATION:
            raise self._error("is no journal but another database; name another file")
        if (version := self._number("PRAGMA user_version")) != _FORMAT:
            raise self._error(f"has format {version}, and this version knows only {_FORMAT}; name another journal")
        [other] = self._row("SELECT base_url FROM run") or [None]
        if other != base_url:
            raise self._error(f"belongs to a run to {other}, and this one goes to {base_url}; name another journal")

    def _row(self, question: str, *values: object) -> Sequence[Any] | None:
        with self._errors():
            found: Sequence[Any] | None = self._connection.execute(question, values).fetchone()
            return found

    def _number(self, question: str) -> int:
        return int((self._row(question) or [0])[0])

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            with self._one_at_a_time:
                yield
        except (OSError, sqlite3.Error) as error:
            raise self._error(f"cannot be used: {error}") from error

    def _error(self, what: str) -> JournalError:
        return JournalError(f"The journal {self.path} {what}.")
