"""docs/changes.md is complete: every kind, exit code, JSON key and format; its workflow works."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import yaml

from changes.change_kinds import Kind
from changes.renderers import FORMATS
from changes.report import Exit, Report
from tests.helpers.changed_document import DOCUMENT, Scratch, scratch
from tests.helpers.document import ROOT

TEXT = (ROOT / "docs/changes.md").read_text(encoding="utf-8")
[WORKFLOW] = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def rows(title: str) -> list[list[str]]:
    """Return the cells of the first table after a title."""
    [table] = re.findall(rf"{title}.*?\n\|[^\n]*\n\|[-|]*\n(.*?)\n(?:[^|]|$)", TEXT + "\n", re.DOTALL)
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]


def test_each_kind_is_listed_with_its_levels() -> None:
    """The table has the levels in requests and in responses."""
    documented = {
        kind: (request, response)
        for request, response, kinds in rows("## What the levels mean")
        for kind in re.findall(r"`([a-z-]+)`", kinds)
    }
    assert documented == {kind.value: (kind.request.name.lower(), kind.response.name.lower()) for kind in Kind}


def test_each_exit_code_is_listed_with_its_verdict() -> None:
    """All codes from 3 on are failures."""
    documented = {int(code): verdict for code, verdict, _ in rows("## Exit codes")}
    assert documented == {int(each): each.name.lower() if each < Exit.FAILED else "failed" for each in Exit}


def test_each_json_key_and_format_is_listed() -> None:
    """No key is documented that does not exist."""
    keys = re.findall(r"`(\w+)`", " ".join(row[0] for row in rows("`--format=json` prints")))
    assert keys == list(json.loads(FORMATS["json"](Report([], "", "", []))))
    assert "as text, json or github" in TEXT
    assert list(FORMATS) == ["text", "json", "github"]


def exit_code(repository: Scratch, script: str) -> int:
    """Run a step of the workflow as GitHub's shell does."""
    (repository.root / ".venv/bin").mkdir(parents=True, exist_ok=True)
    python = repository.root / ".venv/bin/python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    environment = os.environ | {"PYTHONPATH": "spec", "BASE": "HEAD"}
    command = ["bash", "-e", "-c", script]
    return subprocess.run(command, cwd=repository.root, env=environment, check=False).returncode


def test_the_workflow_fails_for_breaking_changes_and_failures(tmp_path: Path) -> None:
    """It passes compatible changes."""
    [job] = yaml.safe_load(WORKFLOW)["jobs"].values()
    script = job["steps"][-1]["run"]
    repository = scratch(tmp_path)

    repository.replace("description: The vendor's production host.", "description: The host.")
    assert exit_code(repository, script) == 0
    repository.replace("propertyNames:", "propertyWords:")
    assert exit_code(repository, script) == 1
    repository.write(DOCUMENT, "[")
    assert exit_code(repository, script) == 3
