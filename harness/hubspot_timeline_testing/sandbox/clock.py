"""The time of a sandbox, which can be moved forward."""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from hubspot_timeline_testing.sandbox.times import rfc3339, utc_now

_ROOM = timedelta(days=366)  # for what is reckoned from the time, such as when a token expires


class Clock:
    """A clock that goes as the given ones do, and jumps when it is told to.

    `now` gives aware times; `seconds` never goes back. Not for use from several threads at once.
    """

    def __init__(self, now: Callable[[], datetime] = utc_now, seconds: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._seconds = seconds
        self._ahead = 0.0

    def now(self) -> datetime:
        """Return the time, aware."""
        return self._now() + timedelta(seconds=self._ahead)

    def text(self) -> str:
        """Return the time as the service writes it."""
        return rfc3339(self.now())

    def seconds(self) -> float:
        """Return seconds since some moment, for measuring."""
        return self._seconds() + self._ahead

    def reset(self) -> None:
        """Go as the given clocks do again."""
        self._ahead = 0.0

    def advance(self, seconds: float) -> datetime:
        """Let so many seconds pass at once and return the time then.

        Raises OverflowError beyond the year 9998, ValueError for going back.
        """
        if not seconds >= 0:
            raise ValueError(f"a clock goes forward only, not by {seconds} seconds")
        then = self.now() + timedelta(seconds=seconds)
        _ = then + _ROOM
        self._ahead += seconds
        return then
