"""Strategies for strings and numbers that a schema allows."""

import math
import re

from hypothesis import strategies as st

from hubspot_timeline_testing.openapi.validators import INTEGER_RANGES
from hubspot_timeline_testing.strategies.formats import STRING_FORMATS
from hubspot_timeline_testing.strategies.schemas import JsonStrategy, Schema, is_valid_for

_STRING_KEYWORDS = ("format", "pattern", "minLength", "maxLength")


def valid_scalars(json_type: str, schema: Schema) -> JsonStrategy:
    """Return a strategy for the scalars of a type that a schema allows, apart from its `enum` and its `not`."""
    match json_type:
        case "string":
            return _strings(schema)
        case "integer":
            return _integers(schema)
        case "number":
            return _integers(schema) if schema.get("format") in INTEGER_RANGES else _numbers(schema)
        case "boolean":
            return st.booleans()
        case _:
            return st.none()


def strings_matching(pattern: str) -> st.SearchStrategy[str]:
    """Return a strategy for strings that mostly match a pattern, with ASCII character classes as in JSON Schema."""
    compiled = re.compile(pattern, re.ASCII)
    exact = st.from_regex(compiled, fullmatch=True)
    return exact if pattern.startswith("^") and pattern.endswith("$") else exact | st.from_regex(compiled)


def _strings(schema: Schema) -> st.SearchStrategy[str]:
    shortest, longest = int(schema.get("minLength", 0)), schema.get("maxLength")
    if schema.get("format") in STRING_FORMATS:
        string_format = STRING_FORMATS[schema["format"]]
        shortest = max(shortest, string_format.lengths[0])
        longest = min(string_format.lengths[1] if longest is None else longest, string_format.lengths[1])
    if longest is not None and longest < shortest:
        return st.nothing()
    if schema.get("format") in STRING_FORMATS:
        strings = STRING_FORMATS[schema["format"]].valid
    elif "pattern" in schema:
        strings = _lengthened(strings_matching(schema["pattern"]), shortest)
    else:
        return st.text(min_size=shortest, max_size=None if longest is None else int(longest))
    return strings.filter(is_valid_for(schema, *_STRING_KEYWORDS))


def _lengthened(strings: st.SearchStrategy[str], shortest: int) -> st.SearchStrategy[str]:
    """Add strings with a repeated last character, since Hypothesis generates short strings from a pattern."""
    if shortest <= 1:
        return strings
    return strings | strings.map(lambda text: text + text[-1:] * (shortest - len(text)))


def _integers(schema: Schema) -> JsonStrategy:
    minimum, maximum = _bounds(schema)
    least, greatest = None if minimum is None else math.ceil(minimum), None if maximum is None else math.floor(maximum)
    if least is None or greatest is None:
        return st.integers(least, greatest)
    edges = [edge for edge in (least, -1, 0, 1, greatest) if least <= edge <= greatest]
    return st.sampled_from(edges) | st.integers(least, greatest) if edges else st.nothing()


def _numbers(schema: Schema) -> JsonStrategy:
    minimum, maximum = _bounds(schema)
    if minimum is not None and maximum is not None and minimum > maximum:
        return st.nothing()
    floats = st.floats(
        None if minimum is None else float(minimum),
        None if maximum is None else float(maximum),
        allow_nan=False,
        allow_infinity=False,
    )
    return floats.filter(is_valid_for(schema, "minimum", "maximum"))


def _bounds(schema: Schema) -> tuple[float | None, float | None]:
    """Return the least and the greatest number by bounds and format, None for unbounded."""
    least, greatest = INTEGER_RANGES.get(str(schema.get("format")), (None, None))
    minimums = [bound for bound in (least, schema.get("minimum")) if bound is not None]
    maximums = [bound for bound in (greatest, schema.get("maximum")) if bound is not None]
    return max(minimums, default=None), min(maximums, default=None)
