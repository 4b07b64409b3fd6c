"""The generic comparison: two values of the document, key by key, by a table of rules."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve, field, frozen

from changes.change_kinds import BOTH, Kind, Level, Use
from changes.formatting import code
from changes.references import Pointer

MISSING: Any = type("Missing", (), {})()
# Tags and titles are names of modules and classes, of which the client has the findings.
_NOTES = ("description", "summary", "externalDocs", "termsOfService", "contact", "license", "tags", "title")
_COMMON = dict.fromkeys((*_NOTES, "example", "examples", "$comment"), Kind.NOTE) | {"deprecated": Kind.DEPRECATION}
_SETS = {"required", "enum", "type"}  # lists whose order means nothing


@frozen
class Place:
    """Where the comparison is; `subject` is its name for users."""

    documents: tuple[Any, Any] = field(repr=False)
    pointer: Pointer = ()
    subject: str = "The document"
    use: frozenset[Use] = BOTH
    operations: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The last part of the pointer."""
        return self.pointer[-1]

    def below(self, *keys: str) -> "Place":
        """Return a place inside this one."""
        return evolve(self, pointer=self.pointer + keys)

    def change(self, kind: Kind, text: str) -> "Change":
        """Return a change of the subject; the text continues the sentence that begins with it."""
        guidance = kind.guidance_for(self.use)
        return Change(self, kind, f"{code(self.subject)} {text}" + (f": {guidance}." if guidance else "."))

    def replaced(self, kind: Kind, old: Any, new: Any) -> "Change":
        """Return the change of the key that this place ends with."""
        key = code(self.key)
        if kind is Kind.NOTE:
            return self.change(kind, f"has a different {key}")
        if old is MISSING:
            return self.change(kind, f"has the new {key} {code(new)}")
        text = f"no longer has {key} {code(old)}" if new is MISSING else f"has {key} {code(new)} instead of {code(old)}"
        return self.change(kind, text)


@frozen
class Change:
    """One change, in a sentence with guidance for callers."""

    place: Place
    kind: Kind
    text: str

    @property
    def level(self) -> Level:
        """How severe it is where the place is used."""
        return self.kind.level(self.place.use)


Rule = Callable[[Place, Any, Any], Iterable[Change]]
Rules = Mapping[str, Rule | Kind]


def compare_mappings(
    place: Place, old: Any, new: Any, rules: Rules, otherwise: Kind = Kind.UNCLASSIFIED
) -> Iterator[Change]:
    """Yield what differs between two objects of the document; a reference is not followed."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        yield place.replaced(Kind.UNCLASSIFIED, old, new)
    elif not same(*(references := [each.get("$ref", MISSING) for each in (old, new)])):
        yield evolve(place.below("$ref").replaced(Kind.REFERENCE_CHANGED, *references), place=place)
    else:
        for key, before, after in _differing(old, new):
            rule = rules.get(key) or (Kind.NOTE if key.startswith("x-") else _COMMON.get(key, otherwise))
            yield from _apply(rule, place.below(key), before, after)


def compare_members(place: Place, old: Any, new: Any, rule: Rule) -> Iterator[Change]:
    """Yield what differs between two maps by name; nothing if one of them is not a map."""
    before, after = ({} if each is MISSING else each for each in (old, new))
    if isinstance(before, dict) and isinstance(after, dict):
        for name, one, other in _differing(before, after):
            yield from _apply(rule, place.below(name), one, other)


def _apply(rule: Rule | Kind, place: Place, old: Any, new: Any) -> Iterable[Change]:
    """Return the changes by a rule; a difference that it does not explain is never left out."""
    if isinstance(rule, Kind):
        return [place.replaced(rule, old, new)]
    return list(rule(place, old, new)) or [place.replaced(Kind.UNCLASSIFIED, old, new)]


def named_members(noun: str, added: Kind, removed: Kind, rule: Rule) -> Rule:
    """Return the rule of a map whose members may be added and removed."""

    def compare_member(place: Place, old: Any, new: Any) -> Iterable[Change]:
        if old is MISSING:
            return [place.change(added, f"has the new {noun} {code(place.key)}")]
        if new is MISSING:
            return [place.change(removed, f"no longer has the {noun} {code(place.key)}")]
        return rule(place, old, new)

    return lambda place, old, new: compare_members(place, old, new, compare_member)


def same(old: Any, new: Any, key: str = "") -> bool:
    """Return whether two values are equal as JSON: true is not 1, nan is nan, the order of keys and sets is ignored."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(same(old[name], new[name], name) for name in old)
    if isinstance(old, list) and isinstance(new, list):
        pairs = zip(*(sorted(each, key=repr) if key in _SETS else each for each in (old, new)), strict=False)
        return len(old) == len(new) and all(same(*pair) for pair in pairs)
    return type(old) is type(new) and (old == new or (old != old and new != new))  # noqa: PLR0124 - nan


def _differing(old: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for key in old | new:
        before, after = old.get(key, MISSING), new.get(key, MISSING)
        if not same(before, after, key):
            yield key, before, after


def only_in(values: list[Any], others: list[Any]) -> list[Any]:
    """Return the values that the other list does not have."""
    return [value for value in values if not any(same(value, other) for other in others)]
