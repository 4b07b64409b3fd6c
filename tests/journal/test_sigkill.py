"""A process killed by SIGKILL at any instant resumes from its journal: each event is created exactly once (G6)."""

import json
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hubspot_timeline_testing.sandbox import SandboxProcess, SandboxSettings
from hubspot_timeline_testing.sandbox.faults.kinds import DRAWN, Fault
from hubspot_timeline_testing.sandbox.faults.plan import FaultPlan
from tests.helpers.examples import examples
from tests.helpers.true_outcomes import values_of

EVENTS = examples(5_000, 20_000)
KILLS = examples(4, 25)

# Events without ids: each run generates others, and only the journal has those of the first.
SENDER = """
import sys
from hubspot_timeline import BatchLimits, RetryPolicy, TimelineClient, app_event, event
url, journal, count, api = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
build = event if api == "v3" else app_event
def events():
    for number in range(count):
        yield build("1000123", {"n": number}, email=f"u{number}@example.com")
limits = BatchLimits(max_events=50)
retry = RetryPolicy(attempts=30, wait_initial=0.01, wait_max=0.05)
with TimelineClient("t", base_url=url, api=api, rate_limit=None, retry=retry, batch=limits) as timeline:
    print("started", flush=True)
    report = timeline.send(events(), journal=journal)
print([report.created, report.resumed, report.failed])
"""

# Not the ones after which the client waits for seconds.
FAULTS = [fault for fault in DRAWN if fault not in (Fault.LIMITED, Fault.LOCKED, Fault.MIGRATING)]


def start(url: str, journal: Path, api: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", SENDER, url, str(journal), str(EVENTS), api], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "started\n"
    return process


def stored_numbers(url: str) -> Iterator[str]:
    """Yield the number of each event in the sandbox."""
    for offset in range(0, EVENTS * 2, 1_000):
        page = httpx.get(f"{url}/_sandbox/events", params={"offset": offset, "limit": 1_000}, trust_env=False).json()
        yield from (values_of(event)["n"] for event in page["events"])


def kill(process: "subprocess.Popen[str]", seconds: float) -> None:
    with process:
        with pytest.raises(subprocess.TimeoutExpired):  # otherwise it has ended: use more events
            process.wait(timeout=seconds)
        process.kill()
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("api", ["v3", pytest.param("2026-09", marks=pytest.mark.long)])
def test_thousands_of_events_survive_kills(api: str, tmp_path: Path) -> None:
    """Killed at random instants while the sandbox injects faults; the last run is not killed."""
    chance, journal = random.Random(), tmp_path / "run.journal"  # noqa: S311 - not for a secret
    plan = FaultPlan(rate=0.2, kinds=FAULTS, seed=chance.randrange(1_000), latency=0.02)
    with SandboxProcess(database=tmp_path / "sandbox.db", settings=SandboxSettings(faults=plan)) as sandbox:
        for _ in range(KILLS):
            kill(start(sandbox.url, journal, api), chance.uniform(0.0, 0.1))
        late = start(sandbox.url, journal, api)
        while httpx.get(f"{sandbox.url}/_sandbox/counts", trust_env=False).json()["events"] < EVENTS // 20:
            pass  # on a busy machine the others were killed before their first response
        kill(late, 0.0)
        output, _ = start(sandbox.url, journal, api).communicate()
        numbers = Counter(stored_numbers(sandbox.url))

    print(plan)  # to repeat a failure
    assert numbers == Counter(map(str, range(EVENTS)))
    created, resumed, failures = json.loads(output)
    assert (created, failures) == (EVENTS, 0)
    assert resumed > 0
