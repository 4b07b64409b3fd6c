"""SIGKILL of the sandbox under load: its file has every event of a response."""

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

SENDERS = 10
BATCH = 20
KILLS = examples(5, 50)


class Load:
    """Sends batches until the sandbox is killed; `received` has the results of all responses, by id."""

    def __init__(self) -> None:
        self.received: dict[str, Any] = {}
        self._numbers = count()

    def kill_after(self, responses: int, sandbox: SandboxProcess) -> None:
        """Send with ten senders, kill the sandbox after so many responses, and wait until all senders have failed."""
        asyncio.run(self._run(responses, sandbox))

    async def _run(self, responses: int, sandbox: SandboxProcess) -> None:
        left = iter(range(responses))
        async with httpx.AsyncClient(base_url=sandbox.url, headers=HEADERS, timeout=60, trust_env=False) as client:

            async def sender() -> None:
                while results := await self._send(client):
                    self.received |= {result["id"]: result for result in results}
                    if next(left, None) is None:
                        os.kill(sandbox.pid, signal.SIGKILL)

            await asyncio.gather(*(sender() for _ in range(SENDERS)))

    async def _send(self, client: httpx.AsyncClient) -> list[Any]:
        """Return the results of one batch; none once the sandbox is killed."""
        events = [event(f"e{next(self._numbers)}", extraData={"n": number}) for number in range(BATCH)]
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
        return {name: json.loads(result) for name, result in database.execute("SELECT id, result FROM events")}


def test_events_survive_a_kill(tmp_path: Path) -> None:
    """Killed at a random response, several times: each event is stored exactly as in its response."""
    chance, load, file = random.Random(), Load(), tmp_path / "sandbox.db"  # noqa: S311 - not for secrets
    for _ in range(KILLS):
        with SandboxProcess(database=file) as sandbox:
            load.kill_after(chance.randrange(5, 100), sandbox)
        events = stored(file)
        assert {name: events.get(name) for name in load.received} == load.received
    with SandboxProcess(database=file) as sandbox:
        page = httpx.get(f"{sandbox.url}/_sandbox/events?limit=100000", trust_env=False).json()["events"]
    assert {each["id"]: each for each in page} == stored(file)
