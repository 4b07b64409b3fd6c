"""Strategies for strings and numbers that violate one keyword of a schema, such as dates that are not valid."""

import math
from typing import Any

from hypothesis import strategies as st

from hubspot_timeline_testing.openapi.validators import INTEGER_RANGES
from hubspot_timeline_testing.strategies.formats import STRING_FORMATS
from hubspot_timeline_testing.strategies.schema_strategies import SchemaStrategies, sampled
from hubspot_timeline_testing.strategies.schemas import JsonStrategy, Schema, is_valid_for, types_of
from hubspot_timeline_testing.strategies.valid_scalars import strings_matching

NUMERIC = ("integer", "number")

# Each function takes the keyword's argument, the rest of the schema, which the values satisfy, and the strategies.


def narrowed(rest: Schema, *types: str, **keywords: Any) -> Schema:
    """Return the rest of a schema for some of the types that it allows, with further keywords."""
    return {**rest, "type": [json_type for json_type in types_of(rest) if json_type in types], **keywords}


def violating(values: JsonStrategy, **keywords: Any) -> JsonStrategy:
    """Return a strategy for the values that are invalid against some keywords."""
    is_valid = is_valid_for(keywords, *keywords)
    return values.filter(lambda value: not is_valid(value))


def invalid_format(name: str, rest: Schema, build: SchemaStrategies) -> JsonStrategy:
    """Return a strategy for strings or integers that do not have a format."""
    if name in STRING_FORMATS:
        return _invalid_strings(rest, build, STRING_FORMATS[name].invalid, format=name)
    if name not in INTEGER_RANGES:
        return st.nothing()  # every number has it
    least, greatest = INTEGER_RANGES[name]
    return below_minimum(least, rest, build) | above_maximum(greatest, rest, build)


def invalid_pattern(pattern: str, rest: Schema, build: SchemaStrategies) -> JsonStrategy:
    """Return a strategy for strings that do not match a pattern."""
    last = st.characters(exclude_categories=["Cs"])
    nearly = st.builds(lambda text, character: text + character, strings_matching(pattern), last)
    return _invalid_strings(rest, build, nearly, pattern=pattern)


def _invalid_strings(rest: Schema, build: SchemaStrategies, nearly: JsonStrategy, **keyword: Any) -> JsonStrategy:
    """Return a strategy for strings, nearly valid and others, that violate a keyword and satisfy the rest."""
    strings = narrowed(rest, "string")
    if "enum" in rest:
        is_valid = is_valid_for(keyword, *keyword)
        return sampled([value for value in build.enum_values(strings) if not is_valid(value)])
    return violating(nearly.filter(build.schemas.validator(strings).is_valid) | build.valid(strings), **keyword)


def too_short(shortest: int, rest: Schema, build: SchemaStrategies) -> JsonStrategy:
    """Return a strategy for strings that violate `minLength`."""
    if shortest == 1:
        return st.just("") if build.schemas.validator(narrowed(rest, "string")).is_valid("") else st.nothing()
    return build.valid(narrowed(rest, "string", maxLength=shortest - 1)) if shortest else st.nothing()


def too_long(longest: int, rest: Schema, build: SchemaStrategies) -> JsonStrategy:
    """Return a strategy for strings that violate `maxLength`."""
    return build.valid(narrowed(rest, "string", minLength=longest + 1))


def below_minimum(least: float, rest: Schema, build: SchemaStrategies) -> JsonStrategy:
    """Return a strategy for numbers that violate `minimum`."""
    below = least - 1 if isinstance(least, int) else math.nextafter(least, -math.inf)
    is_possible = rest.get("minimum", below) <= below
    return build.valid(narrowed(rest, *NUMERIC, maximum=below)) if is_possible else st.nothing()


def above_maximum(greatest: float, rest: Schema, build: SchemaStrategies) -> JsonStrategy:
    """Return a strategy for numbers that violate `maximum`."""
    above = greatest + 1 if isinstance(greatest, int) else math.nextafter(greatest, math.inf)
    is_possible = rest.get("maximum", above) >= above
    return build.valid(narrowed(rest, *NUMERIC, minimum=above)) if is_possible else st.nothing()
