"""Points in time: what callers give, and the two ways the service writes them."""

import re
from datetime import UTC, date, datetime

from hubspot_timeline.errors import EventError
from hubspot_timeline.events.codec import iso_text

# March 1973, or, taken for seconds, the year 5138: long before any CRM, and long after.
_LEAST_MILLISECONDS = 10**11

# What rfc3339() writes for most moments. Not so an hour of 24, which some versions of Python read as the next day's 0.
_USUAL = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:\.(?!000)[0-9]{3})?"
    r"(?:Z|(?!.00:00)[+-][0-9]{2}:[0-5][0-9])"
)


def moment(value: object, field: str = "timestamp") -> datetime:
    """Return an aware datetime from one, from RFC 3339 text or from epoch milliseconds.

    Raises EventError for anything else; a naive datetime is refused because its meaning depends on the machine.
    """
    try:
        # Nearly all are text, and in this form.
        when = datetime.fromisoformat(value) if type(value) is str and "T" in value else _read(value)
    except EventError:
        raise
    except (ValueError, OverflowError, OSError) as error:
        raise EventError(f"{value!r} is not a time such as 2026-03-10T23:04:41Z", field) from error
    if when is None:
        raise EventError(f"is a {type(value).__name__}, neither text nor epoch milliseconds", field)
    if when.utcoffset() is None:
        raise EventError(f"{value!s} has no time zone; add Z or an offset such as +02:00", field)
    return when


def _read(value: object) -> datetime | None:
    match value:
        case datetime():
            return value
        case str() if not value.isdecimal() or len(value) < 12:  # fewer digits are a date in ISO's basic form
            return datetime.fromisoformat(value)
        case str() | int() if not isinstance(value, bool):
            return datetime.fromtimestamp(_milliseconds(int(value)) / 1000, UTC)
    return None


def _milliseconds(number: int) -> int:
    if abs(number) < _LEAST_MILLISECONDS:
        raise EventError(f"{number} looks like epoch seconds; epoch milliseconds are taken", "timestamp")
    return number


def is_as_sent(value: object) -> bool:
    """Tell of text that it is a time, and already as `rfc3339` writes it; other text may be so too."""
    if type(value) is not str or not _USUAL.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:  # such as for the 30th of February
        return False
    return True


def rfc3339(when: datetime) -> str:
    """Return an aware datetime as the document's date-time: Z for UTC, 0, 3 or 6 digits of a second."""
    offset = when.utcoffset()
    if offset and (offset.seconds % 60 or offset.microseconds):  # as old local times have; RFC 3339 cannot write them
        try:
            when = when.astimezone(UTC)
        except OverflowError as error:
            raise EventError(f"{when!s} is beyond the years 1 to 9999 in UTC", "timestamp") from error
    text = iso_text(when)
    return text if not when.microsecond or when.microsecond % 1000 else text[:23] + text[26:]


def epoch_milliseconds(when: datetime | date) -> int:
    """Return the way that date tokens are written; a date counts as its midnight in UTC."""
    if not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day, tzinfo=UTC)
    return round(when.timestamp() * 1000)
