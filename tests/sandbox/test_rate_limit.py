"""A token has so many requests in any span of so many seconds; what is beyond is refused before anything is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline_testing.sandbox import Fault, FaultPlan, RequestLimit, SandboxSettings
from hubspot_timeline_testing.sandbox.app import create_app
from hubspot_timeline_testing.sandbox.rate_limit.limiter import RollingWindow
from hubspot_timeline_testing.sandbox.storage.store import Store
from tests.helpers.fake_time import FakeTime
from tests.helpers.sandbox_calls import HEADERS, NOW, PATH, Sandbox, event

RATE_HEADERS = ["x-hubspot-ratelimit-max", "x-hubspot-ratelimit-remaining", "x-hubspot-ratelimit-interval-milliseconds"]


@contextmanager
def limited(limit: RequestLimit, time: FakeTime, faults: FaultPlan | None = None) -> Iterator[Sandbox]:
    settings = SandboxSettings(limit=limit, faults=faults or FaultPlan())
    with Store() as store:
        app = create_app(store, settings=settings, now=lambda: NOW, clock=time.clock, sleep=time.async_sleep)
        yield Sandbox(app, store)


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


def admitted(limit: RequestLimit, time: FakeTime, waits: list[float]) -> list[float]:
    """Ask for one admission after each wait, and return when those asked that were granted it."""
    window = RollingWindow(limit, time.clock)
    granted: list[float] = []
    for wait in waits:
        time.sleep(wait)
        if window.admit("t").is_granted:
            granted.append(time.now)
    return granted


def test_what_is_beyond_is_a_429(time: FakeTime) -> None:
    """The request after the last one allowed is refused in the vendor's shape, creates nothing, and is counted."""
    with limited(RequestLimit(2), time) as sandbox:
        assert [sandbox.post(event(name)).status_code for name in ("a", "b", "c")] == [201, 201, 429]
        body = sandbox.post(event("d")).json()
        assert sandbox.store.count() == 2
        assert sandbox.get("/_sandbox/counts").json() == {
            "events": 2,
            "requests": 4,
            "limited": 2,
            "records": 1,
            "templates": 0,
        }
    assert (body["status"], body["errorType"], body["policyName"]) == ("error", "RATE_LIMIT", "TEN_SECONDLY_ROLLING")
    assert body["message"]
    assert body["correlationId"]


def test_the_window_rolls(time: FakeTime) -> None:
    """A request leaves the window when its own seconds are over, not at the end of some interval."""
    assert admitted(RequestLimit(2), time, [0, 9, 0.75, 0.25, 0, 8.75, 0.25, 0]) == [0, 9, 10, 19]


@given(
    waits=st.lists(st.sampled_from([0.0, 0.25, 1.0, 3.75, 4.0]), max_size=40),
    limit=st.builds(RequestLimit, st.integers(1, 4), st.sampled_from([0.5, 4.0])),
)
def test_it_is_never_overrun_and_used_to_the_full(waits: list[float], limit: RequestLimit) -> None:
    """At any time so many requests were accepted in the seconds before as there were, up to the limit."""
    time = FakeTime()
    window = RollingWindow(limit, time.clock)
    granted: list[float] = []
    for wait in waits:
        time.sleep(wait)
        recent = [moment for moment in granted if moment > time.now - limit.seconds]
        admission = window.admit("t")
        assert admission.is_granted == (len(recent) < limit.requests)
        granted += [time.now] if admission.is_granted else []


def test_refused_requests_do_not_count(time: FakeTime) -> None:
    """Knocking again and again does not put off the time when a request is accepted."""
    assert admitted(RequestLimit(1), time, [0, *[0.5] * 20]) == [0, 10]


def test_each_token_has_its_own_window(time: FakeTime) -> None:
    """One token at its limit does not hold up another."""
    with limited(RequestLimit(1), time) as sandbox:
        statuses = [
            sandbox.post_raw(b'{"inputs":[]}', HEADERS | {"Authorization": f"Bearer {token}"}).status_code
            for token in ("a", "a", "b", "b")
        ]
    assert statuses == [201, 429, 201, 429]


