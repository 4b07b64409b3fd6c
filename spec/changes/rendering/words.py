"""A comparison for people at a terminal."""

from collections.abc import Iterator

from changes.advice import sentence
from changes.change_kinds import Level
from changes.changelog import changelog
from changes.client import broken
from changes.formatting import code
from changes.rendering.parts import GROUPS, STALE, group, operations, place, version
from changes.report import DOCUMENT, Comparison, Finding
from changes.todo import todo


def words(found: Comparison) -> str:
    """Return the groups, worst first, then what is to be done."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Comparison) -> Iterator[str]:
    if found.stale:
        yield from (f"Warning: {STALE}.", "")
    if found.level is None:
        yield f"Nothing that matters changed in {DOCUMENT} and the client since {code(found.base.name)}."
    for level, title in GROUPS:
        yield from _group(found, level, title)
    yield from _list("The client, where no change of the document explains it", broken(found.client))
    yield from _list("The code of the client, but none of its names", found.inside)
    if found.level is not None:
        yield from (f"Version: {version(found)}", "")
        yield from _list("CHANGELOG.md, a draft", changelog(found), mark="")
    yield from _list("What remains to be done", todo(found))


def _group(found: Comparison, level: Level, title: str) -> Iterator[str]:
    findings = [finding for finding in found.findings if group(finding.level) is level]
    if findings:
        yield f"{title} ({len(findings)})"
        for finding in findings:
            yield from _finding(found, finding)
        yield ""


def _finding(found: Comparison, finding: Finding) -> Iterator[str]:
    concerns = operations(finding)
    yield f"  - {sentence(finding)}"
    yield f"    {place(found, finding)}{f' · {concerns}' if concerns else ''}"
    for line in broken(finding.breaks):
        yield f"    client: {line}"


def _list(title: str, items: list[str], mark: str = "- ") -> Iterator[str]:
    if items:
        yield title
        for item in items:
            yield from (f"  {mark}{line}" for line in item.splitlines())
        yield ""
