"""Strategies of texts and numbers that a schema allows."""

import math
import re

from hypothesis import strategies as st

from hubspot_timeline_testing.strategies.formats import INTEGERS, STRINGS
from hubspot_timeline_testing.strategies.schemas import Json, Schema, judge

_OF_TEXTS = ("format", "pattern", "minLength", "maxLength")


def scalars(kind: str, schema: Schema) -> Json:
    """Return a strategy of the values of a scalar type that a schema allows, but for its `enum` and its `not`."""
    match kind:
        case "string":
            return _texts(schema)
        case "integer":
            return _integers(schema)
        case "number":
            return _integers(schema) if schema.get("format") in INTEGERS else _numbers(schema)
        case "boolean":
            return st.booleans()
        case _:
            return st.none()


def matching(pattern: str) -> st.SearchStrategy[str]:
    """Return a strategy of texts that a pattern matches, most of them; digits and such are of ASCII, as in JSON."""
    found = re.compile(pattern, re.ASCII)
    exact = st.from_regex(found, fullmatch=True)
    return exact if pattern.startswith("^") and pattern.endswith("$") else exact | st.from_regex(found)


def _texts(schema: Schema) -> st.SearchStrategy[str]:
    least, most = int(schema.get("minLength", 0)), schema.get("maxLength")
    if most is not None and most < least:
        return st.nothing()
    if schema.get("format") in STRINGS:
        shortest, longest = STRINGS[schema["format"]].lengths
        if longest < least or (most is not None and most < shortest):
            return st.nothing()
        found = STRINGS[schema["format"]].valid
    elif "pattern" in schema:
        found = _of_length(matching(schema["pattern"]), least)
    else:
        return st.text(min_size=least, max_size=None if most is None else int(most))
    return found.filter(judge(schema, *_OF_TEXTS))


def _of_length(texts: st.SearchStrategy[str], least: int) -> st.SearchStrategy[str]:
    """Return a strategy of texts and, as what a pattern gives is short, of such as end in many of their last letter."""
    return texts | texts.map(lambda text: text + text[-1:] * (least - len(text))) if least > 1 else texts


def _integers(schema: Schema) -> Json:
    low, high = _bounds(schema)
    least, most = None if low is None else math.ceil(low), None if high is None else math.floor(high)
    if least is None or most is None:
        return st.integers(least, most)
    edges = [edge for edge in (least, -1, 0, 1, most) if least <= edge <= most]
    return st.sampled_from(edges) | st.integers(least, most) if edges else st.nothing()


def _numbers(schema: Schema) -> Json:
    low, high = _bounds(schema)
    if low is not None and high is not None and low > high:
        return st.nothing()
    floats = st.floats(
        None if low is None else float(low),
        None if high is None else float(high),
        allow_nan=False,
        allow_infinity=False,
    )
    return floats.filter(judge(schema, "minimum", "maximum"))


def _bounds(schema: Schema) -> tuple[float | None, float | None]:
    """Return the least and the greatest number by bounds and format, None where there is none."""
    ranges = [INTEGERS[schema["format"]]] if schema.get("format") in INTEGERS else []
    lows = [low for low, _ in ranges] + [schema[word] for word in ("minimum",) if word in schema]
    highs = [high for _, high in ranges] + [schema[word] for word in ("maximum",) if word in schema]
    return max(lows, default=None), min(highs, default=None)
