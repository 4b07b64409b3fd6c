"""docs/changes.md tells of every kind, code, key and format that there is, and its fragment for CI works."""

import os
import re
import subprocess
import sys
from pathlib import Path

import yaml
from attrs import evolve

from changes.change_kinds import VERDICTS
from changes.errors import Exit
from changes.rendering import FORMATS
from tests.helpers.changed_document import Scratch, scratch
from tests.helpers.document import ROOT
from tests.spec.test_changes_rendering import comparison

TEXT = (ROOT / "docs/changes.md").read_text(encoding="utf-8")
[WORKFLOW] = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def rows(title: str, end: str) -> list[list[str]]:
    """Return the cells of the first table below a title."""
    part = TEXT.partition(title)[2].partition(end)[0]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in part.splitlines() if line.startswith("|")][2:]


def test_every_kind_stands_under_its_verdict() -> None:
    """In requests and in answers."""
    told = {
        kind: (request, answer)
        for request, answer, kinds in rows("## What the levels mean", "\n- ")
        for kind in re.findall(r"`([a-z-]+)`", kinds)
    }
    assert told == {
        kind.value: (verdict.request.name.lower(), verdict.answer.name.lower()) for kind, verdict in VERDICTS.items()
    }


def test_every_exit_code_has_its_row() -> None:
    """With its word in JSON."""
    told = {int(code): verdict for code, verdict, _ in rows("## Exit codes", "The last line")}
    assert told == {int(each): each.name.lower() if each < Exit.CANNOT else "failed" for each in Exit}


def test_every_key_of_the_json_has_its_row() -> None:
    """And every format its word."""
    keys = ", ".join(row[0] for row in rows("prints one object", "\f"))
    found = FORMATS["json"](evolve(comparison(), findings=[]))
    assert re.findall(r"`(\w+)`", keys) == re.findall(r'^  "(\w+)"', found, re.MULTILINE)
    assert all(re.search(rf"\b{name}\b", TEXT) for name in FORMATS)


def ended(clone: Scratch, script: str) -> int:
    """Run a step of the workflow as its shell does, in an environment as it would be."""
    (clone.root / ".venv/bin").mkdir(parents=True, exist_ok=True)
    python = clone.root / ".venv/bin/python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    environment = os.environ | {"PYTHONPATH": "spec", "BASE": "HEAD"}
    done = subprocess.run(["bash", "-e", "-c", script], cwd=clone.root, env=environment, check=False)  # noqa: S607
    return done.returncode


def test_the_workflow_stops_at_what_breaks_and_at_what_failed(tmp_path: Path) -> None:
    """And lets pass what is compatible."""
    [job] = yaml.safe_load(WORKFLOW)["jobs"].values()
    script = job["steps"][-1]["run"]
    clone = scratch(tmp_path)

    clone.replace("description: The vendor's production host.", "description: The host.")
    assert ended(clone, script) == 0
    clone.replace("propertyNames:", "propertyWords:")
    assert ended(clone, script) == 1
    clone.write("spec/timeline-v3.yaml", "[")
    assert ended(clone, script) == 3
