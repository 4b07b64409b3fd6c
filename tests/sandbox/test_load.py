"""Many senders at once: each event is created exactly once, and a SIGKILL loses none that a response had."""

import asyncio
import json
import os
import random
import signal
import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from hubspot_timeline_testing.sandbox import SandboxProcess
from tests.helpers.examples import examples
from tests.helpers.sandbox_calls import HEADERS, PATH, event

EVENTS = examples(10_000, 200_000)
KILLS = examples(3, 50)


class Load:
    """Sends batches with several senders at once; `received` has the results of all responses, by id."""

    def __init__(self, *, senders: int, batch: int) -> None:
        self.received: dict[str, Any] = {}
        self._senders = senders
        self._batch = batch
        self._numbers = count()

    def run(self, responses: int, sandbox: SandboxProcess, *, kill: bool = False) -> None:
        """Send until there are so many responses; then kill the sandbox, and wait until all senders have failed."""
        asyncio.run(self._run(responses, sandbox, kill=kill))

    async def _run(self, responses: int, sandbox: SandboxProcess, *, kill: bool) -> None:
        left = iter(range(responses))
        limits = httpx.Limits(max_connections=self._senders)
        options: dict[str, Any] = {"headers": HEADERS, "limits": limits, "timeout": 60, "trust_env": False}
        async with httpx.AsyncClient(base_url=sandbox.url, **options) as client:

            async def sender() -> None:
                while (kill or next(left, None) is not None) and (results := await self._send(client)):
                    self.received |= {result["id"]: result for result in results}
                    if kill and next(left, None) is None:
                        os.kill(sandbox.pid, signal.SIGKILL)

            await asyncio.gather(*(sender() for _ in range(self._senders)))

    async def _send(self, client: httpx.AsyncClient) -> list[Any]:
        """Return the results of one batch; none once the sandbox is killed."""
        numbers = [next(self._numbers) for _ in range(self._batch)]
        events = [event(f"e{n}", email=f"u{n % 1_000}@example.com", extraData={"n": n}) for n in numbers]
        try:
            response = await client.post(PATH, json={"inputs": events})
        except httpx.TransportError:
            return []
        assert response.status_code == 201
        return list(response.json()["results"])


def stored(file: Path) -> dict[str, Any]:
    """Return the events in the file by id, which is unique by a constraint of the table."""
    with closing(sqlite3.connect(file)) as database:
        [integrity] = database.execute("PRAGMA integrity_check").fetchone()
        assert integrity == "ok"
        assert database.execute("SELECT 1 FROM events WHERE times != 1 OR record IS NULL").fetchone() is None
        return {name: json.loads(result) for name, result in database.execute("SELECT id, result FROM events")}


def test_fifty_senders_create_each_event_once(tmp_path: Path) -> None:
    """All responses are a 201, and the file has each event as in its response, on one of a thousand records."""
    load, file = Load(senders=50, batch=100), tmp_path / "sandbox.db"
    with SandboxProcess(database=file) as sandbox:
        load.run(EVENTS // 100, sandbox)
        assert sandbox.control.counts()["records"] == 1_000
    assert stored(file) == load.received
    assert set(load.received) == {f"e{number}" for number in range(EVENTS)}


def test_events_survive_a_kill(tmp_path: Path) -> None:
    """Killed at a random response, several times: each event is stored exactly as in its response, and served so."""
    chance, file = random.Random(), tmp_path / "sandbox.db"  # noqa: S311 - not for secrets
    load = Load(senders=10, batch=20)
    for _ in range(KILLS):
        before = stored(file) if file.exists() else {}
        with SandboxProcess(database=file) as sandbox:
            assert {each["id"]: each for each in sandbox.control.events()} == before
            load.run(chance.randrange(5, 100), sandbox, kill=True)
        events = stored(file)
        assert {name: events.get(name) for name in load.received} == load.received
