"""The rate limits of an account: a rolling window and a daily limit."""

from datetime import timedelta
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline_testing.sandbox import Account, DailyLimit, Fault, FaultPlan, RequestLimit, SandboxSettings
from hubspot_timeline_testing.sandbox.clock import Clock
from hubspot_timeline_testing.sandbox.rate_limit.limiter import RequestLimiter
from tests.helpers.fake_time import FakeTime
from tests.helpers.sandbox_calls import NOW, counts, event, opened

HEADERS = ["x-hubspot-ratelimit-max", "x-hubspot-ratelimit-remaining", "x-hubspot-ratelimit-interval-milliseconds"]


def limiter(time: FakeTime, limit: RequestLimit | None, daily: DailyLimit | None = None) -> RequestLimiter:
    return RequestLimiter(limit, daily, Clock(now=lambda: NOW + timedelta(seconds=time.now), seconds=time.clock))


def accepted_at(limit: int, waits: list[float]) -> list[float]:
    """Send one request after each wait, and return the times of those that were accepted."""
    time = FakeTime()
    rolling, accepted = limiter(time, RequestLimit(limit)), []
    for wait in waits:
        time.sleep(wait)
        if rolling.admit("t").is_accepted:
            accepted.append(time.now)
    return accepted


def test_requests_beyond_the_limit_get_a_429() -> None:
    """In the vendor's shape; they create nothing, and are counted."""
    with opened(SandboxSettings(limit=RequestLimit(2))) as sandbox:
        assert [sandbox.post(event(name)).status_code for name in "abc"] == [201, 201, 429]
        body = sandbox.post(event("d")).json()
        assert sandbox.counts() == counts(events=2, requests=4, limited=2, records=1)
    assert (body["status"], body["errorType"], body["policyName"]) == ("error", "RATE_LIMIT", "TEN_SECONDLY_ROLLING")
    assert body["message"]
    assert body["correlationId"]


def test_each_token_has_its_own_window() -> None:
    """One token at its limit does not affect another; the 429 of a window of one second has the policy SECONDLY."""
    with opened(SandboxSettings(limit=RequestLimit(1, 1))) as sandbox:
        assert [sandbox.send(token=token).status_code for token in "aabb"] == [201, 429, 201, 429]
        assert sandbox.post().status_code == 201
        assert sandbox.post().json()["policyName"] == "SECONDLY"


@pytest.mark.parametrize(
    ("limit", "waits", "times"),
    [(2, [0, 9, 0.75, 0.25, 0, 8.75, 0.25, 0], [0, 9, 10, 19]), (1, [0, *[0.5] * 20], [0, 10])],
    ids=["the window rolls", "rejected requests do not count"],
)
def test_a_request_leaves_the_window_after_its_own_ten_seconds(
    limit: int, waits: list[float], times: list[float]
) -> None:
    """Not at the end of an interval, and however many requests are rejected in between."""
    assert accepted_at(limit, waits) == times


@given(
    waits=st.lists(st.sampled_from([0.0, 0.25, 1.0, 3.75, 4.0]), max_size=40),
    limit=st.builds(RequestLimit, st.integers(1, 4), st.sampled_from([0.5, 4.0])),
)
def test_the_limit_is_never_exceeded_and_fully_usable(waits: list[float], limit: RequestLimit) -> None:
    """A request is accepted if and only if fewer than the limit were accepted in the seconds before."""
    time = FakeTime()
    rolling = limiter(time, limit)
    accepted: list[float] = []
    for wait in waits:
        time.sleep(wait)
        recent = [each for each in accepted if each > time.now - limit.seconds]
        is_accepted = rolling.admit("t").is_accepted
        assert is_accepted == (len(recent) < limit.requests)
        accepted += [time.now] if is_accepted else []


def test_every_response_has_the_remaining_requests() -> None:
    """Successes, errors and faults have the vendor's three headers, with the interval in milliseconds."""
    faults = FaultPlan(script=[None, None, None, Fault.HTTP_502])
    with opened(SandboxSettings(limit=RequestLimit(4, 2.5), faults=faults)) as sandbox:
        responses = [sandbox.send(*[{}] * invalid) for invalid in (0, 1, 0, 1, 1)]
    assert [response.status_code for response in responses] == [201, 400, 201, 502, 429]
    assert [[response.headers[name] for name in HEADERS] for response in responses] == [
        ["4", remaining, "2500"] for remaining in "32100"
    ]
    assert not any("retry-after" in response.headers for response in responses)  # not documented, so off by default


