"""Lines for CHANGELOG.md, to be finished by a person."""

import re
import textwrap

from changes.change_kinds import Level
from changes.client import broken
from changes.report import Comparison, Finding

_WIDTH = 120
_BLANK = "\0"  # stands for a blank between backticks, where no line may end: the next might begin as a list does


def changelog(found: Comparison) -> list[str]:
    """Return an item for each change that callers see, and one for all that is only said in other words."""
    facts = [(finding.level, _fact(finding)) for finding in found.findings]
    facts += [(Level.BREAKING, breakage.sentence) for breakage in found.client if breakage.breaking]
    items = [_item(level, fact) for level, fact in dict.fromkeys(facts) if level >= Level.COMPATIBLE]
    if any(level is Level.DOCUMENTATION for level, _ in facts):
        items.append("- The document says some things in other words.")
    return items


def _fact(finding: Finding) -> str:
    """Return what changed; with what breaks, where the change alone does not say it."""
    if finding.level <= finding.change.level:
        return finding.change.fact
    return "; ".join([finding.change.fact, *broken([each for each in finding.breaks if each.breaking])])


def _item(level: Level, fact: str) -> str:
    words = f"{'Breaking: ' if level is Level.BREAKING else ''}{fact}."
    kept = re.sub(r"`[^`]*`", lambda span: span.group().replace(" ", _BLANK), words)
    filled = textwrap.fill(
        kept, _WIDTH, initial_indent="- ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
    return filled.replace(_BLANK, " ")
