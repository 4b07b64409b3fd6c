"""Load: of fifty senders at once every event is created exactly once."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx

from hubspot_timeline_testing.sandbox import SandboxProcess
from tests.helpers.examples import examples
from tests.helpers.sandbox_calls import HEADERS, PATH, event

SENDERS = 50
BATCH = 100
EVENTS = examples(20_000, 200_000)


def batches() -> Iterator[list[dict[str, object]]]:
    for start in range(0, EVENTS, BATCH):
        yield [event(f"e{number}", email=f"u{number % 1_000}@example.com") for number in range(start, start + BATCH)]


async def send_all(url: str) -> Counter[int]:
    """Send all batches, fifty at a time, and return the number of responses with each status."""
    statuses: Counter[int] = Counter()
    remaining = batches()
    limits = httpx.Limits(max_connections=SENDERS)
    async with httpx.AsyncClient(base_url=url, headers=HEADERS, limits=limits, timeout=60, trust_env=False) as client:

        async def sender() -> None:
            for batch in remaining:
                response = await client.post(PATH, json={"inputs": batch})
                statuses[response.status_code] += 1

        await asyncio.gather(*(sender() for _ in range(SENDERS)))
    return statuses


def test_fifty_senders_create_each_event_once(tmp_path: Path) -> None:
    """All responses are a 201, and the file has each event once, on its record."""
    with SandboxProcess(database=tmp_path / "sandbox.db") as sandbox:
        assert asyncio.run(send_all(sandbox.url)) == {201: EVENTS // BATCH}
    with closing(sqlite3.connect(tmp_path / "sandbox.db")) as database:
        stored = Counter(database.execute("SELECT id, times, record IS NULL FROM events").fetchall())
        [records] = database.execute("SELECT COUNT(*) FROM records").fetchone()
    assert stored == Counter((f"e{number}", 1, 0) for number in range(EVENTS))
    assert records == 1_000
