"""Points in time as the service writes them."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def utc_now() -> datetime:
    """Return the current time, aware."""
    return datetime.now(UTC)


def rfc3339(moment: datetime) -> str:
    """Return an aware datetime as the document's date-time, in UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_epoch(moment: datetime) -> int:
    """Return the whole milliseconds since 1970 of an aware datetime. Raises OverflowError as `from_epoch` does."""
    return (moment.astimezone(UTC) - _EPOCH) // timedelta(milliseconds=1)


def from_epoch(milliseconds: int) -> datetime:
    """Return the time that lies so many milliseconds after 1970. Raises OverflowError outside the years 1 to 9999."""
    return _EPOCH + timedelta(milliseconds=milliseconds)
