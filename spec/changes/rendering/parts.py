"""What all formats say alike."""

from changes.change_kinds import Level
from changes.formatting import code, several, visible
from changes.report import DOCUMENT, Comparison, Finding

STALE = "generated/ was written from another document: run `make client` first, what it breaks is not known yet"
_DOUBT = ", by the document only: its client is not current; run `make client`, then `make diff` again"
GROUPS = ((Level.BREAKING, "Breaking"), (Level.COMPATIBLE, "Compatible"), (Level.NOTE, "Notes"))
_MANY = 4


def group(level: Level) -> Level:
    """Return the group that a level is shown in: documentation stands among the notes."""
    return Level.NOTE if level is Level.DOCUMENTATION else level


def place(found: Comparison, finding: Finding) -> str:
    """Return where a change is looked at; what is gone, in the older document."""
    before = f"{visible(found.base.name)}:" if finding.change.removed else ""
    return f"{before}{DOCUMENT}:{finding.line}"


def operations(finding: Finding) -> str:
    """Return which operations a change concerns, where its sentence does not begin with one."""
    names = finding.change.operations
    if not names or names == (finding.change.subject,):
        return ""
    return several([code(name) for name in names]) if len(names) <= _MANY else f"{len(names)} operations"


def version(found: Comparison) -> str:
    """Return the suggested version with its reason; empty for no change."""
    if found.level is None:
        return ""
    versions = found.versions
    line = f"{versions.old} → {versions.suggested(found.level)} ({versions.rule(found.level)})"
    if versions.new != versions.old:
        enough = "already" if versions.says_enough(found.level) else "only"
        return f"{line}; pyproject.toml says {versions.new} {enough}"
    unreleased = f"; CHANGELOG.md calls {versions.old} unreleased, so that it may stay until it is out"
    return line + unreleased * versions.unreleased


def ending(found: Comparison) -> str:
    """Return the last line: the exit code in words."""
    return f"exit {int(found.exit)}: {found.exit.name.lower()}{_DOUBT * found.stale}"
