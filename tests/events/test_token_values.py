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


class Float64(float):
    """A number as numpy.float64 is: a float with a repr of its own."""

    def __repr__(self) -> str:
        return f"np.float64({self})"

    def __str__(self) -> str:
        return float.__repr__(self)


class Int64:
    """A number as numpy.int64 is: it has an index, and is not an int."""

    def __index__(self) -> int:
        return 7


class Price(float):
    """A number whose text is not a number."""

    def __str__(self) -> str:
        return f"{float.__repr__(self)} EUR"

    __repr__ = __format__ = __str__  # type: ignore[assignment]


class Amount(Decimal):
    """A decimal whose text is not a number."""

    def __str__(self) -> str:
        return "EUR"

    def __format__(self, specification: str, /) -> str:  # type: ignore[override]
        return "EUR"


class Seats(int):
    """A whole number whose text is not a number."""

    def __str__(self) -> str:
        return f"{int(self)} seats"


class Bool:
    """A boolean as numpy.bool is: it is not a bool."""

    def __bool__(self) -> bool:
        return True


class Str(str):
    """Text as numpy.str_ is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"np.str_('{self}')"


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
        (Float64(1.5), "1.5"),
        (Str("pro"), "pro"),
        (Int64(), "7"),
        (Price("12.50"), "12.5"),
        (Amount("12.50"), "12.50"),
        (Seats(7), "7"),
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
        (Float64("nan"), "not a finite number"),
        (Price("nan"), "not a finite number"),
        (Bool(), "is a Bool; an event token is text, a number or a date"),
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


def test_a_scalar_of_numpy_as_an_id_of_a_record_is_sent_as_its_text_or_not_at_all() -> None:
    """event() makes text of it; a mapping, whose values are those that are sent, has to hold text."""
    assert payload_of(event(1, object_id=Int64()))["objectId"] == "7"
    assert payload_of(VALID | {"objectId": Str("7")})["objectId"] == "7"
    for number in (Int64(), Float64(7)):
        with pytest.raises(EventError, match=r"^objectId: "):
            payload_of(VALID | {"objectId": number})
