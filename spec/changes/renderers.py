"""The formats of a report: text, JSON, and annotations of GitHub Actions."""

import json
from collections.abc import Callable

from attrs import asdict

from changes.formatting import code, printable
from changes.report import Report

_SEVERITIES = {"breaking": "error", "warning": "warning"}


def as_text(report: Report) -> str:
    """Return a line for each finding, as compilers print them."""
    lines = []
    for finding in report.findings:
        place = f"{finding.source}:{finding.line}" if finding.line else finding.source
        operations = f" (used by {', '.join(map(code, finding.operations))})" if finding.operations else ""
        lines.append(f"{printable(place)}: {finding.level}: {printable(finding.text)}{operations} [{finding.kind}]\n")
    documents = printable(", ".join(report.documents))
    return "".join(lines) or f"No differences from {code(report.base)} in {documents}.\n"


def as_json(report: Report) -> str:
    """Return everything as one object with fixed keys."""
    return json.dumps({"exit": report.exit, "verdict": report.exit.name.lower(), **asdict(report)}, indent=2) + "\n"


def as_annotations(report: Report) -> str:
    """Return a workflow command for each finding, and one for the result."""
    commands = [_command("notice", report.result, title="make diff")]
    for finding in reversed(report.findings):
        place = {"file": finding.source, "line": finding.line} if finding.line else {}
        command = _command(_SEVERITIES.get(finding.level, "notice"), finding.text, **place, title=finding.kind)
        commands.insert(0, command)
    return "".join(commands)


def _command(name: str, text: str, **properties: object) -> str:
    """Return a workflow command; its syntax has escapes for a few characters."""
    parts = ",".join(f"{key}={_escape(str(value), ':,')}" for key, value in properties.items())
    return f"::{name} {parts}::{_escape(text)}\n"


def _escape(text: str, more: str = "") -> str:
    text = printable(text)
    for letter in f"%{more}":
        text = text.replace(letter, f"%{ord(letter):02X}")
    return text


def render_failure(output_format: str, exit_code: int, message: str) -> str:
    """Return what standard output gets if nothing was compared, for programs that read nothing else."""
    if output_format == "json":
        return json.dumps({"exit": exit_code, "verdict": "failed", "error": message}, indent=2) + "\n"
    return _command("error", message, title="make diff: nothing was compared") if output_format == "github" else ""


FORMATS: dict[str, Callable[[Report], str]] = {"text": as_text, "json": as_json, "github": as_annotations}
