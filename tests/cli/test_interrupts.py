"""An interrupt loses no row that was read from a pipe, at whatever instant it comes."""

import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from io import StringIO
from pathlib import Path
from threading import Thread, get_ident, get_native_id
from typing import Any

import pytest
from rich.console import Console

from hubspot_timeline import TimelineClient
from hubspot_timeline.cli.interrupts import Interrupts
from hubspot_timeline.files import read_file
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script

ROWS = b"".join(b'{"eventTemplateId":"1","tokens":{},"email":"%d@example.com"}\n' % n for n in range(3))


class Client:
    """Keeps why it was stopped."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def stop(self, reason: str) -> None:
        """Keep the reason."""
        self.reasons.append(reason)


class InterruptingCounter(Counter[bytes]):
    """Interrupts while the first row is made."""

    def __getitem__(self, key: bytes) -> int:
        if not self:
            signal.raise_signal(signal.SIGINT)
        return super().__getitem__(key)


def interrupted(tmp_path: Path, *, at: str) -> tuple[list[str], str, list[str]]:
    """Read a pipe that is never closed; return the rows, the messages, and why the client was stopped."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    both_ends = os.open(pipe, os.O_RDWR)
    output, client = StringIO(), Client()
    timeline: Any = client
    rows: list[str] = []
    try:
        os.write(both_ends, ROWS)
        with Interrupts(timeline, Console(file=output)) as interrupts:
            occurrences = InterruptingCounter() if at == "making" else Counter[bytes]()
            source = read_file(str(pipe), occurrences=occurrences, waiting=interrupts.waiting)
            if at == "start":
                signal.raise_signal(signal.SIGTERM)
            for row in interrupts.until_interrupted(source):
                if at == "handover" and not rows:
                    signal.raise_signal(signal.SIGINT)
                assert row.event
                rows.append(row.event["email"])
            assert interrupts.received
    finally:
        os.close(both_ends)
    return rows, output.getvalue(), client.reasons


@pytest.mark.parametrize(
    ("app", "code"),
    [
        ("signal.raise_signal(signal.SIGINT)", 130),  # as its libraries are imported
        ("sys.exit(3)", 3),
    ],
)
def test_an_interrupt_outside_a_run_shows_no_traceback(app: str, code: int) -> None:
    """At the start nothing was sent; after the result, the exit code is that of the result."""
    code_of_process = f"""
import signal, sys, types
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.modules["hubspot_timeline.cli.app"] = types.SimpleNamespace(app=lambda **_: {app})
from hubspot_timeline.cli import main
try:
    main()
finally:
    signal.raise_signal(signal.SIGINT)
"""
    ended = subprocess.run([sys.executable, "-c", code_of_process], capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stderr) == (code, "")


@pytest.mark.parametrize("at", ["making", "handover"])
def test_all_rows_that_were_read_are_handed_over(tmp_path: Path, at: str) -> None:
    """Those that are made or only buffered too; nothing more is read, and the message says so."""
    rows, output, reasons = interrupted(tmp_path, at=at)

    assert rows == ["0@example.com", "1@example.com", "2@example.com"]
    assert "The input was not read to its end." in output
    assert reasons == ["the run was interrupted"]


def test_nothing_is_read_after_an_interrupt(tmp_path: Path) -> None:
    """The pipe is not even opened."""
    rows, output, reasons = interrupted(tmp_path, at="start")

    assert (rows, len(reasons)) == ([], 2)  # at once, and when there may be a run
    assert "The input was not read to its end." in output


def test_an_interrupt_that_does_not_end_the_system_call_ends_the_waiting(tmp_path: Path) -> None:
    """Such as one that comes just before it, or that another thread receives."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    both_ends = os.open(pipe, os.O_RDWR)
    timeline: Any = Client()
    kernel_function = Path(f"/proc/self/task/{get_native_id()}/wchan")

    def interrupt() -> None:
        with suppress(OSError):
            for _ in range(100_000):  # until the main thread waits in the system call, where that can be seen
                if b"poll" in kernel_function.read_bytes():
                    break
        signal.pthread_kill(get_ident(), signal.SIGINT)

    interrupter = Thread(target=interrupt)
    try:
        with Interrupts(timeline, Console(file=StringIO())) as interrupts:
            source = read_file(str(pipe), waiting=interrupts.waiting)
            interrupter.start()
            assert list(interrupts.until_interrupted(source)) == []
            interrupter.join()
            assert interrupts.received
    finally:
        os.close(both_ends)


def test_an_interrupt_before_the_run_begins_stops_it() -> None:
    """Such as one that comes while the command opens its files; no event is sent."""
    script, output = Script(), StringIO()
    with (
        TimelineClient("t", httpx_args=script.httpx_args) as timeline,
        Interrupts(timeline, Console(file=output)) as interrupts,
    ):
        signal.raise_signal(signal.SIGINT)
        report = timeline.send(interrupts.until_interrupted(iter(numbered(300))))

    assert (report.unsent, report.total, script.requests) == (300, 300, [])
    assert "the run was interrupted" in str(report.failures[0].error)
