"""The time of a sandbox, which can be advanced, and timestamps in the service's format."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEADROOM = timedelta(days=366)  # for times that are computed from the current one, such as when a token expires


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Clock:
    """The clock of one sandbox, which can be moved forward; by default it follows that of the machine.

    `now` returns aware datetimes; `seconds` never goes back; `sleep` waits for a latency, or between the pieces of a
    slow body. Not for use from several threads at once.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = _utc_now,
        seconds: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._now = now
        self._seconds = seconds
        self._ahead = 0.0
        self.sleep: Callable[[float], Awaitable[None]] = sleep

    def now(self) -> datetime:
        """Return the current time, aware."""
        return self._now() + timedelta(seconds=self._ahead)

    def timestamp(self) -> str:
        """Return the current time in the service's format."""
        return rfc3339(self.now())

    def seconds(self) -> float:
        """Return a number of seconds for measuring intervals."""
        return self._seconds() + self._ahead

    def reset(self) -> None:
        """Undo all advances."""
        self._ahead = 0.0

    def advance(self, seconds: float) -> None:
        """Move forward. Raises OverflowError beyond the year 9998, ValueError for a negative number or NaN."""
        if not seconds >= 0:
            raise ValueError(f"a clock goes forward only, not by {seconds} seconds")
        _ = self.now() + timedelta(seconds=seconds) + _HEADROOM
        self._ahead += seconds


def rfc3339(time: datetime) -> str:
    """Return an aware datetime as the document's date-time, in UTC with milliseconds."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_epoch(time: datetime) -> int:
    """Return the whole milliseconds since 1970 of an aware datetime. Raises OverflowError as `from_epoch` does."""
    return (time.astimezone(UTC) - _EPOCH) // timedelta(milliseconds=1)


def from_epoch(milliseconds: int) -> datetime:
    """Return the time that is so many milliseconds after 1970. Raises OverflowError outside the years 1 to 9999."""
    return _EPOCH + timedelta(milliseconds=milliseconds)
