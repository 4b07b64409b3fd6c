"""Validation of events against their templates: the names of their tokens, and the values."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from attrs import frozen

from hubspot_timeline.errors import EventError, OptionError
from hubspot_timeline.events.validation import in_plain_words
from hubspot_timeline.templates.suggestions import shortened, suggestion
from hubspot_timeline.templates.token_types import CHECKS, EnumerationCheck, ValueCheck, check_date
from hubspot_timeline_api.models import TimelineEventTemplate, TokenType

TemplateLike: TypeAlias = TimelineEventTemplate | Mapping[str, Any]
"""A template as the generated model, or as a mapping with JSON field names."""

_MISSING = re.compile("Object missing required field `(.*)`")
_UNKNOWN_TYPE = re.compile("Invalid enum value '(.*)'", re.DOTALL)
_Text: TypeAlias = Annotated[str, msgspec.Meta(min_length=1)]


class _Option(msgspec.Struct):
    value: _Text
    label: Any = ""


class _Token(msgspec.Struct):
    name: _Text
    type: TokenType
    options: list[_Option] | None = None


class _Template(msgspec.Struct):
    id: _Text
    tokens: list[_Token]


@frozen
class TemplateRules:
    """Which tokens each template has, and which values they accept."""

    _checks: Mapping[str, Mapping[str, ValueCheck]]  # by template id and token name

    @classmethod
    def of(cls, templates: "Iterable[TemplateLike] | TemplateRules", path: str = "validate[{}]") -> "TemplateRules":
        """Return the rules of templates, each of which needs `id` and `tokens`, and these `name` and `type`.

        `path` is the name of the template with a number in errors. Raises OptionError for other objects.
        """
        if isinstance(templates, TemplateRules):
            return templates
        value: object = templates  # callers without a type checker may pass anything
        if isinstance(value, str | bytes | Mapping | TimelineEventTemplate) or not isinstance(value, Iterable):
            raise OptionError(f"validate is {shortened(value)}; use 'templates', or a list of templates")
        parsed = [_parse(template, path.format(index)) for index, template in enumerate(value)]
        return cls({template.id: {token.name: _check_of(token) for token in template.tokens} for template in parsed})

    def is_date(self, template_id: str, name: str) -> bool:
        """Return whether a token of a template is a date."""
        return self._checks.get(template_id, {}).get(name) is check_date

    def check(self, template_id: str, tokens: Mapping[str, str]) -> None:
        """Raise EventError for the first token of an event that its template does not accept."""
        checks = self._checks.get(template_id)
        if checks is None:
            hint = suggestion(template_id, self._checks, "the known ones are")
            raise EventError(f"{shortened(template_id)} is not a known template; {hint}", "eventTemplateId")
        for name, text in tokens.items():
            if name not in checks:
                hint = suggestion(name, checks, "it has")
                raise EventError(f"is not a token of template {template_id}; {hint}", f"tokens.{name}")
            if problem := checks[name](text):
                raise EventError(f"{shortened(text)} {problem}", f"tokens.{name}")


Validate: TypeAlias = Literal["templates"] | Iterable[TemplateLike] | TemplateRules
"""What events are validated against: "templates" for those of the app, the templates themselves, or their rules."""


def _parse(template: object, path: str) -> _Template:
    try:
        fields = template.to_dict() if isinstance(template, TimelineEventTemplate) else template
        parsed = msgspec.convert(fields, _Template)
    except AttributeError as error:
        raise OptionError(f"{path}: a field has the wrong type ({error}); use template_token()") from error
    except msgspec.ValidationError as error:
        raise OptionError(with_path(str(error), path)) from error
    for index, token in enumerate(parsed.tokens):
        if token.type is TokenType.ENUMERATION and token.options is None:
            raise OptionError(with_path(f"Object missing required field `options` - at `$.tokens[{index}]`", path))
    return parsed


def _check_of(token: _Token) -> ValueCheck:
    if token.type is TokenType.ENUMERATION:
        return EnumerationCheck({option.value: str(option.label) for option in token.options or ()})
    return CHECKS[token.type]


def with_path(message: str, path: str) -> str:
    """Return a message of msgspec, which ends with the path to the field, in our form, which begins with it."""
    reason, _, place = message.partition(" - at `$")
    where = f"{path}{place.rstrip('`')}"
    if missing := _MISSING.fullmatch(reason):
        where, reason = f"{where}.{missing[1]}", "is missing"
    if unknown := _UNKNOWN_TYPE.fullmatch(reason):
        reason = f"{unknown[1]!r} is not a type; {suggestion(unknown[1], list(TokenType))}"
    return f"{where.lstrip('.') or 'the template'}: {in_plain_words(reason)}"
