"""Fifty senders at once: every event is answered with 201 and stands in the database, once."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx

from hubspot_timeline_testing.sandbox import SandboxProcess
from tests.helpers.examples import examples
from tests.helpers.sandbox_calls import HEADERS, PATH, event, opened

SENDERS = 50
BATCH = 100
EVENTS = examples(20_000, 200_000)


def batches() -> Iterator[list[dict[str, object]]]:
    for start in range(0, EVENTS, BATCH):
        yield [event(f"e{number}", email=f"u{number % 1_000}@example.com") for number in range(start, start + BATCH)]


async def send_all(url: str) -> Counter[int]:
    """Send all batches, fifty at a time, and return how often each status was answered."""
    statuses: Counter[int] = Counter()
    waiting = batches()
    limits = httpx.Limits(max_connections=SENDERS)
    async with httpx.AsyncClient(base_url=url, headers=HEADERS, limits=limits, timeout=60, trust_env=False) as client:

        async def sender() -> None:
            for batch in waiting:
                response = await client.post(PATH, json={"inputs": batch})
                statuses[response.status_code] += 1

        await asyncio.gather(*(sender() for _ in range(SENDERS)))
    return statuses


def test_fifty_senders_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    """All requests are answered with 201, and the file holds each event once, made once, on its record."""
    with SandboxProcess(database=tmp_path / "sandbox.db") as sandbox:
        assert asyncio.run(send_all(sandbox.url)) == {201: EVENTS // BATCH}
    with closing(sqlite3.connect(tmp_path / "sandbox.db")) as database:
        held = Counter(database.execute("SELECT id, times, record IS NULL FROM events").fetchall())
        [records] = database.execute("SELECT COUNT(*) FROM records").fetchone()
    assert held == Counter((f"e{number}", 1, 0) for number in range(EVENTS))
    assert records == 1_000


def test_an_id_that_the_sandbox_would_choose_loses_nothing() -> None:
    """A sender's objectId which the sandbox would have given to a new contact is no reason to lose an event."""
    with opened() as sandbox:
        assert sandbox.post(event("e1", objectId="900000000002", email="")).status_code == 201
        assert sandbox.post(event("e2", email="new@example.com")).status_code == 201
        assert sandbox.store.count() == 2
