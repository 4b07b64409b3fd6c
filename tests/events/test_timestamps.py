"""Timestamps: each is sent as the same instant, and one without a time zone is an error."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hubspot_timeline import EventError, event
from tests.helpers.payloads import VALID, payload_of


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        ("2026-03-10T23:04:41Z", "2026-03-10T23:04:41Z"),
        ("2026-03-10T23:04:41.164Z", "2026-03-10T23:04:41.164000Z"),
        ("2026-03-10T23:04:41.164211+02:00", "2026-03-10T23:04:41.164211+02:00"),
        (1773183881164, "2026-03-10T23:04:41.164000Z"),
        ("1773183881164", "2026-03-10T23:04:41.164000Z"),
        (datetime(1890, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")), "1889-12-31T23:06:32Z"),
    ],
)
def test_a_timestamp_is_sent_as_the_same_instant(timestamp: Any, expected: str) -> None:
    """Text, epoch milliseconds and aware datetimes, in models and in mappings."""
    assert payload_of(event(1, email="a@example.com", timestamp=timestamp))["timestamp"] == expected
    assert payload_of(VALID | {"timestamp": timestamp})["timestamp"] == expected


class NotATime(datetime):
    """A missing time as pandas.NaT is: a datetime of which nothing can be had."""

    def utcoffset(self) -> timedelta | None:
        """Raise what NaT raises."""
        raise ValueError("NaTType does not support utcoffset")


@pytest.mark.parametrize(
    ("timestamp", "message"),
    [
        ("2026-03-10T23:04:41", "no time zone"),
        ("2026-03-10", "no time zone"),
        (datetime(2026, 3, 10), "no time zone"),  # noqa: DTZ001 - naive on purpose
        ("yesterday", "is not a time such as"),
        ("", "is not a time such as"),
        (f"no{'x' * 200}", "'nox{77} is not a time such as"),
        (1773183881, "looks like epoch seconds"),
        (10**30, "is not a time such as"),
        (True, "is a bool"),
        (1.5, "is a float"),
        (None, "NoneType"),
        (NotATime(2026, 3, 10), "is not a time such as"),
    ],
)
def test_a_timestamp_that_is_not_an_instant_is_an_error(timestamp: Any, message: str) -> None:
    """A naive time would be another instant on another machine; models are validated like mappings."""
    model = event(1, email="a@example.com")
    model.timestamp = timestamp
    for invalid in (VALID | {"timestamp": timestamp}, model):
        with pytest.raises(EventError, match=f"^timestamp: .*{message}"):
            payload_of(invalid)
    if timestamp is not None:
        with pytest.raises(EventError, match=f"^timestamp: .*{message}"):
            event(1, email="a@example.com", timestamp=timestamp)
