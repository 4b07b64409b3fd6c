"""A comparison as one JSON object."""

import json
from typing import Any

from changes.advice import advice, sentence
from changes.changelog import changelog
from changes.client import Breakage
from changes.pointers import text
from changes.report import DOCUMENT, Comparison, Finding
from changes.todo import todo


def as_json(found: Comparison) -> str:
    """Return everything that is known, with fixed keys."""
    return _dumped({
        "exit": int(found.exit),
        "verdict": found.exit.name.lower(),
        "base": {"revision": found.base.name, "commit": found.base.commit},
        "document": DOCUMENT,
        "stale": found.stale,
        "changes": [_change(finding) for finding in found.findings],
        "client": [_breakage(each) for each in found.client],
        "files": found.inside,
        "version": _version(found),
        "changelog": changelog(found),
        "todo": todo(found),
    })  # fmt: skip


def json_failure(exit_code: int, message: str) -> str:
    """Return the object of a program that has compared nothing."""
    return _dumped({"exit": exit_code, "verdict": "failed", "error": message})


def _change(finding: Finding) -> dict[str, Any]:
    change = finding.change
    return {
        "kind": change.kind,
        "level": finding.level.name.lower(),
        "document_level": change.level.name.lower(),
        "pointer": text(change.pointer),
        "side": "base" if change.removed else "work tree",
        "line": finding.line,
        "subject": change.subject,
        "used_in": sorted(change.use),
        "operations": list(change.operations),
        "sentence": sentence(finding),
        "advice": advice(change),
        "client": [_breakage(each) for each in finding.breaks],
    }


def _breakage(breakage: Breakage) -> dict[str, Any]:
    return {
        "kind": breakage.kind,
        "breaking": breakage.breaking,
        "path": breakage.path,
        "member": breakage.member,
        "sentence": breakage.sentence,
    }


def _version(found: Comparison) -> dict[str, Any] | None:
    if found.level is None:
        return None
    return {
        "from": found.versions.old,
        "to": found.versions.suggested(found.level),
        "rule": found.versions.rule(found.level),
        "in_work_tree": found.versions.new,
        "unreleased": found.versions.unreleased,
    }


def _dumped(value: Any) -> str:
    """Return text that any terminal, file and encoding takes."""
    return json.dumps(value, indent=2) + "\n"
