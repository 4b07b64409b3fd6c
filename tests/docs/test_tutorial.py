"""The tutorial and the nightly job work as they stand: commands, Python, and the output that is shown."""

from pathlib import Path

import pytest

from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.command import run_here
from tests.helpers.pages import blocks, run_examples

SET_UP = "make demo"


def test_a_reader_sees_what_the_tutorial_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The blocks in their order, with a sandbox that runs already; `send` comes after the correction of the file."""
    names: dict[str, object] = {}
    shown = ""
    file = tmp_path / "events.jsonl"
    with SandboxServer() as server:
        monkeypatch.setenv("HUBSPOT_TIMELINE_BASE_URL", server.url)
        monkeypatch.setenv("HUBSPOT_TIMELINE_TOKEN", "any")
        for block in blocks("docs/tutorial.md"):
            if block.language == "text":
                assert block.text.splitlines() == shown.splitlines()[-block.text.count("\n") :]
            elif block.language == "json":
                file.write_text(block.text, encoding="utf-8")
            elif block.language == "python":
                run_examples(block.page, [block.text], names)
                shown = capsys.readouterr().out
            elif not block.text.startswith(SET_UP):
                for line in block.text.splitlines():
                    if "send" in line:
                        file.write_text(file.read_text(encoding="utf-8").replace("emial", "email"), encoding="utf-8")
                    ended = run_here(*line.split()[1:], folder=tmp_path, env={"HUBSPOT_TIMELINE_TOKEN": "any"})
                    shown = ended.err + ended.out
        assert server.store.count() == 1 + 3 + 3


def test_the_nightly_job_runs_and_a_second_run_sends_nothing(tmp_path: Path) -> None:
    """The command of its page, twice."""
    [job, *_] = blocks("docs/nightly-job.md", "sh")
    command = job.text.splitlines()[-1].split()[1:]
    (tmp_path / "events.jsonl").write_text('{"eventTemplateId": "1", "email": "ada@example.com", "tokens": {}}\n')
    with SandboxServer() as server:
        env = {"HUBSPOT_TIMELINE_BASE_URL": server.url, "HUBSPOT_TIMELINE_TOKEN": "any"}
        first, second = (run_here(*command, folder=tmp_path, env=env) for _ in range(2))
        assert server.store.count() == 1
    assert (first.code, first.result["created"], first.result["requests"]) == (0, 1, 1)
    assert (second.code, second.result["resumed"], second.result["requests"]) == (0, 1, 0)
