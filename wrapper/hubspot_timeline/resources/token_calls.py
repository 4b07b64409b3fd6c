"""The calls about the tokens of a template: plain words in, generated requests and models out.

Each raises OptionError where there is no app, or where a word cannot be meant.
"""

import json
from difflib import get_close_matches

from hubspot_timeline.config import required_app_id
from hubspot_timeline.delivery.single_request import Call
from hubspot_timeline.errors import OptionError
from hubspot_timeline.resources.requests import nothing, segment, text, text_or_unset, written
from hubspot_timeline.resources.template_calls import SAY_AGAIN, checked_tokens, is_gone
from hubspot_timeline.templates.tokens import TokenOptions, token_options
from hubspot_timeline_api.api import templates as api
from hubspot_timeline_api.models import (
    TimelineEventTemplate,
    TimelineEventTemplateToken,
    TimelineEventTemplateTokenUpdate,
)


def add_token(
    app_id: int | None, template_id: str | int, token: TimelineEventTemplateToken
) -> Call[TimelineEventTemplateToken]:
    """Return the call that adds a token; it is not repeated after a lost answer."""
    [token] = checked_tokens([token])
    request = api.create_token_request(required_app_id(app_id), segment("template_id", template_id), body=token)
    return Call(
        written(request),
        _read_token,
        _subject(app_id, template_id, token.name),
        doubt="It may have been added all the same: look at the template before you add it again.",
        is_repeatable=False,
    )


def update_token(
    app_id: int | None,
    template_id: str | int,
    name: str,
    before: TimelineEventTemplate | None,
    *,
    label: str | None,
    options: TokenOptions | None,
    property_name: str | None,
) -> Call[TimelineEventTemplateToken]:
    """Return the call that replaces a token; what is None stays as it was before in its template."""
    old = None if before is None else _token_of(before, name)
    body = TimelineEventTemplateTokenUpdate(
        label=old.label if old and label is None else text("label", label),
        options=old.options if old and options is None else token_options(options or ()),
        object_property_name=(
            old.object_property_name if old and property_name is None else text_or_unset("property_name", property_name)
        ),
    )
    ids = segment("template_id", template_id), segment("name", name)
    request = written(api.update_token_request(required_app_id(app_id), *ids, body=body))
    return Call(request, _read_token, _subject(app_id, template_id, name), doubt=SAY_AGAIN)


def delete_token(app_id: int | None, template_id: str | int, name: str) -> Call[None]:
    """Return the call that takes a token from a template."""
    ids = segment("template_id", template_id), segment("name", name)
    request = api.delete_token_request(required_app_id(app_id), *ids)
    return Call(request, nothing, _subject(app_id, template_id, name), doubt=SAY_AGAIN, confirms=is_gone)


def _subject(app_id: int | None, template_id: str | int, name: str) -> str:
    return f"token {name} of template {template_id} of app {app_id}"


def _token_of(template: TimelineEventTemplate, name: str) -> TimelineEventTemplateToken:
    tokens = {token.name: token for token in template.tokens}
    if name not in tokens:
        near = get_close_matches(str(name), tokens, 1)
        hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(tokens) or 'none'}"
        raise OptionError(f"name is {name!r}, and template {template.id} has no such token; {hint}")
    return tokens[name]


def _read_token(content: bytes) -> TimelineEventTemplateToken:
    return TimelineEventTemplateToken.from_dict(json.loads(content))
