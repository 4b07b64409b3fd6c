"""How callers prove who they are."""

from collections.abc import Iterator
from typing import Any

from changes.change import Change, Place
from changes.change_kinds import Kind
from changes.compare import MISSING, same, turned
from changes.formatting import code


def security_changes(place: Place, old: Any, new: Any) -> Iterator[Change]:
    """Yield each way in that an operation got or lost."""
    if not (isinstance(old, list) and isinstance(new, list) and old and new):
        yield place.change(Kind.SECURITY_CHANGED, f"has {code('security')} {turned(old, new)}", removed=new is MISSING)
        return
    for way in new:
        if not any(same(way, each) for each in old):
            yield place.change(Kind.SECURITY_ADDED, f"may be called with {_said(way)}, too")
    for way in old:
        if not any(same(way, each) for each in new):
            yield place.change(Kind.SECURITY_REMOVED, f"takes {_said(way)} no more")


def _said(way: Any) -> str:
    return code(" + ".join(way)) if isinstance(way, dict) and way else "nothing"
