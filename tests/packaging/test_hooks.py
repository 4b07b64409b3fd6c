"""`.pre-commit-hooks.yaml`: the hook passes for valid files, and fails with the line of an invalid event."""

import re
import shlex
from pathlib import Path

import yaml

from tests.helpers.command import Ended, run_here
from tests.helpers.document import ROOT

[HOOK] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
EVENT = '{"eventTemplateId":"1000123","id":"a","tokens":{"webinarName":"Launch day"},"email":"ada@example.com"}\n'


def commit(folder: Path, *arguments: str) -> Ended:
    """Do as pre-commit does: run the entry with the arguments and with the names of the files that the hook is for."""
    command, *entry = shlex.split(HOOK["entry"])
    assert command == "hubspot-timeline"
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    return run_here(*entry, *arguments, *(name for name in names if re.search(HOOK["files"], name)), folder=folder)


def test_valid_files_pass(tmp_path: Path) -> None:
    """With the templates that an argument names; other files are left alone."""
    (tmp_path / "fixtures").mkdir()
    (tmp_path / "fixtures/events-2026.jsonl").write_text(EVENT)
    (tmp_path / "events.csv").write_text("id,eventTemplateId,email,tokens.webinarName\nb,1000123,ada@example.com,x\n")
    (tmp_path / "others.jsonl").write_text("{}\n")
    ended = commit(tmp_path, "--templates", str(ROOT / "samples/templates.json"))
    assert (ended.code, ended.out) == (0, "2 events read: 2 valid, 0 not.\n"), ended.err


def test_an_invalid_event_fails_with_its_line(tmp_path: Path) -> None:
    """And with what is wrong with it."""
    (tmp_path / "events.jsonl").write_text(EVENT + EVENT.replace("email", "emial"))
    ended = commit(tmp_path)
    assert ended.code == 1, ended.out
    assert "events.jsonl:2: " in ended.err
    assert "emial" in ended.err
