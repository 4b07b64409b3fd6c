"""Progress of a run: snapshots that add up, and log messages that are silent by default."""

import logging
import subprocess
import sys
from typing import Any

import httpx
import pytest

from hubspot_timeline import BatchLimits, Progress, RateLimit
from tests.helpers.both_clients import SyncRunner
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Handler, Script, broken, created, status

ERROR = {"message": "slow down", "correlationId": "the-correlation-id"}


def snapshots(script: Script, count: int, **options: Any) -> list[Progress]:
    """Return the progress of a run that sends events in batches of two, and an invalid event after them."""
    progress: list[Progress] = []
    events = [*numbered(count), {"id": "invalid"}]
    defaults: dict[str, Any] = {"max_in_flight": 1, "batch": BatchLimits(max_events=2), "chance": lambda: 1.0}
    SyncRunner().run(script, lambda timeline: timeline.send(events, on_progress=progress.append), **defaults | options)
    return progress


def test_each_snapshot_adds_up_and_no_counter_decreases() -> None:
    """What was read is settled or in flight; at the end nothing is in flight."""
    invalid = status(400, {"message": "no"})
    progress = snapshots(Script(created, invalid, invalid), 7)

    for snapshot in progress:
        assert snapshot.read == snapshot.in_flight + snapshot.created + snapshot.failed
    for name in ("read", "created", "rejected", "requests", "retried", "waited", "seconds"):
        values = [getattr(snapshot, name) for snapshot in progress]
        assert values == sorted(values)
    last = progress[-1]
    assert (last.read, last.in_flight, last.created, last.rejected, last.unsent) == (8, 0, 6, 2, 0)
    assert max(snapshot.in_flight for snapshot in progress) > 0


def test_progress_counts_waits_and_retries() -> None:
    """Seconds waited after errors and for the rate limit, and events per second."""
    limited = status(429, ERROR, Retry_After="3")
    last = snapshots(Script(limited, broken(httpx.ReadError)), 3, rate_limit=RateLimit(requests=3))[-1]

    assert (last.requests, last.retried) == (4, 2)
    assert last.waited == pytest.approx(10.2, abs=0.01)  # 3.5 and 1 after the errors, the rest for the rate limit
    assert last.seconds == pytest.approx(last.waited)
    assert last.rate == pytest.approx(4 / last.seconds)


def test_nothing_is_logged_without_a_handler() -> None:
    """Not even a warning, which the standard library would print."""
    code = (
        "import httpx\nfrom hubspot_timeline import *\n"
        "args = {'transport': httpx.MockTransport(lambda _: httpx.Response(403, json={}))}\n"
        "with TimelineClient('t', httpx_args=args) as t: print(t.send([event(1, email='a@b.c')]).unsent)"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert (process.stdout, process.stderr) == ("1\n", "")


@pytest.mark.parametrize(
    ("response", "level"),
    [
        (status(403, ERROR), "WARNING"),
        (status(429, ERROR | {"policyName": "DAILY"}), "WARNING"),
        (status(429, ERROR, Retry_After="1"), "INFO"),
        (status(503, ERROR), "INFO"),
    ],
)
def test_a_log_message_about_a_response_has_its_correlation_id(
    caplog: pytest.LogCaptureFixture, response: Handler, level: str
) -> None:
    """A stop is a warning, a wait is not; the logger is that of the module."""
    caplog.set_level(logging.DEBUG, "hubspot_timeline")
    snapshots(Script(response), 1)

    [record] = [record for record in caplog.records if record.name.startswith("hubspot_timeline.")]
    assert record.levelname == level
    assert "the-correlation-id" in record.getMessage()
