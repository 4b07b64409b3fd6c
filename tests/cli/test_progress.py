"""A terminal shows a bar as long as the files; elsewhere progress is lines of text or JSON."""

import gzip
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from hubspot_timeline import Progress
from hubspot_timeline.cli.progress import progress
from hubspot_timeline.cli.slice import Slice
from hubspot_timeline.cli.target import Target

PROGRESS = Progress(
    read=2_000, in_flight=0, created=1_990, rejected=9, unconfirmed=0, unsent=1, resumed=0, requests=20, retried=0,
    waited=0.0, seconds=2.0,
)  # fmt: skip


def on_a_terminal(files: Sequence[str], part: Slice = Slice()) -> str:  # noqa: B008 - it is frozen
    output = StringIO()
    console = Console(file=output, force_terminal=True, width=120, color_system=None)
    with progress(console, files, part, as_json=False) as show:
        show(PROGRESS)
    return output.getvalue()


def test_a_terminal_shows_how_far_the_run_is(tmp_path: Path) -> None:
    """The counts are beside the bar, whose length is the number of lines."""
    rows = tmp_path / "rows.jsonl"
    rows.write_text("{}\n" * 4_000)

    shown = on_a_terminal([str(rows)])

    assert "2,000 read, 1,990 created, 9 failed, 1 unsent, 1,000 a second" in shown
    assert "━" * 20 in shown
    assert "━" * 21 not in shown  # half of the lines, so half of the bar
    assert "━" * 40 in on_a_terminal([str(rows)], Slice(500, 2_000))
    assert "━" * 40 in on_a_terminal([str(rows)], Slice(2_000))


@pytest.mark.parametrize("name", ["-", "rows.jsonl.gz", "none.jsonl", ".", "x" * 5_000])
def test_a_run_of_unknown_length_shows_its_counts(tmp_path: Path, name: str) -> None:
    """The number of rows is not known before they are read."""
    (tmp_path / "rows.jsonl.gz").write_bytes(gzip.compress(b"{}\n"))

    assert "2,000 read" in on_a_terminal([name if name == "-" else str(tmp_path / name)])


def test_a_sandbox_that_has_died_has_no_event_count() -> None:
    """The report has the outcomes."""
    assert Target("http://127.0.0.1:9", "t", is_sandbox=True).event_count() is None
    assert Target("https://api.hubapi.com", "t").event_count() is None
