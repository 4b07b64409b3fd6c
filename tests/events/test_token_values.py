"""Values of event tokens: each is sent as a string, and one without a text is an error."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest

from hubspot_timeline import EventError, TimelineEvent, event
from hubspot_timeline_api.models import EventTokens
from tests.helpers.payloads import VALID, payload_of


class Plan(Enum):
    PRO = "pro"


def model_with(value: Any) -> TimelineEvent:
    return TimelineEvent("1", "a", EventTokens.from_dict({"seats": value}), email="ada@example.com")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", ""),
        (5, "5"),
        (-(10**30), "-1" + "0" * 30),
        (1.5, "1.5"),
        (1e21, "1000000000000000000000"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"),
        (True, "true"),
        (False, "false"),
        (Plan.PRO, "pro"),
        (date(2026, 3, 10), "1773100800000"),
        (datetime(2026, 3, 10, 0, 0, 0, 164_000, UTC), "1773100800164"),
        (datetime(2026, 3, 10, 2, tzinfo=timezone(timedelta(hours=2))), "1773100800000"),
    ],
)
def test_a_token_value_is_sent_as_text(value: Any, text: str) -> None:
    """Dates as epoch milliseconds, numbers without an exponent, booleans in lower case."""
    assert event(1, {"seats": value}).tokens["seats"] == text
    assert payload_of(VALID | {"tokens": {"seats": value}})["tokens"] == {"seats": text}
    assert payload_of(model_with(value))["tokens"] == {"seats": text}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "has no value; leave the token out"),
        (float("nan"), "not a finite number"),
        (Decimal("Infinity"), "not a finite number"),
        (datetime(2026, 3, 10), "no time zone"),  # noqa: DTZ001 - naive on purpose
        ([1], "is a list"),
        ({"x"}, "is a set; an event token is text, a number or a date"),
    ],
)
def test_a_token_value_without_a_text_is_an_error(value: Any, message: str) -> None:
    """The error names the token."""
    for build in (
        lambda: event(1, {"seats": value}),
        lambda: payload_of(VALID | {"tokens": {"seats": value}}),
        lambda: payload_of(model_with(value)),
    ):
        with pytest.raises(EventError, match=rf"^tokens\.seats: .*{message}"):
            build()
