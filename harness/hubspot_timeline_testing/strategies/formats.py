"""Formats of texts, with values that have one and values that nearly have it, and of numbers, with their ranges."""

from collections.abc import Mapping
from datetime import UTC, timedelta, timezone

from attrs import frozen
from hypothesis import strategies as st

from hubspot_timeline.events.timestamps import rfc3339
from hubspot_timeline_testing.strategies.schemas import Json

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
    """Texts that have a format, texts that nearly have it, and how long the first are at least and at most."""

    valid: Json
    broken: Json
    lengths: tuple[int, int]


_near_date_times = st.sampled_from(
    [
        *("", "now", "1773183881164", "2026-03-10", "2026-W11-2T23:04:41Z", "10/03/2026T23:04:41Z"),
        *("2026-03-10T23:04:41", "2026-03-10T23:04Z", "2026-03-10T23:04:41+0200", "2026-03-10T23:04:41+02"),
        *("2026-13-10T23:04:41Z", "2026-02-30T23:04:41Z", "2026-03-10T25:04:41Z", "2026-03-10T23:60:41Z"),
    ]
)

STRINGS: Mapping[str, Format] = {
    "date-time": Format(_moments.map(rfc3339), _near_date_times, (20, 32)),
    "date": Format(
        st.dates().map(str),
        st.sampled_from(["", "today", "2026-13-10", "2026-02-30", "10/03/2026", "2026-3-1"]),
        (10, 10),
    ),
    "uuid": Format(
        st.uuids().map(str), st.sampled_from(["", "7f1c", "{00000000-0000-0000-0000-000000000000}"]), (36, 36)
    ),
}
"""Formats of strings, by name."""

INTEGERS: Mapping[str, tuple[int, int]] = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
"""Formats of integers, by name: the least and the greatest."""

NUMBERS = {"double"}
"""Formats of numbers that every number has which is drawn."""
