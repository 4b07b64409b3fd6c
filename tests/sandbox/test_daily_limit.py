"""A daily limit holds until midnight in the time zone of the account, for each account by itself."""

from datetime import UTC, datetime

import pytest

from hubspot_timeline_testing.sandbox import Account, DailyLimit, RequestLimit, SandboxSettings
from hubspot_timeline_testing.sandbox.rate_limit.limiter import DayCount, Limits, RollingWindow
from tests.helpers.sandbox_calls import HEADERS, PATH, event, opened

ACCOUNTS = [Account(name=name, access_token=name) for name in ("a", "b")]


def test_what_is_beyond_is_a_429_that_says_daily() -> None:
    """With what is left in the headers, until the next day; another account has its own."""
    with opened(SandboxSettings(daily=DailyLimit(2), accounts=ACCOUNTS)) as sandbox:

        def send(token: str) -> tuple[int, str]:
            headers = HEADERS | {"Authorization": f"Bearer {token}"}
            response = sandbox.request("POST", PATH, headers=headers, json={"inputs": []})
            return response.status_code, response.headers["x-hubspot-ratelimit-daily-remaining"]

        assert [send("a") for _ in range(3)] == [(201, "1"), (201, "0"), (429, "0")]
        assert send("b") == (201, "1")
        body = sandbox.request("POST", PATH, headers=HEADERS | {"Authorization": "Bearer a"}, json={}).json()
        assert (body["policyName"], body["message"]) == ("DAILY", "You have reached your daily limit.")
        sandbox.request("POST", "/_sandbox/clock", json={"advance": 86_400})
        assert send("a") == (201, "1")


def test_the_day_ends_at_midnight_of_the_time_zone() -> None:
    """23:59 in Dublin is the day before 00:01 there, though both are one day in UTC."""
    moments = iter([datetime(2026, 7, 1, 22, 59, tzinfo=UTC)] * 3 + [datetime(2026, 7, 1, 23, 1, tzinfo=UTC)])
    day = DayCount(DailyLimit(1, "Europe/Dublin"), lambda: next(moments))
    day.take("a")
    assert [day.is_used_up("a"), day.is_used_up("a")] == [True, False]


def test_what_one_limit_refuses_does_not_count_for_the_other() -> None:
    """A request beyond the window takes nothing from the day."""
    limits = Limits(RollingWindow(RequestLimit(1), lambda: 0.0), DayCount(DailyLimit(2)))
    policies = [limits.admit("a").policy for _ in range(3)]
    assert policies == ["TEN_SECONDLY_ROLLING"] * 3
    assert limits.usage()[1]["used"] == 1


def test_a_limit_of_one_second_has_its_own_name() -> None:
    """SECONDLY, in the 429 too."""
    with opened(SandboxSettings(limit=RequestLimit(1, 1))) as sandbox:
        assert [sandbox.post(event(name)).status_code for name in "ab"] == [201, 429]
        assert sandbox.post(event("c")).json()["policyName"] == "SECONDLY"


@pytest.mark.parametrize("given", [(0,), (5, "Dublin"), (5, "../etc/passwd"), (5, "")])
def test_a_daily_limit_that_cannot_be_meant_is_refused(given: tuple[int, str]) -> None:
    """No request, or no time zone."""
    with pytest.raises(ValueError, match=r"requests|time_zone|>="):
        DailyLimit(*given)
