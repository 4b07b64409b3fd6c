"""`--metrics-file` writes the last run for the textfile collector of Prometheus, also if it fails."""

import os
from contextlib import suppress
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from hubspot_timeline import Report
from hubspot_timeline.cli.metrics_file import MetricsFile
from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.command import Ended, run_here

LINE = '{"eventTemplateId":"1","tokens":{},"email":"ada@example.com"}\n'
TOKEN = {"HUBSPOT_TIMELINE_TOKEN": "very-secret"}
PREFIX = "hubspot_timeline_last_run_"


def samples(path: Path) -> dict[str, float]:
    """Return the samples of the file by their names, outcomes instead of `events`; all have the label `run`."""
    found = {}
    for family in text_string_to_metric_families(path.read_text(encoding="utf-8")):
        assert (family.type, bool(family.documentation)) == ("gauge", True)
        for sample in family.samples:
            assert sample.labels["run"] == path.stem
            found[sample.labels.get("outcome", sample.name.removeprefix(PREFIX))] = sample.value
    return found


def send(folder: Path, *arguments: object, metrics: object = "nightly.prom", command: str = "send") -> Ended:
    return run_here(command, *arguments, "--metrics-file", metrics, folder=folder, env=TOKEN)


@pytest.mark.parametrize("command", ["send", "retry"])
def test_a_run_is_written(tmp_path: Path, sandbox: SandboxServer, command: str) -> None:
    """With its counts, and nothing beside it."""
    (tmp_path / "rows.jsonl").write_text(LINE * 3)
    ended = send(tmp_path, "--base-url", sandbox.url, "--json", "rows.jsonl", command=command)

    written = samples(tmp_path / "nightly.prom")
    assert ended.code == 0
    assert written.pop("end_time_seconds") > 1_700_000_000
    assert round(written.pop("duration_seconds"), 3) == ended.result["seconds"]
    counts = {"created": 3, "rejected": 0, "unconfirmed": 0, "unsent": 0}
    assert written == {**counts, "requests": 1, "retries": 0, "success": 1}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nightly.prom", "rows.jsonl"]


def test_a_failed_run_replaces_the_last_one(tmp_path: Path, sandbox: SandboxServer) -> None:
    """Whether some events failed, none could be read, or an error ended it, with what was counted until then."""
    (tmp_path / "rows.jsonl").write_text(LINE + "{}\n")
    (tmp_path / "journal").write_text("of something else\n")
    codes, successes = [], []
    for arguments in (["rows.jsonl"], ["missing.jsonl"], ["--journal", "journal", "rows.jsonl"], ["--accounts", "x"]):
        (tmp_path / "nightly.prom").write_text("of the run before")
        codes.append(send(tmp_path, "--base-url", sandbox.url, *arguments).code)
        text = (tmp_path / "nightly.prom").read_text()
        successes.append(None if text == "of the run before" else samples(tmp_path / "nightly.prom")["success"])
        if codes == [1]:
            assert 'outcome="created"} 1\n' in text

    assert codes == [1, 2, 2, 2]
    assert successes == [0, 0, 0, None]  # bad usage is no run


def test_an_error_that_ends_a_run_brings_its_report(tmp_path: Path) -> None:
    """As each error has that `send` raises."""
    error = ValueError()
    vars(error)["report"] = Report(created=2)
    with suppress(ValueError), MetricsFile(tmp_path / "nightly.prom"):
        raise error
    written = samples(tmp_path / "nightly.prom")
    assert (written["created"], written["success"]) == (2, 0)


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path, sandbox: SandboxServer) -> None:
    """Before the run if that can be known; after it the other results stay as they are."""
    (tmp_path / "rows.jsonl").write_text(LINE)
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("rows.jsonl")
    for name, reason in {
        "missing/nightly.prom": "and its folder does not exist; create it",
        **dict.fromkeys(["", ".", "folder", "pipe", "x\udcff.prom"], "not the name of a file; give one"),
        **dict.fromkeys(["rows.jsonl", "./rows.jsonl", "link", "run.journal", "failed"], "give a file of its own"),
    }.items():
        options = ["--journal", "run.journal", "--dead-letters", "failed", "rows.jsonl"]
        before = send(tmp_path, "--base-url", sandbox.url, *options, metrics=name)
        assert (before.code, sandbox.store.count()) == (2, 0)
        assert reason in before.err
    assert (tmp_path / "rows.jsonl").read_text() == LINE

    after = send(tmp_path, "--base-url", sandbox.url, "--json", "rows.jsonl", metrics="x" * 255)
    assert (after.code, after.result["created"]) == (1, 1)
    assert "cannot be written: File name too long" in after.err
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "pipe", "link", "rows.jsonl"}


def test_its_name_may_be_anything(tmp_path: Path, sandbox: SandboxServer) -> None:
    """It becomes a label."""
    (tmp_path / "rows.jsonl").write_text(LINE)
    name = 'the "nightly" job\\é.prom'
    assert send(tmp_path, "--base-url", sandbox.url, "rows.jsonl", metrics=name).code == 0
    assert samples(tmp_path / name)["success"] == 1
