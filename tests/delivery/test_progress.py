"""A run tells how far it is: in pictures that do not change, and in a log that is silent until somebody listens."""

import logging
import subprocess
import sys
from typing import Any

import attrs
import httpx
import pytest

from hubspot_timeline import BatchLimits, Progress, RateLimit
from tests.helpers.clients import TimelineClient
from tests.helpers.fake_time import FakeTime
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, broken, created, status

WORDS = {"message": "slow down", "correlationId": "the-correlation-id"}


def pictures(script: Script, time: FakeTime, count: int, **options: Any) -> list[Progress]:
    seen: list[Progress] = []
    more: dict[str, Any] = {"max_in_flight": 1, "batch": BatchLimits(max_events=2), "chance": lambda: 1.0} | options
    with TimelineClient(
        "t", httpx_args=script.httpx_args, sleep=time.sleep, clock=time.clock, **more
    ) as timeline:  # fmt: skip
        timeline.send([*numbered(count), {"id": "nobody"}], on_progress=seen.append)
    return seen


def test_each_picture_adds_up_and_none_goes_back() -> None:
    """Read is what has ended and what is in flight; at the end nothing is in flight."""
    seen = pictures(Script(created, status(400, {"message": "no"}), status(400, {"message": "no"})), FakeTime(), 7)

    for one in seen:
        assert one.read == one.in_flight + one.created + one.failed
    for name in ("read", "created", "rejected", "requests", "retried", "waited", "seconds"):
        assert [getattr(one, name) for one in seen] == sorted(getattr(one, name) for one in seen)
    last = seen[-1]
    assert (last.read, last.in_flight, last.created, last.rejected, last.unsent) == (8, 0, 6, 2, 0)
    assert max(one.in_flight for one in seen) > 0


def test_waits_retries_and_the_rate_are_told() -> None:
    """Seconds waited after a 429 and for the rate limit; requests that carried events again; events in a second."""
    limited = status(429, WORDS, Retry_After="3")
    last = pictures(Script(limited, broken(httpx.ReadError)), FakeTime(), 3, rate_limit=RateLimit(requests=3))[-1]

    assert (last.requests, last.retried) == (4, 2)
    assert last.waited == pytest.approx(10.2, abs=0.01)  # 3.5 and 1 after the troubles, the rest for the window
    assert last.seconds == pytest.approx(last.waited)
    assert last.rate == pytest.approx(4 / last.seconds)


def test_a_picture_does_not_change() -> None:
    """It is safe to keep, or to hand to another thread."""
    [first, *_] = pictures(Script(), FakeTime(), 3)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        first.created = 5  # type: ignore[misc]


def test_nothing_is_printed_until_somebody_listens() -> None:
    """Not even a warning, as the standard library would without a handler."""
    code = (
        "import httpx\nfrom hubspot_timeline import *\n"
        "args = {'transport': httpx.MockTransport(lambda _: httpx.Response(403, json={}))}\n"
        "with TimelineClient('t', httpx_args=args) as t: print(t.send([event(1, email='a@b.c')]).unsent)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert (done.stdout, done.stderr) == ("1\n", "")


@pytest.mark.parametrize(
    ("answer", "level"),
    [
        (status(403, WORDS), "WARNING"),
        (status(429, WORDS | {"policyName": "DAILY"}), "WARNING"),
        (status(429, WORDS, Retry_After="1"), "INFO"),
        (status(503, WORDS), "INFO"),
    ],
)
def test_a_message_about_an_answer_quotes_its_correlation_id(
    caplog: pytest.LogCaptureFixture, answer: Any, level: str
) -> None:
    """Stops are warnings, waits are not; each by the logger of the module that it comes from."""
    caplog.set_level(logging.DEBUG, "hubspot_timeline")
    pictures(Script(answer), FakeTime(), 1)

    [record] = [one for one in caplog.records if one.name.startswith("hubspot_timeline")]
    assert record.levelname == level
    assert "the-correlation-id" in record.getMessage()
    assert record.name.startswith("hubspot_timeline.")
