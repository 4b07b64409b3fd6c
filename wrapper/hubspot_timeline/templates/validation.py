"""What a template says of an event before it is sent: which tokens there are, and which values they take."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

from attrs import frozen

from hubspot_timeline.errors import EventError, OptionError
from hubspot_timeline.templates.token_types import (
    Enumeration,
    Problem,
    date_problem,
    hint,
    no_problem,
    number_problem,
    short,
)
from hubspot_timeline_api.models import TimelineEventTemplate, TokenType

TemplateLike: TypeAlias = TimelineEventTemplate | Mapping[str, Any]
"""A template as a caller may give it: the generated model, or a mapping in wire names."""


@frozen
class TemplateRules:
    """Says what is wrong with an event by its template. Raises OptionError for what is no template."""

    _rules: Mapping[str, "_Rule"]

    @classmethod
    def of(cls, templates: "Iterable[TemplateLike] | TemplateRules", path: str = "check[{}]") -> "TemplateRules":
        """Return the rules of some templates, each of which needs `id` and `tokens`, and these `name` and `type`.

        `path` is what errors call the template of a number.
        """
        if isinstance(templates, TemplateRules):
            return templates
        given: object = templates  # whatever a caller without a type checker gives
        if isinstance(given, str | bytes | Mapping | TimelineEventTemplate) or not isinstance(given, Iterable):
            raise OptionError(f"validate is {short(given)}; give 'templates', or a list of templates")
        rules = [_rule(one, path.format(index)) for index, one in enumerate(given)]
        return cls({rule.id: rule for rule in rules})

    def check(self, template_id: str, tokens: Mapping[str, str]) -> None:
        """Raise EventError for the first event token that does not fit the template, or for an unknown template."""
        rule = self._rules.get(template_id)
        if rule is None:
            meant = hint(template_id, list(self._rules), "there are")
            raise EventError(f"{short(template_id)} is no known template; {meant}", "eventTemplateId")
        for name, text in tokens.items():
            if name not in rule.kinds:
                meant = hint(name, list(rule.kinds), "it has")
                raise EventError(f"is no token of template {rule.id}; {meant}", f"tokens.{name}")
            if problem := rule.kinds[name](text):
                raise EventError(f"{short(text)} {problem}", f"tokens.{name}")


Validate: TypeAlias = Literal["templates"] | Iterable[TemplateLike] | TemplateRules
"""What events are checked by: `template` for those that the service has, the templates themselves, or their rules."""

_KINDS: Mapping[TokenType, Problem] = {
    TokenType.STRING: no_problem,
    TokenType.NUMBER: number_problem,
    TokenType.DATE: date_problem,
}


@frozen
class _Rule:
    """Of one template: for each token a function that says what is wrong with a value, or None."""

    id: str
    kinds: Mapping[str, Problem]


def _rule(template: object, path: str) -> _Rule:
    try:
        wire = template.to_dict() if isinstance(template, TimelineEventTemplate) else template
    except AttributeError as error:
        raise OptionError(f"{path}: a field has the wrong type ({error}); token() makes tokens safely") from error
    tokens = _list(wire, "tokens", path)
    kinds: dict[str, Problem] = {}
    for index, token in enumerate(tokens):
        where = _at(path, f"tokens[{index}]")
        name = _text(token, "name", where)
        kinds[name] = _kind(token, where)
    return _Rule(_text(wire, "id", path), kinds)


def _kind(token: Any, path: str) -> Problem:
    word = _text(token, "type", path)
    if word not in list(TokenType):
        raise OptionError(f"{_at(path, 'type')}: {short(word)} is no type; {hint(word, list(TokenType), 'there are')}")
    if word != TokenType.ENUMERATION:
        return _KINDS[TokenType(word)]
    options = [(one, _at(path, f"options[{index}]")) for index, one in enumerate(_list(token, "options", path))]
    return Enumeration({_text(one, "value", where): str(one.get("label", "")) for one, where in options})


def _text(holder: Any, name: str, path: str) -> str:
    value = _get(holder, name, path)
    if not isinstance(value, str) or not value:
        raise OptionError(f"{_at(path, name)}: is {short(value)}; it must be text")
    return value


def _list(holder: Any, name: str, path: str) -> list[Any]:
    value = _get(holder, name, path)
    if not isinstance(value, list):
        raise OptionError(f"{_at(path, name)}: is {short(value)}; it must be a list")
    return value


def _get(holder: object, name: str, path: str) -> object:
    if not isinstance(holder, Mapping):
        raise OptionError(f"{path or 'the template'}: is {short(holder)}; it must be an object")
    if name not in holder:
        raise OptionError(f"{_at(path, name)}: is missing")
    return holder[name]


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
