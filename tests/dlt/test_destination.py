"""The dlt destination: rows become events exactly once, also if a run is killed between the request and its record."""

import json
import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dlt
import pytest
from dlt.destinations.job_impl import BatchedFileLoadJob
from dlt.pipeline.exceptions import PipelineStepFailed

from hubspot_timeline.dlt import hubspot_timeline
from hubspot_timeline_testing.sandbox import Account, SandboxServer, SandboxSettings

ACCOUNTS = ("acme", "zeta")


def token(account: str) -> str:
    return f"token-{account}"


def rows(count: int, **fields: Any) -> list[dict[str, Any]]:
    return [
        {"id": f"e{n}", "eventTemplateId": 1000123, "tokens": {"seats": str(n)}, "email": f"guest{n}@example.com"}
        | fields
        for n in range(count)
    ]


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    accounts = [Account(name=name, access_token=token(name)) for name in ACCOUNTS]
    with SandboxServer(settings=SandboxSettings(accounts=accounts)) as server:
        yield server


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the state of dlt, which it otherwise keeps in the home folder."""
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "dlt"))
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pipeline(sandbox: SandboxServer, **options: Any) -> dlt.Pipeline:
    options.setdefault("token", token("acme"))
    return dlt.pipeline("events", destination=hubspot_timeline(base_url=sandbox.url, **options))


def test_rows_become_events(sandbox: SandboxServer) -> None:
    """With the values of their columns."""
    pipeline(sandbox).run(rows(1_500), table_name="webinars")
    sandbox.control.assert_exactly_once(f"e{n}" for n in range(1_500))
    found = sandbox.control.event("1000123", "e7")
    assert found
    assert (found["tokens"], found["email"]) == ({"seats": "7"}, "guest7@example.com")


def test_each_account_has_its_own_token(sandbox: SandboxServer) -> None:
    """Which a function returns."""
    events = [row | {"account": ACCOUNTS[n % 2]} for n, row in enumerate(rows(10))]
    options = {"token_function": f"{__name__}:token", "account_column": "account", "token": None}
    pipeline(sandbox, **options).run(events, table_name="webinars")
    sandbox.control.assert_exactly_once(f"e{n}" for n in range(10))
    assert {request["account"] for request in sandbox.control.requests()} == set(ACCOUNTS)


def test_rejected_rows_go_to_dead_letters(sandbox: SandboxServer, folder: Path) -> None:
    """Also those without an id, for which none is made; the others are created."""
    invalid = [{"id": "bad", "eventTemplateId": "1", "tokens": {}, "email": "nobody"}]
    nameless = [{"eventTemplateId": "1", "tokens": {}, "email": "a@example.com"}]
    pipeline(sandbox, dead_letters=str(folder / "dead.jsonl")).run(rows(3) + invalid + nameless, table_name="webinars")
    sandbox.control.assert_exactly_once(f"e{n}" for n in range(3))
    letters = [json.loads(line) for line in (folder / "dead.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(letter["event"].get("id"), letter["error"]["field"]) for letter in letters] == [
        ("bad", "email"),
        (None, "id"),
    ]


def test_rejected_rows_without_a_file_end_the_load(sandbox: SandboxServer) -> None:
    """With what to do."""
    with pytest.raises(PipelineStepFailed, match="set dead_letters to a file"):
        pipeline(sandbox).run(rows(1, email="nobody"), table_name="webinars")


def test_a_refused_token_ends_the_load(sandbox: SandboxServer) -> None:
    """Since repeating it would not help."""
    with pytest.raises(PipelineStepFailed, match="1 event not sent: 401"):
        pipeline(sandbox, token="wrong").run(rows(1), table_name="webinars")
    assert sandbox.control.counts()["requests"] == 1


def run_and_die(url: str) -> None:
    """Die after the request for the second thousand, before dlt records that it was sent."""
    record = BatchedFileLoadJob._advance_record_offset  # noqa: SLF001 - where dlt records it

    def die(job: Any, count: int) -> None:
        if count < 1_000:
            os.kill(os.getpid(), signal.SIGKILL)
        record(job, count)

    BatchedFileLoadJob._advance_record_offset = die  # type: ignore[assignment, method-assign] # noqa: SLF001
    destination = hubspot_timeline(base_url=url, token=token("acme"))
    dlt.pipeline("events", destination=destination).run(rows(1_200), table_name="webinars")


def test_a_load_that_was_killed_goes_on(sandbox: SandboxServer) -> None:
    """Between a request and its record, so that dlt repeats it: each event is there once."""
    process = multiprocessing.get_context("spawn").Process(target=run_and_die, args=(sandbox.url,))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert sandbox.control.counts()["events"] == 1_200

    pipeline(sandbox).load()
    sandbox.control.assert_exactly_once(f"e{n}" for n in range(1_200))
    assert sandbox.control.counts() == sandbox.control.counts() | {"events": 1_200, "requests": 12 + 2}
