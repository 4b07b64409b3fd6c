"""How many events a second the sandbox takes: 200,000 from 50 senders, in batches of 100, into a file.

`python benchmarks/sandbox_load.py [EVENTS]`. The senders are one process and the sandbox is another; what the senders
take of the machine is not the sandbox's. What is sent by bare httpx was encoded before the time begins.
"""

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from attrs import frozen
from machine import machine

from hubspot_timeline import AsyncTimelineClient, TimelineEvent, event
from hubspot_timeline_testing.openapi import operation_path
from hubspot_timeline_testing.sandbox import SandboxProcess

SENDERS = 50
BATCH = 100
TURNS = 3
REQUIRED = 15_000  # events a second
TOKEN = "benchmark-token"  # noqa: S105 - of no account

Send = Callable[[str], Coroutine[Any, Any, None]]


def events(count: int) -> Iterator[TimelineEvent]:
    """Yield so many events, each for a contact of its own."""
    for number in range(count):
        tokens: dict[str, Any] = {"webinarName": "Launch day", "seats": "2"}
        yield event(
            "1000123", tokens, id=f"e{number}", email=f"u{number}@example.com", timestamp="2026-03-10T23:04:41Z"
        )


def bare(count: int) -> Send:
    """Return a sender that is nothing but httpx."""
    mappings = [each.to_dict() for each in events(count)]
    bodies = [json.dumps({"inputs": mappings[start : start + BATCH]}).encode() for start in range(0, count, BATCH)]

    async def send(url: str) -> None:
        waiting = iter(bodies)
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        limits = httpx.Limits(max_connections=SENDERS)
        async with httpx.AsyncClient(base_url=url, headers=headers, limits=limits, timeout=60) as client:

            async def sender() -> None:
                for body in waiting:
                    response = await client.post(operation_path("create_events"), content=body)
                    assert response.status_code == 201, response.text

            await asyncio.gather(*(sender() for _ in range(SENDERS)))

    return send


def wrapped(count: int) -> Send:
    """Return a sender that is AsyncTimelineClient."""
    ready = list(events(count))

    async def send(url: str) -> None:
        async with AsyncTimelineClient(TOKEN, base_url=url, rate_limit=None, max_in_flight=SENDERS) as timeline:
            report = await timeline.send(ready)
        assert report.created == count, report

    return send


@frozen
class Measured:
    """Seconds of the clock, and of a processor for the senders and for the sandbox, its start included."""

    wall: float
    senders: float
    sandbox: float


def measure(send: Send, count: int) -> Measured:
    """Send into a new file, in which every event must be afterwards."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with TemporaryDirectory() as folder, SandboxProcess(database=Path(folder) / "sandbox.db") as sandbox:
        wall, own = time.perf_counter(), time.process_time()
        asyncio.run(send(sandbox.url))
        wall, own = time.perf_counter() - wall, time.process_time() - own
        assert httpx.get(f"{sandbox.url}/_sandbox/counts").json()["events"] == count
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Measured(wall, own, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def main() -> None:
    """Measure both senders and print the medians."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    print(f"{count:,} events, {SENDERS} senders, batches of {BATCH}; {machine()}")
    print(f"{'sender':20} events/s   as if alone on a processor: sandbox, senders")
    rates = [report(name, sender(count), count) for name, sender in SENDING.items()]
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    sys.exit(min(rates) < REQUIRED and f"less than {REQUIRED:,} events/s")


def report(name: str, send: Send, count: int) -> float:
    """Measure one sender, print its medians and return its events a second."""
    turns = [measure(send, count) for _ in range(TURNS)]
    wall = count / median(turn.wall for turn in turns)
    sandbox = count / median(turn.sandbox for turn in turns)
    senders = count / median(turn.senders for turn in turns)
    print(f"{name:20} {wall:8,.0f}   {sandbox:,.0f}, {senders:,.0f}", flush=True)
    return wall


SENDING = {"httpx": bare, "AsyncTimelineClient": wrapped}

if __name__ == "__main__":
    main()
