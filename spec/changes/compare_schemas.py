"""The comparison of schemas: types, values, constraints and properties."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from attrs import evolve

from changes.change_kinds import Kind, Level
from changes.compare import MISSING, Change, Place, Rules, compare_mappings, compare_members, only_in
from changes.formatting import code

_TYPES = frozenset({"string", "number", "integer", "boolean", "array", "object", "null"})
_UPPER_BOUNDS = {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"}
_LOWER_BOUNDS = {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"}
_CONSTRAINTS = (*_UPPER_BOUNDS, *_LOWER_BOUNDS, "const", "not", "pattern", "multipleOf", "uniqueItems")
_NESTED = {"items": "[]", "additionalProperties": "{}", "propertyNames": " (names)"}


def compare_schema(place: Place, old: Any, new: Any) -> Iterator[Change]:
    """Yield what differs between two schemas."""
    map_values = old.get("additionalProperties") if isinstance(old, dict) else None
    properties = partial(compare_members, rule=partial(_compare_property, map_values))
    yield from compare_mappings(place, old, new, {**_RULES, "properties": properties})


def _compare_property(map_values: Any, place: Place, old: Any, new: Any) -> Iterable[Change]:
    """Compare a property; until it was added, its values were those of the map, if the schema had one."""
    place = evolve(place, subject=f"{place.subject}.{place.key}")
    if new is MISSING:
        return [place.change(Kind.PROPERTY_REMOVED, "was removed")]
    if old is not MISSING:
        return compare_schema(place, old, new)
    before = list(compare_schema(place, map_values, new)) if isinstance(map_values, dict) else []
    if any(change.level is Level.BREAKING for change in before):
        text = f"is a new field, which {code('additionalProperties')} allowed as {code(map_values)} before"
        return [place.change(Kind.PROPERTY_OVERRIDES_MAP, text)]
    return [place.change(Kind.PROPERTY_ADDED, "is a new field")]


def _compare_required(place: Place, old: Any, new: Any) -> Iterator[Change]:
    before, after = (value if isinstance(value, list) else [] for value in (old, new))
    for names, kind, text in (
        (only_in(after, before), Kind.PROPERTY_REQUIRED, "is now required"),
        (only_in(before, after), Kind.PROPERTY_OPTIONAL, "is no longer required"),
    ):
        for name in (each for each in names if isinstance(each, str)):
            yield evolve(place, subject=f"{place.subject}.{name}").change(kind, text)


def _compare_type(place: Place, old: Any, new: Any) -> Iterable[Change]:
    before, after = _allowed_types(old), _allowed_types(new)
    if before == after:
        return [place.replaced(Kind.NOTE, old, new)]
    kind = Kind.TYPE_WIDENED if before < after else Kind.TYPE_NARROWED if after < before else Kind.TYPE_CHANGED
    return [place.replaced(kind, old, new)]


def _allowed_types(value: Any) -> frozenset[str]:
    """Return the types that the keyword allows: all if it is absent, and an integer wherever a number."""
    if value is MISSING:
        return _TYPES
    types = frozenset(map(str, value if isinstance(value, list) else [value]))
    return types | {"integer"} if "number" in types else types


def _compare_enum(place: Place, old: Any, new: Any) -> Iterator[Change]:
    if not (isinstance(old, list) and isinstance(new, list)):
        yield from _compare_constraint(place, old, new)
        return
    for value in only_in(new, old):
        yield place.change(Kind.ENUM_VALUE_ADDED, f"has the new value {code(value)}")
    for value in only_in(old, new):
        yield place.change(Kind.ENUM_VALUE_REMOVED, f"no longer has the value {code(value)}")


def _compare_constraint(place: Place, old: Any, new: Any) -> Iterable[Change]:
    kind = Kind.CONSTRAINT_CHANGED
    if old is MISSING:
        kind = Kind.ENUM_ADDED if place.key in {"enum", "const"} else Kind.CONSTRAINT_TIGHTENED
    elif new is MISSING:
        kind = Kind.CONSTRAINT_LOOSENED
    elif place.key in _UPPER_BOUNDS | _LOWER_BOUNDS and {type(old), type(new)} <= {int, float}:
        kind = Kind.CONSTRAINT_TIGHTENED if (new < old) == (place.key in _UPPER_BOUNDS) else Kind.CONSTRAINT_LOOSENED
    return [place.replaced(kind, old, new)]


def _compare_nested(place: Place, old: Any, new: Any) -> Iterable[Change]:
    """Compare the schema of items, values or names; where any value was allowed, a schema allows fewer."""
    if isinstance(old, dict) and isinstance(new, dict):
        return compare_schema(evolve(place, subject=place.subject + _NESTED[place.key]), old, new)
    return _compare_constraint(place, old, new)


_RULES: Rules = {
    "type": _compare_type,
    "format": Kind.FORMAT_CHANGED,
    "default": Kind.DEFAULT_CHANGED,
    "required": _compare_required,
    "enum": _compare_enum,
    **dict.fromkeys(_CONSTRAINTS, _compare_constraint),
    **dict.fromkeys(_NESTED, _compare_nested),
    **dict.fromkeys(("oneOf", "anyOf", "allOf"), Kind.CONSTRAINT_CHANGED),
}
