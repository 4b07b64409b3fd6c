"""String formats (date-time, date, uuid): strategies for valid values and for invalid, nearly valid ones."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

from attrs import frozen
from hypothesis import strategies as st

from hubspot_timeline_testing.strategies.schemas import JsonStrategy

_time_zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# Seconds have 0, 3 or 6 digits, as the service writes them.
_datetimes = st.datetimes(timezones=_time_zones) | st.builds(
    lambda when, milliseconds: when.replace(microsecond=milliseconds * 1000),
    st.datetimes(timezones=_time_zones | st.just(UTC)),
    st.integers(0, 999),
)


def _rfc3339(when: datetime) -> str:
    has_milliseconds = when.microsecond and not when.microsecond % 1000
    text = when.isoformat(timespec="milliseconds" if has_milliseconds else "auto")
    return f"{text.removesuffix('+00:00')}Z" if text.endswith("+00:00") else text


@frozen
class StringFormat:
    """Strings that have a format, strings that nearly have it, and the least and greatest length of the former."""

    valid: JsonStrategy
    invalid: JsonStrategy
    lengths: tuple[int, int]


INVALID_DATE_TIMES = (
    *("", "now", "1773183881164", "2026-03-10", "2026-W11-2T23:04:41Z", "10/03/2026T23:04:41Z"),
    *("2026-03-10T23:04:41", "2026-03-10T23:04Z", "2026-03-10T23:04:41+0200", "2026-03-10T23:04:41+02"),
    *("2026-13-10T23:04:41Z", "2026-02-30T23:04:41Z", "2026-03-10T25:04:41Z", "2026-03-10T23:60:41Z"),
)
INVALID_DATES = ("", "today", "2026-13-10", "2026-02-30", "10/03/2026", "2026-3-1")
INVALID_UUIDS = ("", "7f1c", "{00000000-0000-0000-0000-000000000000}")

STRING_FORMATS: Mapping[str, StringFormat] = {
    "date-time": StringFormat(_datetimes.map(_rfc3339), st.sampled_from(INVALID_DATE_TIMES), (20, 32)),
    "date": StringFormat(st.dates().map(str), st.sampled_from(INVALID_DATES), (10, 10)),
    "uuid": StringFormat(st.uuids().map(str), st.sampled_from(INVALID_UUIDS), (36, 36)),
}
"""The supported formats of strings, by name."""

NUMBER_FORMATS = {"double"}
"""The supported formats of numbers that every finite float has."""
