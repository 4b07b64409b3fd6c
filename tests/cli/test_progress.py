"""A person at a terminal sees a bar, a log plain lines, a program lines of JSON; what nobody knows is left out."""

import gzip
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from hubspot_timeline import Progress
from hubspot_timeline.cli.progress import progress
from hubspot_timeline.cli.target import Target

SO_FAR = Progress(
    read=2_000, in_flight=0, created=1_990, rejected=9, unconfirmed=0, unsent=1, resumed=0, requests=20, retried=0,
    waited=0.0, seconds=2.0,
)  # fmt: skip


def on_a_terminal(files: Sequence[str]) -> str:
    written = StringIO()
    console = Console(file=written, force_terminal=True, width=120, color_system=None)
    with progress(console, files, as_json=False) as show:
        show(SO_FAR)
    return written.getvalue()


def test_a_terminal_shows_how_far_the_run_is(tmp_path: Path) -> None:
    """In numbers beside the bar, which is as long as the files have lines."""
    rows = tmp_path / "rows.jsonl"
    rows.write_text("{}\n" * 4_000)

    shown = on_a_terminal([str(rows)])

    assert "2,000 read, 1,990 created, 10 failed, 1,000 a second" in shown
    assert "━" * 20 in shown
    assert "━" * 21 not in shown  # half of the lines, so half of the bar


@pytest.mark.parametrize("name", ["-", "rows.jsonl.gz", "none.jsonl", ".", "x" * 5_000])
def test_a_run_whose_length_nobody_knows_is_shown_without_one(tmp_path: Path, name: str) -> None:
    """Only reading would tell how many rows there are; the numbers are there all the same."""
    (tmp_path / "rows.jsonl.gz").write_bytes(gzip.compress(b"{}\n"))

    assert "2,000 read" in on_a_terminal([name if name == "-" else str(tmp_path / name)])


def test_a_sandbox_that_has_died_holds_nobody_knows_how_much() -> None:
    """The report shows better what became of the events."""
    assert Target("http://127.0.0.1:9", "t", is_sandbox=True).events_held() is None
    assert Target("https://api.hubapi.com", "t").events_held() is None
