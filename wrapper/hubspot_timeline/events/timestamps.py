"""Timestamps of events, parsed to aware datetimes; dates as epoch milliseconds."""

from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

from hubspot_timeline.errors import EventError, type_of

# March 1973, or, taken for seconds, the year 5138: long before any CRM, and long after.
_MIN_MILLISECONDS = 10**11


def parse_timestamp(value: object, field: str = "timestamp") -> datetime:
    """Return an aware datetime from one, from RFC 3339 text or from epoch milliseconds.

    Raises EventError for anything else; a naive datetime is refused because its meaning depends on the machine.
    """
    try:
        timestamp = _parsed(value, field)
        has_zone = timestamp is not None and timestamp.utcoffset() is not None  # NaT of pandas raises ValueError
    except EventError:
        raise
    except (ValueError, OverflowError, OSError) as error:
        raise EventError(f"{value!r:.80} is not a time such as 2026-03-10T23:04:41Z", field) from error
    if timestamp is None:
        raise EventError(f"is {type_of(value)}, neither text nor epoch milliseconds", field)
    if not has_zone:
        raise EventError(f"{value!s} has no time zone; add Z or an offset such as +02:00", field)
    return timestamp


def representable(timestamp: datetime) -> datetime:
    """Return the same instant with an offset in whole minutes, as RFC 3339 needs. Old local times have seconds."""
    zone = timestamp.tzinfo
    if (type(zone) is timezone and _is_in_minutes(zone)) or _is_whole(timestamp.utcoffset()):
        return timestamp
    try:
        return timestamp.astimezone(UTC)
    except OverflowError as error:
        raise EventError(f"{timestamp!s} is beyond the years 1 to 9999 in UTC", "timestamp") from error


@lru_cache
def _is_in_minutes(zone: timezone) -> bool:
    return _is_whole(zone.utcoffset(None))


def _is_whole(offset: timedelta | None) -> bool:
    return not offset or not (offset.seconds % 60 or offset.microseconds)


def epoch_milliseconds(value: datetime | date) -> int:
    """Return epoch milliseconds, as date tokens are sent; a date is its midnight in UTC."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    return round(value.timestamp() * 1000)


def _parsed(value: object, field: str) -> datetime | None:
    match value:
        case datetime():
            return value
        case str() if not value.isdecimal() or len(value) < 12:  # fewer digits are a date in ISO's basic form
            return datetime.fromisoformat(value)
        case str() | int() if not isinstance(value, bool):
            return datetime.fromtimestamp(_milliseconds(int(value), field) / 1000, UTC)
    return None


def _milliseconds(number: int, field: str) -> int:
    if abs(number) < _MIN_MILLISECONDS:
        raise EventError(f"{number} looks like epoch seconds; epoch milliseconds are expected", field)
    return number
