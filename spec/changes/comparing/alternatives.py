"""Schemas of which one, any or all have to fit."""

from collections.abc import Iterator
from typing import Any

from changes.change import Change, Place
from changes.change_kinds import Kind
from changes.compare import MISSING, same, turned
from changes.comparing.types import allowed
from changes.formatting import code

ALTERNATIVES = {"oneOf", "anyOf", "allOf"}
_OVERLAPS = ", which may overlap another: what fits both is refused"


def alternative_changes(place: Place, key: str, old: Any, new: Any) -> Iterator[Change]:
    """Yield each member that a choice got or lost; those of `allOf` are no choice but further limits."""
    below = place.below(key)
    if not isinstance(old, list) or not isinstance(new, list):
        yield below.change(Kind.LIMIT_CHANGED, f"has {code(key)} {turned(old, new)}", removed=new is MISSING)
        return
    for member in _only_in(new, old):
        overlaps = key == "oneOf" and any(_overlap(member, each) for each in new if each is not member)
        kind = Kind.MEMBER_OVERLAPS if overlaps else Kind.LIMIT_TIGHTER if key == "allOf" else Kind.TYPE_WIDENED
        yield below.change(kind, f"has the new member {code(member)} in {code(key)}{_OVERLAPS * overlaps}")
    fewer = Kind.LIMIT_LOOSER if key == "allOf" else Kind.TYPE_NARROWED
    for member in _only_in(old, new):
        yield below.change(fewer, f"has no more the member {code(member)} in {code(key)}")


def _only_in(members: list[Any], others: list[Any]) -> list[Any]:
    return [member for member in members if not any(same(member, each) for each in others)]


def _overlap(one: Any, other: Any) -> bool:
    """Say whether a value may fit two schemas, as far as their types tell; what is referred to may have any."""
    return bool(_types(one) & _types(other))


def _types(schema: Any) -> frozenset[str]:
    if not isinstance(schema, dict):
        return allowed(MISSING)
    return allowed(schema.get("type", MISSING)) | ({"null"} if schema.get("nullable") is True else set())
