"""The whole comparison: what was changed, what it breaks, what stands in the way of knowing."""

import json
import tempfile
from pathlib import Path

from attrs import field, frozen

from changes import naming
from changes.change import Change
from changes.change_kinds import Level, Use
from changes.client import Breakage, breakages, caused, changed_inside
from changes.comparing import compare
from changes.document import Document, read
from changes.errors import Exit
from changes.mentions import mentions
from changes.pointers import found
from changes.references import reach
from changes.revisions import Revision, revision
from changes.version import Versions
from changes.worktree import content, versions

DOCUMENT = "spec/timeline-v3.yaml"
CLIENT = f"generated/{naming.PACKAGE}"


@frozen
class Finding:
    """One change with what it breaks in the client; `level` is the worse of the two.

    `line` is where it stands, or stood; `near` is the line in the work tree that is nearest to it; `notes` are the keys
    that begin with `x-` there.
    """

    change: Change
    breaks: tuple[Breakage, ...]
    level: Level
    line: int
    near: int
    notes: frozenset[str] = frozenset()


@frozen
class Comparison:
    """All that is known of the way from one state to the other.

    `client` is what the client breaks and no change of the document explains; `inside` are files that differ though
    neither the document nor any name does; `mentions` are files by the path that they hold and the document lost.
    """

    base: Revision
    findings: list[Finding]
    client: list[Breakage]
    inside: list[str]
    stale: bool
    versions: Versions
    mentions: dict[str, list[str]] = field(factory=dict)

    @property
    def level(self) -> Level | None:
        """The worst of all; None for no change."""
        levels = [finding.level for finding in self.findings]
        levels += [_level(breakage) for breakage in self.client] + [Level.COMPATIBLE] * bool(self.inside)
        return max(levels, default=None)

    @property
    def exit(self) -> Exit:
        """What the program ends with."""
        if self.level is None:
            return Exit.SAME
        return Exit.BREAKING if self.level is Level.BREAKING else Exit.COMPATIBLE


def comparison(root: Path, base: str) -> Comparison:
    """Compare the work tree with a revision; raise CannotCompareError where that cannot be done."""
    before = revision(root, base)
    old = read(f"{base}:{DOCUMENT}", before.file(DOCUMENT))
    new = read(DOCUMENT, content(root / DOCUMENT))
    with tempfile.TemporaryDirectory() as folder:
        before.unpack(CLIENT, Path(folder))
        parents = Path(folder) / "generated", root / "generated"
        broken = breakages(*parents, base)
        files = changed_inside(*(parent / naming.PACKAGE for parent in parents))
    answers = _only_in_answers(old, new)
    broken = [each.where_only_read(answers) for each in broken]
    changes = compare(old.data, new.data)
    by_change, rest = caused(changes, broken)
    findings = [_finding(change, by_change.get(number, []), old, new) for number, change in enumerate(changes)]
    return Comparison(
        before, sorted(findings, key=lambda finding: -finding.level), rest, [] if changes or rest else files,
        _stale(root, new), versions(root, before), mentions(root, old.data, new.data),
    )  # fmt: skip


def _finding(change: Change, broken: list[Breakage], old: Document, new: Document) -> Finding:
    level = max([change.level, *(_level(each) for each in broken)])
    line = (old if change.removed else new).line(change.pointer)
    part = found(new.data, change.pointer)
    notes = frozenset(key for key in part if key.startswith("x-")) if isinstance(part, dict) else frozenset[str]()
    return Finding(change, tuple(broken), level, line, new.line(change.pointer), notes)


def _level(breakage: Breakage) -> Level:
    return Level.BREAKING if breakage.breaking else Level.COMPATIBLE


def _only_in_answers(old: Document, new: Document) -> set[str]:
    """Return the modules of models that callers read and never send, so that only their tests build them."""
    uses = reach(old.data, new.data).uses
    return {naming.model(pointer[-1]) for pointer, use in uses.items() if use == {Use.ANSWER}}


def _stale(root: Path, document: Document) -> bool:
    """Say whether the client was written from another document than the one that is there."""
    shipped = content(root / CLIENT / "timeline-v3.json").decode(errors="replace")
    return shipped != f"{json.dumps(document.data, ensure_ascii=False, indent=1, default=str)}\n"
