"""A comparison as Markdown, for a comment on a pull request. Texts of the document stand in code spans only."""

from collections.abc import Iterator

from changes.advice import sentence
from changes.changelog import changelog
from changes.client import broken
from changes.formatting import code
from changes.rendering.parts import GROUPS, STALE, ending, group, operations, place, version
from changes.report import DOCUMENT, Comparison, Finding
from changes.todo import todo


def markdown(found: Comparison) -> str:
    """Return a heading for each group."""
    return "\n".join(_lines(found)).strip() + "\n"


def _lines(found: Comparison) -> Iterator[str]:
    yield from (f"## {code(DOCUMENT)} since {code(found.base.name)}", "", f"**{ending(found)}**", "")
    if found.stale:
        yield from (f"> **Warning:** {STALE}.", "")
    for level, title in GROUPS:
        findings = [finding for finding in found.findings if group(finding.level) is level]
        yield from _list(f"{title} ({len(findings)})", [line for each in findings for line in _finding(found, each)])
    yield from _list("The client, where no change of the document explains it", _items(broken(found.client)))
    yield from _list("The code of the client, but none of its names", _items([code(each) for each in found.inside]))
    if found.level is not None:
        yield from ("### Version", "", version(found), "")
        yield from _list("CHANGELOG.md, a draft", ["```markdown", *changelog(found), "```"])
    yield from _list("What remains to be done", [f"- [ ] {item}" for item in todo(found)])


def _finding(found: Comparison, finding: Finding) -> Iterator[str]:
    concerns = operations(finding)
    yield f"- {sentence(finding)} {code(place(found, finding))}{f' ({concerns})' if concerns else ''}"
    for line in broken(finding.breaks):
        yield f"  - client: {line}"


def _items(lines: list[str]) -> list[str]:
    return [f"- {line}" for line in lines]


def _list(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield from (f"### {title}", "", *lines, "")
