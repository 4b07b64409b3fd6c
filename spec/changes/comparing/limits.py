"""What a schema allows: words, sizes, patterns."""

from collections.abc import Iterator
from typing import Any

from changes.change import Change, Place
from changes.change_kinds import Kind
from changes.compare import MISSING, same, turned
from changes.formatting import code

_AT_MOST = {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"}
_AT_LEAST = {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"}
_WORDS = {"enum", "const"}  # of which the client knows these and no others
LIMITS = _AT_MOST | _AT_LEAST | {"pattern", "multipleOf", "uniqueItems", "const", "not"}


def limit_change(place: Place, key: str, old: Any, new: Any) -> Change:
    """Return how a limit changed: what allows less is tighter."""
    kind = _kind(key, old, new)
    return place.below(key).change(kind, f"has {code(key)} {turned(old, new)}", removed=new is MISSING)


def _kind(key: str, old: Any, new: Any) -> Kind:
    if key == "uniqueItems":
        return Kind.LIMIT_TIGHTER if new is True else Kind.LIMIT_LOOSER
    if old is MISSING and key in _WORDS:
        return Kind.ENUM_ADDED
    if old is MISSING or new is MISSING:
        return Kind.LIMIT_TIGHTER if old is MISSING else Kind.LIMIT_LOOSER
    if key not in _AT_MOST | _AT_LEAST or not (_number(old) and _number(new)):
        return Kind.LIMIT_CHANGED
    return Kind.LIMIT_TIGHTER if (new < old) == (key in _AT_MOST) else Kind.LIMIT_LOOSER


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def word_changes(place: Place, old: Any, new: Any) -> Iterator[Change]:
    """Yield each word that an enum got or lost; an enum where there was none is another type."""
    below = place.below("enum")
    if not isinstance(old, list) or not isinstance(new, list):
        yield limit_change(place, "enum", old, new)
        return
    for word in new:
        if not any(same(word, each) for each in old):
            yield below.change(Kind.WORD_ADDED, f"has the new word {code(word)}")
    for word in old:
        if not any(same(word, each) for each in new):
            yield below.change(Kind.WORD_REMOVED, f"has the word {code(word)} no more")
