"""Which files hold a path that the document has no more."""

import re
from pathlib import Path
from typing import Any

from changes.revisions import holding

_NOT_BY_HAND = ("generated/", "spec/timeline-v3.yaml", "spec/seed.txt")  # the last is the page as it was captured


def mentions(root: Path, old: Any, new: Any) -> dict[str, list[str]]:
    """Return, by the path that is gone, the files of the work tree that git knows and that are written by hand."""
    before, now = (document.get("paths") for document in (old, new))
    gone = [path for path in before if path not in (now or ())] if isinstance(before, dict) else []
    found = {path: [name for name in holding(root, path) if _holds(root / name, path)] for path in gone}
    return {path: kept for path, names in found.items() if (kept := [name for name in names if _by_hand(name)])}


def _by_hand(name: str) -> bool:
    return not name.startswith(_NOT_BY_HAND)


def _holds(file: Path, path: str) -> bool:
    """Say whether a file has the very path, and not only one that is longer."""
    text = file.read_text(encoding="utf-8", errors="replace")
    return re.search(rf"{re.escape(path)}(?![\w/{{-])", text) is not None
