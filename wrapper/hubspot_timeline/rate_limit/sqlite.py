"""The rate limit of all processes of one machine, in an SQLite file."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from pyrate_limiter.buckets import SQLiteBucket

from hubspot_timeline.errors import RateLimitStoreError
from hubspot_timeline.rate_limit import Limits, RateLimit
from hubspot_timeline.rate_limit.window import rate, take

# Milliseconds: longer than the windows of others who use the file.
_KEEP = 600_000


class SQLiteRateLimiter:
    """A rolling window over the requests of every process that opens the same file.

    A lock file beside it keeps the processes apart. `clock` returns seconds; it must be the same for all processes, so
    it is the time of day: do not set it back while they run.
    """

    is_local = False

    def __init__(self, path: Path, limit: RateLimit, clock: Callable[[], float] = time.time) -> None:
        if not path.parent.is_dir():  # the lock file's library would make it
            raise FileNotFoundError(f"there is no folder {path.parent}")
        self._path = path
        self._limits = Limits(limit)
        self._clock = clock
        self._bucket = SQLiteBucket.init_from_file([rate(limit)], db_path=str(path), use_file_lock=True)
        self._threads = Lock()  # the lock file keeps processes apart, not the threads of one
        with self._alone(), self._bucket.conn as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS held (id INTEGER PRIMARY KEY CHECK (id = 1), until REAL)")
            connection.execute("INSERT OR IGNORE INTO held VALUES (1, 0)")

    def acquire(self) -> float:
        """Take a permit and return 0.0; or take none and return the seconds after which to ask again."""
        with self._alone():
            now = self._clock()
            held_until = self._paused_until()
            if now < held_until:
                return held_until - now
            return take(self._bucket, now, keep=_KEEP)

    def pause(self, seconds: float) -> None:
        """Give no permit to any process for so many seconds."""
        with self._alone(), self._bucket.conn as connection:
            until = max(self._paused_until(), self._clock() + seconds)
            connection.execute("UPDATE held SET until = ?", (until,))

    def update(self, limit: RateLimit) -> None:
        """Keep a limit that the service names too, in this process: each hears it from the service itself."""
        with self._threads:
            self._bucket.rates = [rate(one) for one in self._limits.update(limit)]

    def close(self) -> None:
        """Close the file."""
        self._bucket.close()  # type: ignore[no-untyped-call] # published without types

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            with self._threads, self._bucket.lock:
                yield
        except (OSError, sqlite3.Error) as error:
            raise RateLimitStoreError(f"The file of the rate limit, {self._path}, cannot be used: {error}") from error

    def _paused_until(self) -> float:
        return float(self._bucket.conn.execute("SELECT until FROM held").fetchone()[0])
