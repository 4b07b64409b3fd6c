"""The operations on the tokens of a template."""

from hubspot_timeline_testing.sandbox.bodies import encode
from hubspot_timeline_testing.sandbox.context import Answer, Call, World
from hubspot_timeline_testing.sandbox.errors import RefusedError, invalid, not_found
from hubspot_timeline_testing.sandbox.operations.templates import find_template
from hubspot_timeline_testing.sandbox.storage.template_bodies import new_token
from hubspot_timeline_testing.sandbox.storage.templates import Body, Template
from hubspot_timeline_testing.sandbox.validation.request_body import read_body

_MOST = 500


def create_token(world: World, call: Call) -> Answer:
    """Add a token to a template; 409 where it has one of that name."""
    template = find_template(world, call)
    token = read_body(call.raw, "TimelineEventTemplateToken")
    if template.token(token["name"]):
        raise RefusedError(409, f"The template has a token {token['name'][:100]} already", "CONFLICT")
    if len(template.body["tokens"]) >= _MOST:
        raise invalid(f"The template has {_MOST} tokens already")
    token = new_token(token, world.clock.text())
    _put(world, template, [*template.body["tokens"], token])
    return Answer(200, encode(token))


def update_token(world: World, call: Call) -> Answer:
    """Replace the label, the options and the property of a token; its name and its type stay."""
    template, old = _find(world, call)
    body = read_body(call.raw, "TimelineEventTemplateTokenUpdate")
    kept = {name: old[name] for name in ("name", "type", "createdAt")}
    changed = {"options": [], **body, **kept, "updatedAt": world.clock.text()}
    _put(world, template, [changed if token is old else token for token in template.body["tokens"]])
    return Answer(200, encode(changed))


def delete_token(world: World, call: Call) -> Answer:
    """Take a token from a template."""
    template, old = _find(world, call)
    _put(world, template, [token for token in template.body["tokens"] if token is not old])
    return Answer(204)


def _find(world: World, call: Call) -> tuple[Template, Body]:
    template = find_template(world, call)
    token = template.token(call.path["tokenName"])
    if token is None:
        raise not_found(f"token {call.path['tokenName']} of the template {template.body['id']}")
    return template, token


def _put(world: World, template: Template, tokens: list[Body]) -> None:
    body = {**template.body, "tokens": tokens, "updatedAt": world.clock.text()}
    world.store.templates.put(Template(template.app, body))
