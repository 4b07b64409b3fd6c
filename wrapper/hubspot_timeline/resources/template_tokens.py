"""The methods of Templates and AsyncTemplates for the tokens of a template."""

from collections.abc import Callable, Iterable

from hubspot_timeline.config import required_app_id
from hubspot_timeline.delivery.single_request import SingleRequest
from hubspot_timeline.errors import ApiError, OptionError, type_of
from hubspot_timeline.resources.parameters import json_body, json_parser, optional_text, path_segment, required_text
from hubspot_timeline.resources.sync_async import ReadFirst, sync_and_async
from hubspot_timeline.templates.suggestions import suggestion
from hubspot_timeline.templates.tokens import TokenOptions, token_options
from hubspot_timeline_api.api import templates as api
from hubspot_timeline_api.models import (
    TimelineEventTemplate,
    TimelineEventTemplateToken,
    TimelineEventTemplateTokenUpdate,
)

REPLACED_ADVICE = "It may have succeeded: read the template, or send the request again."

_MAX_TOKENS = 500

parse_template: Callable[[bytes], TimelineEventTemplate] = json_parser(TimelineEventTemplate.from_dict)
_parse_token: Callable[[bytes], TimelineEventTemplateToken] = json_parser(TimelineEventTemplateToken.from_dict)


class TemplateTokenMethods:
    """The methods for the tokens of the templates of an app."""

    app_id: int | None

    @sync_and_async
    def add_token(
        self, template_id: str | int, token: TimelineEventTemplateToken
    ) -> SingleRequest[TimelineEventTemplateToken]:
        """Add a token to a template and return it; like `create`, it is not retried after a lost response."""
        [body] = tokens_of_template([token])
        request = api.create_token_request(self._required_app_id, path_segment("template_id", template_id), body=body)
        return SingleRequest(
            json_body(request),
            _parse_token,
            self._subject(template_id, body.name),
            lost_advice="It may have been added: read the template before you add it again.",
            is_idempotent=False,
        )

    @sync_and_async
    def update_token(
        self,
        template_id: str | int,
        name: str,
        *,
        label: str | None = None,
        options: TokenOptions | None = None,
        property_name: str | None = None,
    ) -> SingleRequest[TimelineEventTemplateToken] | ReadFirst[TimelineEventTemplateToken]:
        """Change a token of a template and return it as it is now; its name and its type stay.

        The service replaces all three; so what is None is read first, and sent as it was then.
        """

        def replace(template: TimelineEventTemplate | None) -> SingleRequest[TimelineEventTemplateToken]:
            old = template and _token_of(template, name)
            old_property = old.object_property_name if old and property_name is None else None
            body = TimelineEventTemplateTokenUpdate(
                label=old.label if old and label is None else required_text("label", label),
                options=old.options if old and options is None else token_options(options or ()),
                object_property_name=old_property or optional_text("property_name", property_name),
            )
            segments = path_segment("template_id", template_id), path_segment("name", name)
            request = json_body(api.update_token_request(self._required_app_id, *segments, body=body))
            return SingleRequest(request, _parse_token, self._subject(template_id, name), lost_advice=REPLACED_ADVICE)

        is_partial = None in (label, options, property_name)
        return ReadFirst(self._read_request(template_id), replace) if is_partial else replace(None)

    @sync_and_async
    def delete_token(self, template_id: str | int, name: str) -> SingleRequest[None]:
        """Delete a token from a template."""
        segments = path_segment("template_id", template_id), path_segment("name", name)
        return SingleRequest(
            api.delete_token_request(self._required_app_id, *segments),
            parse_nothing,
            self._subject(template_id, name),
            lost_advice=REPLACED_ADVICE,
            confirms_success=is_deleted,
        )

    @property
    def _required_app_id(self) -> int:
        return required_app_id(self.app_id)

    def _read_request(self, template_id: str | int) -> SingleRequest[TimelineEventTemplate]:
        request = api.get_template_request(self._required_app_id, path_segment("template_id", template_id))
        return SingleRequest(request, parse_template, self._subject(template_id))

    def _subject(self, template_id: str | int, token: str = "") -> str:
        return f"{f'token {token} of ' if token else ''}template {template_id} of app {self.app_id}"


def tokens_of_template(tokens: Iterable[TimelineEventTemplateToken]) -> list[TimelineEventTemplateToken]:
    """Return the tokens of a template. Raises OptionError for other objects, duplicate names and too many tokens."""
    checked: dict[str, TimelineEventTemplateToken] = {}
    for index, token in enumerate(tokens):
        value: object = token  # callers without a type checker may pass anything
        if not isinstance(value, TimelineEventTemplateToken):
            raise OptionError(f"tokens[{index}] is {type_of(value)}; create it with template_token()")
        if token.name in checked:
            raise OptionError(f"tokens contains {token.name} twice; remove one")
        checked[token.name] = token
    if len(checked) > _MAX_TOKENS:
        raise OptionError(f"tokens contains {len(checked)}; a template has at most {_MAX_TOKENS}")
    return list(checked.values())


def is_deleted(error: ApiError) -> bool:
    """Return whether the service itself reports that the deleted resource does not exist."""
    return error.status == 404 and bool(error.body)  # the HTML of an edge server reports nothing


def parse_nothing(content: bytes) -> None:
    """Ignore the body of a response."""


def _token_of(template: TimelineEventTemplate, name: str) -> TimelineEventTemplateToken:
    tokens = {token.name: token for token in template.tokens}
    if name not in tokens:
        hint = suggestion(str(name), tokens, "it has")
        raise OptionError(f"name is {name!r}, and template {template.id} has no such token; {hint}")
    return tokens[name]
