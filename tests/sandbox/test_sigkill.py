"""SIGKILL of the sandbox under load: on the same file it goes on with every event that it has answered for."""

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
    """Sends batches until the sandbox is gone; `answered` holds the results of those that were answered, by id."""

    def __init__(self) -> None:
        self.answered: dict[str, Any] = {}
        self._numbers = count()

    def kill_after(self, answers: int, sandbox: SandboxProcess) -> None:
        """Have ten senders send, kill the sandbox with that many answers given, and wait until all have noticed."""
        asyncio.run(self._run(answers, sandbox))

    async def _run(self, answers: int, sandbox: SandboxProcess) -> None:
        left = iter(range(answers))
        async with httpx.AsyncClient(base_url=sandbox.url, headers=HEADERS, timeout=60, trust_env=False) as client:

            async def sender() -> None:
                while results := await self._send(client):
                    self.answered |= {result["id"]: result for result in results}
                    if next(left, None) is None:
                        os.kill(sandbox.pid, signal.SIGKILL)

            await asyncio.gather(*(sender() for _ in range(SENDERS)))

    async def _send(self, client: httpx.AsyncClient) -> list[Any]:
        """Return the results of one batch; none once the sandbox is gone."""
        events = [event(f"e{next(self._numbers)}", extraData={"n": number}) for number in range(BATCH)]
        try:
            response = await client.post(PATH, json={"inputs": events})
        except httpx.TransportError:
            return []
        assert response.status_code == 201
        return list(response.json()["results"])


def held(file: Path) -> dict[str, Any]:
    """Return what the file holds, by id; each id is there once by the table's own rule."""
    with closing(sqlite3.connect(file)) as database:
        [verdict] = database.execute("PRAGMA integrity_check").fetchone()
        assert verdict == "ok"
        return {name: json.loads(result) for name, result in database.execute("SELECT id, result FROM events")}


def test_what_was_answered_outlives_kills(tmp_path: Path) -> None:
    """Killed at an arbitrary answer, several times: each answered event is there exactly as it was answered."""
    chance, load, file = random.Random(), Load(), tmp_path / "sandbox.db"  # noqa: S311 - for no secret
    for _ in range(KILLS):
        with SandboxProcess(database=file) as sandbox:
            load.kill_after(chance.randrange(5, 100), sandbox)
        found = held(file)
        assert {name: found.get(name) for name in load.answered} == load.answered
    with SandboxProcess(database=file) as sandbox:
        page = httpx.get(f"{sandbox.url}/_sandbox/events?limit=100000", trust_env=False).json()["events"]
    assert {one["id"]: one for one in page} == held(file)
