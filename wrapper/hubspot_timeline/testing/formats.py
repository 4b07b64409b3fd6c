"""Formats of texts and numbers: values that have one, and values that nearly have it."""

from collections.abc import Mapping
from datetime import UTC, timedelta, timezone

from attrs import frozen
from hypothesis import strategies as st

from hubspot_timeline.moments import rfc3339
from hubspot_timeline.testing.schemas import Json

# Offsets as there are on earth, in minutes.
_zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# Written with 0, 3 or 6 digits of a second, as many as they need.
_moments = st.datetimes(timezones=_zones) | st.builds(
    lambda moment, milliseconds: moment.replace(microsecond=milliseconds * 1000),
    st.datetimes(timezones=_zones | st.just(UTC)),
    st.integers(0, 999),
)


@frozen
class Format:
    """What has a format, and what has the same type but not the format."""

    valid: Json
    broken: Json


def _range(bits: int) -> Format:
    top = 2 ** (bits - 1)
    edges = st.sampled_from([-top, -1, 0, 1, top - 1])
    return Format(edges | st.integers(-top, top - 1), st.integers(min_value=top) | st.integers(max_value=-top - 1))


_near_date_times = st.sampled_from(
    [
        *("", "now", "1773183881164", "2026-03-10", "2026-W11-2T23:04:41Z", "10/03/2026T23:04:41Z"),
        *("2026-03-10T23:04:41", "2026-03-10T23:04Z", "2026-03-10T23:04:41+0200", "2026-03-10T23:04:41+02"),
        *("2026-13-10T23:04:41Z", "2026-02-30T23:04:41Z", "2026-03-10T25:04:41Z", "2026-03-10T23:60:41Z"),
    ]
)

STRINGS: Mapping[str, Format] = {
    "date-time": Format(_moments.map(rfc3339), _near_date_times),
    "date": Format(
        st.dates().map(str), st.sampled_from(["", "today", "2026-13-10", "2026-02-30", "10/03/2026", "2026-3-1"])
    ),
    "uuid": Format(st.uuids().map(str), st.sampled_from(["", "7f1c", "{00000000-0000-0000-0000-000000000000}"])),
}
"""Formats of strings, by name."""

INTEGERS: Mapping[str, Format] = {"int32": _range(32), "int64": _range(64)}
"""Formats of integers, by name."""
