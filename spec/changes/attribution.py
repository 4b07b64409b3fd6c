"""Which change of the document broke what in the client."""

from collections import defaultdict

from changes.change import Change, Touch
from changes.change_kinds import Level
from changes.client_breakages import Breakage

Caused = dict[int, list[Breakage]]


def caused(changes: list[Change], broken: list[Breakage]) -> tuple[Caused, list[Breakage]]:
    """Return the breakages under the number of the change that fits best, and those that fit none.

    A type that changed is told only where no change of the document says it already.
    """
    result: Caused = defaultdict(list)
    rest = []
    for breakage in broken:
        scores = [_best(change, breakage) for change in changes]
        best = max(scores, default=0)
        if not best:
            rest.append(breakage)
        elif breakage.kind != "type-changed":
            result[scores.index(best)].append(breakage)
    return dict(result), rest


def _best(change: Change, breakage: Breakage) -> int:
    """Return how well a change explains a breakage; other words for people explain none."""
    if change.level < Level.COMPATIBLE:
        return 0
    return max((_score(touch, breakage) for touch in change.touches), default=0)


def _score(touch: Touch, breakage: Breakage) -> int:
    """Return 3 for the very member, 2 for all of the part, 1 for what changes with any of its members."""
    path = breakage.path
    if not (_inside(path, touch.scope) or _inside(touch.scope, path) or _alias(path, touch.scope)):
        return 0
    if touch.member and touch.member in {breakage.member, path.rpartition(".")[2]}:
        return 3
    if not touch.member:
        return 0 if breakage.kind == "type-changed" and not _of_whole(breakage) else 2
    return 1 if breakage.kind == "parameter-moved" else 0


def _of_whole(breakage: Breakage) -> bool:
    """Say whether a type is that of a whole answer or map, and not of a member with changes of its own."""
    return breakage.member == "return" or breakage.path.endswith(".additional_properties")


def _inside(path: str, scope: str) -> bool:
    return path == scope or path.startswith(f"{scope}.")


def _alias(path: str, scope: str) -> bool:
    """Say whether a path is a class of a module under the name that its package gives it."""
    package, _, module = scope.rpartition(".")
    parent, _, name = path.rpartition(".")
    return parent == package and name.lower() == module.replace("_", "")