def test_without_a_limit_everything_is_accepted() -> None:
    """By default there is no limit, and no header."""
    unlimited = limiter(FakeTime(), None)
    admissions = [unlimited.admit("t") for _ in range(1000)]
    assert (SandboxSettings().limit, SandboxSettings().daily) == (None, None)
    assert {(admission.is_accepted, bool(admission.headers)) for admission in admissions} == {(True, False)}


@given(milliseconds=st.integers(0, 9_999))
def test_retry_after_is_just_long_enough(milliseconds: int) -> None:
    """It is in whole seconds, only on a 429, and by less than a second too long."""
    time = FakeTime()
    rolling = limiter(time, RequestLimit(1, retry_after=True))
    assert "retry-after" not in rolling.admit("t").headers
    time.sleep(milliseconds / 1000)
    wait = int(rolling.admit("t").headers["retry-after"])
    assert milliseconds + 1000 * (wait - 1) < 10_000
    time.sleep(wait)
    assert rolling.admit("t").is_accepted


def test_a_rejected_request_uses_up_neither_latency_nor_fault() -> None:
    """The fault affects the next request that is accepted."""
    faults = FaultPlan(script=[None, Fault.HTTP_502], latency=1)
    with opened(SandboxSettings(limit=RequestLimit(1), faults=faults)) as sandbox:
        assert [sandbox.post().status_code for _ in range(3)] == [201, 429, 429]
        assert sandbox.time.waits == [1]
        sandbox.time.sleep(10)
        assert sandbox.send().status_code == 502


def test_only_authenticated_requests_to_operations_count() -> None:
    """The admin API has no limit."""
    with opened(SandboxSettings(limit=RequestLimit(1))) as sandbox:
        assert [sandbox.get("/_sandbox/counts").status_code for _ in range(3)] == [200] * 3
        assert sandbox.post_raw(b"", {}).status_code == 401
        assert sandbox.post().status_code == 201


def test_idle_accounts_are_forgotten() -> None:
    """The usage lists the accounts with requests in the window, and a limited number of others."""
    time = FakeTime()
    rolling = limiter(time, RequestLimit(5))
    for number in range(1_000):
        rolling.admit(f"{number}")
    time.sleep(10)
    rolling.admit("b")
    used = {usage["account"]: usage["used"] for usage in rolling.usage()}
    assert (len(used), used["b"], sum(used.values())) == (100, 1, 1)


def test_the_daily_limit_is_for_each_account() -> None:
    """Its 429 has the policy DAILY; the headers have the remaining requests, until the next day."""
    accounts = [Account(name=name, access_token=name) for name in "ab"]
    with opened(SandboxSettings(daily=DailyLimit(2), accounts=accounts)) as sandbox:

        def send(token: str) -> tuple[int, str]:
            response = sandbox.send(token=token)
            return response.status_code, response.headers["x-hubspot-ratelimit-daily-remaining"]

        assert [send("a") for _ in range(3)] == [(201, "1"), (201, "0"), (429, "0")]
        assert send("b") == (201, "1")
        body = sandbox.send(token="a").json()
        assert (body["policyName"], body["message"]) == ("DAILY", "You have reached your daily limit.")
        sandbox.request("POST", "/_sandbox/clock", json={"advance": 86_400})
        assert send("a") == (201, "1")


def test_the_day_ends_at_midnight_in_its_time_zone() -> None:
    """In March a day of Berlin begins at 23:00 in UTC."""
    time = FakeTime()
    daily = limiter(time, None, DailyLimit(1, "Europe/Berlin"))
    accepted = []
    for seconds in (0, 23 * 3600 + 55 * 60, 20, 3600):  # until 22:59:41, 23:00:01 and 00:00:01 in UTC
        time.sleep(seconds)
        accepted.append(daily.admit("a").is_accepted)
    assert accepted == [True, False, True, False]


def test_a_request_beyond_the_window_does_not_count_for_the_day() -> None:
    """And the other way round."""
    both = limiter(FakeTime(), RequestLimit(1), DailyLimit(2))
    assert [both.admit("a").policy for _ in range(3)] == ["", *["TEN_SECONDLY_ROLLING"] * 2]
    assert [usage["used"] for usage in both.usage()] == [1, 1]


@pytest.mark.parametrize(
    ("limit", "fields", "message"),
    [
        *((RequestLimit, {name: value}, name) for name, value in
          [("requests", 0), ("seconds", 0), ("seconds", inf), ("seconds", nan)]),
        (DailyLimit, {"requests": 0}, "requests"),
        *((DailyLimit, {"time_zone": name}, "time_zone") for name in ("Dublin", "../etc/passwd", "")),
    ],
)  # fmt: skip
def test_an_invalid_limit_is_rejected(limit: Any, fields: dict[str, Any], message: str) -> None:
    """The error names the field."""
    with pytest.raises(ValueError, match=message):
        limit(**fields)
