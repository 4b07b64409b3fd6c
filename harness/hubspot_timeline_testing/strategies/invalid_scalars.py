"""Texts and numbers that break one keyword and keep to the rest of a schema."""

import math
from typing import Any

from hypothesis import strategies as st

from hubspot_timeline_testing.strategies.formats import INTEGERS, STRINGS
from hubspot_timeline_testing.strategies.schema_strategies import ValidValues, sampled
from hubspot_timeline_testing.strategies.schemas import Json, Schema, judge, kinds
from hubspot_timeline_testing.strategies.valid_scalars import matching

NUMERIC = ("integer", "number")


def only(rest: Schema, *types: str, **more: Any) -> Schema:
    """Return the rest of a schema for some of the types that it allows, with further keywords."""
    return {**rest, "type": [kind for kind in kinds(rest) if kind in types], **more}


def unlike(values: Json, **asked: Any) -> Json:
    """Return a strategy of values without those that keep to some keywords."""
    is_valid = judge(asked, *asked)
    return values.filter(lambda value: not is_valid(value))


def broken_format(name: str, rest: Schema, valid: ValidValues) -> Json:
    """Return a strategy of what has not a format."""
    if name in STRINGS:
        return _texts(rest, valid, STRINGS[name].broken, format=name)
    if name not in INTEGERS:
        return st.nothing()  # every number has it
    least, most = INTEGERS[name]
    return below(least, rest, valid) | above(most, rest, valid)


def broken_pattern(pattern: str, rest: Schema, valid: ValidValues) -> Json:
    """Return a strategy of texts that a pattern does not match."""
    near = st.builds(lambda text, tail: text + tail, matching(pattern), st.characters(exclude_categories=["Cs"]))
    return _texts(rest, valid, near, pattern=pattern)


def _texts(rest: Schema, valid: ValidValues, near: Json, **asked: Any) -> Json:
    """Return a strategy of texts that have not what is asked for, nearly or at all, and keep to the rest."""
    texts = only(rest, "string")
    if "enum" in rest:
        is_valid = judge(asked, *asked)
        return sampled([word for word in valid.words(texts) if not is_valid(word)])
    return unlike(near.filter(valid.schemas.validator(texts).is_valid) | valid.of(texts), **asked)


def broken_min_length(least: int, rest: Schema, valid: ValidValues) -> Json:
    """Return a strategy of texts that are too short."""
    if least == 1:
        is_alone = valid.schemas.validator(only(rest, "string")).is_valid("")
        return st.just("") if is_alone else st.nothing()
    return valid.of(only(rest, "string", maxLength=least - 1)) if least else st.nothing()


def broken_max_length(most: int, rest: Schema, valid: ValidValues) -> Json:
    """Return a strategy of texts that are too long."""
    return valid.of(only(rest, "string", minLength=most + 1))


def below(least: float, rest: Schema, valid: ValidValues) -> Json:
    """Return a strategy of numbers that are too small."""
    most = least - 1 if isinstance(least, int) else math.nextafter(least, -math.inf)
    return valid.of(only(rest, *NUMERIC, maximum=most)) if rest.get("minimum", most) <= most else st.nothing()


def above(most: float, rest: Schema, valid: ValidValues) -> Json:
    """Return a strategy of numbers that are too large."""
    least = most + 1 if isinstance(most, int) else math.nextafter(most, math.inf)
    return valid.of(only(rest, *NUMERIC, minimum=least)) if rest.get("maximum", least) >= least else st.nothing()
