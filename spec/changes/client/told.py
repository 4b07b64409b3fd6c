"""Breakages in words."""

from collections.abc import Sequence

from changes.client_breakages import Breakage
from changes.formatting import several


def broken(breaks: Sequence[Breakage]) -> list[str]:
    """Return a line for each breakage; all arguments of one function that stand elsewhere share one."""
    result: dict[str, list[str]] = {}
    for each in breaks:
        if each.kind == "parameter-moved":
            name, _, said = each.sentence.partition("` ")
            result.setdefault(f"{each.path} {said}", [said]).append(f"{name}`")
    lines = [each.sentence for each in breaks if each.kind != "parameter-moved"]
    return lines + [f"{several(names)} {said}" for said, *names in result.values()]