def test_every_answer_says_what_is_left(time: FakeTime) -> None:
    """Successes, refusals and faults have the vendor's three headers, in which the interval is in milliseconds."""
    plan = FaultPlan(script=[None, None, None, Fault.HTTP_502])
    with limited(RequestLimit(4, 2.5), time, plan) as sandbox:
        bodies = [b'{"inputs":[]}', b"", b'{"inputs":[]}', b"", b""]
        answers = [sandbox.request("POST", PATH, headers=HEADERS, content=body) for body in bodies]
    assert [answer.status_code for answer in answers] == [201, 400, 201, 502, 429]
    assert [[answer.headers[name] for name in RATE_HEADERS] for answer in answers] == [
        ["4", remaining, "2500"] for remaining in ("3", "2", "1", "0", "0")
    ]


def test_without_a_limit_nothing_is_said_or_refused() -> None:
    """By default there is no window, and no header speaks of one."""
    admission = [RollingWindow(None).admit("t") for _ in range(1000)][-1]
    assert SandboxSettings().limit is None
    assert admission.is_granted
    assert not admission.headers


def test_when_to_come_again_is_not_said_unless_wanted(time: FakeTime) -> None:
    """Nobody documents Retry-After on a 429, so it is left out by default."""
    with limited(RequestLimit(1), time) as sandbox:
        answers = [sandbox.post(), sandbox.post()]
    assert not ["retry-after" for answer in answers if "retry-after" in answer.headers]


@given(milliseconds=st.integers(0, 9_999))
def test_who_comes_again_as_told_is_let_in(milliseconds: int) -> None:
    """Retry-After is in whole seconds, only where a request is refused, and long enough, but by less than a second."""
    time = FakeTime()
    window = RollingWindow(RequestLimit(1, retry_after=True), time.clock)
    assert "retry-after" not in window.admit("t").headers
    time.sleep(milliseconds / 1000)
    wait = int(window.admit("t").headers["retry-after"])
    assert milliseconds + 1000 * (wait - 1) < 10_000
    time.sleep(wait)
    assert window.admit("t").is_granted


def test_what_is_refused_meets_no_fault(time: FakeTime) -> None:
    """A refused request neither waits nor uses up a fault, which hits the next that is accepted."""
    plan = FaultPlan(script=[None, Fault.HTTP_502], latency=1)
    with limited(RequestLimit(1), time, plan) as sandbox:
        assert [sandbox.post().status_code for _ in range(3)] == [201, 429, 429]
        assert time.waits == [1]
        time.sleep(10)
        assert sandbox.request("POST", PATH, headers=HEADERS).status_code == 502


def test_reading_back_is_not_limited(time: FakeTime) -> None:
    """The window counts requests to the operation alone, and those with a token."""
    with limited(RequestLimit(1), time) as sandbox:
        assert [sandbox.get("/_sandbox/counts", n=n).status_code for n in range(3)] == [200] * 3
        assert sandbox.post_raw(b"", {}).status_code == 401
        assert sandbox.post().status_code == 201


@pytest.mark.parametrize("wrong", [{"requests": 0}, {"seconds": 0}, {"seconds": inf}, {"seconds": nan}], ids=repr)
def test_a_limit_that_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    """A window of no requests, or of no or endless seconds, is a ValueError at once."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        RequestLimit(**wrong)


def test_who_sends_nothing_any_more_is_forgotten(time: FakeTime) -> None:
    """Where there are many, the usage lists who has requests in the window, and some others."""
    window = RollingWindow(RequestLimit(5), time.clock)
    for number in range(1_000):
        window.admit(f"{number}")
    time.sleep(10)
    window.admit("b")
    used = {usage["account"]: usage["used"] for usage in window.usage()}
    assert (len(used), used["b"], sum(used.values())) == (100, 1, 1)
