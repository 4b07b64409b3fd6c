"""token(): plain words in, the generated token of a template out."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Literal, TypeAlias

from hubspot_timeline.errors import EventError, OptionError
from hubspot_timeline.events.token_values import TokenValue, token_text
from hubspot_timeline.events.validation import token_name_problem
from hubspot_timeline_api.models import TimelineEventTemplateToken, TimelineEventTemplateTokenOption, TokenType
from hubspot_timeline_api.types import UNSET

TokenKind: TypeAlias = Literal["string", "number", "enumeration", "date"] | TokenType
"""What the values of a token are."""

TokenOptions: TypeAlias = Mapping[TokenValue, str] | Iterable[TokenValue]
"""The values of a token of the kind enumeration: a label for each, or the values alone, which then are the labels."""


def template_token(
    name: str,
    kind: TokenKind = "string",
    label: str | None = None,
    options: TokenOptions = (),
    *,
    property_name: str | None = None,
) -> TimelineEventTemplateToken:
    """Return one token of a template.

    `kind`: string, number, enumeration or date. `label`: its name for people, the name itself where not given.
    `options`: of an enumeration, and of nothing else; their values are written as those of events are.
    `property_name`: the property of the record that the token's value is written to.

    Raises OptionError for a name that no token can have, an unknown kind, and options that do not go with it.
    """
    if problem := token_name_problem(name):
        raise OptionError(f"name is {name!r}, which {problem}")
    found = token_options(options)
    is_enumeration = kind_of(kind) is TokenType.ENUMERATION
    if is_enumeration and not found:
        raise OptionError(f"options is empty; the enumeration {name} needs the values that events may have")
    if found and not is_enumeration:
        raise OptionError(f"options is given, but {name} is a {kind}; give it the kind enumeration, or no options")
    return TimelineEventTemplateToken(
        name=name,
        label=name if label is None else label,
        type_=kind_of(kind),
        options=found,
        object_property_name=UNSET if property_name is None else property_name,
    )


def kind_of(kind: object) -> TokenType:
    """Return the type that a kind means. Raises OptionError."""
    try:
        return TokenType(str(kind))
    except ValueError:
        near = get_close_matches(str(kind), list(TokenType), 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(TokenType)}"
        raise OptionError(f"kind is {kind!r}; {hint}") from None


def token_options(options: TokenOptions) -> list[TimelineEventTemplateTokenOption]:
    """Return the generated options. Raises OptionError for a value that no event could have, or that is there twice."""
    if isinstance(options, str | bytes) or not isinstance(options, Iterable):
        raise OptionError(f"options is {options!r}; give a list of values, or a mapping of values to labels")
    labels = dict(options) if isinstance(options, Mapping) else None
    found: dict[str, TimelineEventTemplateTokenOption] = {}
    for given in options:
        try:
            value = token_text(given, "options")
        except EventError as error:
            raise OptionError(str(error)) from error
        if value in found:
            raise OptionError(f"options has {value!r} twice")
        found[value] = TimelineEventTemplateTokenOption(value=value, label=labels[given] if labels else value)
    return list(found.values())
