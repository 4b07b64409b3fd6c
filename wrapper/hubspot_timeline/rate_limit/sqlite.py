"""The rate limit of all processes of one machine, in an SQLite file."""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock

from pyrate_limiter.buckets import SQLiteBucket

from hubspot_timeline.errors import RateLimitStoreError
from hubspot_timeline.rate_limit.limiter import RateLimit, RateLimiter
from hubspot_timeline.rate_limit.window import ActiveLimits, rate, take_permit

_log = logging.getLogger(__name__)

# Milliseconds: longer than the windows of other processes that use the file.
_KEEP = 600_000

# Seconds by which the clocks that two processes read may differ.
_TOLERANCE = 1.0
_MOVE_BACK = 'UPDATE "{}" SET item_timestamp = item_timestamp - ?'


class SQLiteRateLimiter(RateLimiter):
    """A rolling window over the requests of every process that opens the same file.

    A lock file beside it serialises the processes. `clock` returns seconds; it must be the same for all processes, so
    it is the time of day; if that is set back, the times in the file are too.
    Raises RateLimitStoreError for a file that cannot be used.
    """

    is_local = False

    def __init__(self, path: str, limit: RateLimit, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._limits = ActiveLimits(limit)
        self._clock = clock
        self._thread_lock = Lock()  # the lock file serialises processes, not the threads of one
        with self._store_errors():
            if not (folder := Path(path).parent).is_dir():  # filelock would create it
                raise FileNotFoundError(f"the folder {folder} does not exist")
            # The bucket leaves its connection open to a file that is not a database, of which Python 3.13 warns later.
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("PRAGMA schema_version")
            self._bucket = SQLiteBucket.init_from_file([rate(limit)], db_path=path, use_file_lock=True)
        with self._locked(), self._bucket.conn as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS held (id INTEGER PRIMARY KEY CHECK (id = 1), until REAL)")
            connection.execute("INSERT OR IGNORE INTO held VALUES (1, 0)")

    def acquire(self) -> float:
        """Take a permit and return 0.0; or take none and return the seconds after which to try again."""
        with self._locked():
            now, paused_until = self._now(), self._paused_until()
            return paused_until - now if now < paused_until else take_permit(self._bucket, now, keep=_KEEP)

    def pause(self, seconds: float) -> None:
        """Issue no permit to any process for so many seconds."""
        with self._locked(), self._bucket.conn as connection:
            until = max(self._now() + seconds, self._paused_until())
            connection.execute("UPDATE held SET until = ?", (until,))

    def update(self, limit: RateLimit) -> None:
        """Keep a limit that the service names, in this process only: each process receives it from the service."""
        with self._thread_lock:
            self._bucket.rates = [rate(each) for each in self._limits.update(limit)]

    def close(self) -> None:
        """Close the file."""
        self._bucket.close()  # type: ignore[no-untyped-call] # published without types

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._store_errors(), self._thread_lock, self._bucket.lock:
            yield

    @contextmanager
    def _store_errors(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise RateLimitStoreError(
                f"The file of the rate limit, {self._path}, cannot be used ({error}). "
                "Check its folder and permissions, or choose another rate_limit_store"
            ) from error

    def _now(self) -> float:
        """Return the time, after moving all times in the file back with a clock that was set back.

        Else no permit would be issued until the clock is as late again.
        """
        now = self._clock()
        latest = self._bucket.peek(0)
        behind = latest.timestamp / 1000 - now if latest else 0.0
        if behind > _TOLERANCE:
            _log.warning("The clock was set back by %.0f s, and the rate limit in %s with it", behind, self._path)
            with self._bucket.conn as connection:
                connection.execute(_MOVE_BACK.format(self._bucket.table), (round(behind * 1000),))
                connection.execute("UPDATE held SET until = until - ?", (behind,))
        return now

    def _paused_until(self) -> float:
        return float(self._bucket.conn.execute("SELECT until FROM held").fetchone()[0])
