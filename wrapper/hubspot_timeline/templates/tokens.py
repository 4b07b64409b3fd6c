"""template_token(): the generated model of an event token from plain arguments."""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from hubspot_timeline.errors import EventError, OptionError
from hubspot_timeline.events.token_values import TokenValue, token_text
from hubspot_timeline.events.validation import token_name_problem
from hubspot_timeline.templates.suggestions import shortened, suggestion
from hubspot_timeline_api.models import TimelineEventTemplateToken, TimelineEventTemplateTokenOption, TokenType
from hubspot_timeline_api.types import UNSET

TokenKind: TypeAlias = Literal["string", "number", "enumeration", "date"] | TokenType
"""The type of the values of a token."""

TokenOptions: TypeAlias = Mapping[TokenValue, str] | Iterable[TokenValue]
"""The values of an enumeration: a mapping of values to labels, or the values alone, which are then the labels too."""


def template_token(
    name: str,
    kind: TokenKind = "string",
    label: str | None = None,
    options: TokenOptions = (),
    *,
    property_name: str | None = None,
) -> TimelineEventTemplateToken:
    """Return one token of a template.

    `kind`: string, number, enumeration or date. `label`: its name in the user interface, by default `name`.
    `options`: the values of an enumeration, converted to text as the tokens of events are; no other kind has them.
    `property_name`: the property of the record to which the value of the token is written.

    Raises OptionError for a name that is not allowed, an unknown kind, and options that do not fit the kind.
    """
    if problem := token_name_problem(name):
        raise OptionError(f"name is {shortened(name)}; {problem}")
    type_ = _token_type(kind)
    values = token_options(options)
    if type_ is TokenType.ENUMERATION and not values:
        raise OptionError(f"options is empty; the enumeration {name} needs the values that events may have")
    if type_ is not TokenType.ENUMERATION and values:
        raise OptionError(f"options is set, but {name} is a {kind}; use the kind enumeration, or no options")
    return TimelineEventTemplateToken(
        name=name,
        label=name if label is None else label,
        type_=type_,
        options=values,
        object_property_name=UNSET if property_name is None else property_name,
    )


def token_options(options: TokenOptions) -> list[TimelineEventTemplateTokenOption]:
    """Return the generated options. Raises OptionError for a value that is not allowed or occurs twice."""
    if isinstance(options, str | bytes) or not isinstance(options, Iterable):
        raise OptionError(f"options is {options!r}; use a list of values, or a mapping of values to labels")
    pairs = options.items() if isinstance(options, Mapping) else ((value, None) for value in options)
    generated: dict[str, TimelineEventTemplateTokenOption] = {}
    for value, label in pairs:
        try:
            text = token_text(value, "options")
        except EventError as error:
            raise OptionError(str(error)) from error
        if text in generated:
            raise OptionError(f"options contains {text!r} twice; remove one")
        generated[text] = TimelineEventTemplateTokenOption(value=text, label=text if label is None else label)
    return list(generated.values())


def _token_type(kind: object) -> TokenType:
    try:
        return TokenType(str(kind))
    except ValueError:
        raise OptionError(f"kind is {kind!r}; {suggestion(str(kind), list(TokenType))}") from None
