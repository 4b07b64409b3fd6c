"""The operations on the tokens of a template."""

from hubspot_timeline_testing.sandbox.context import RequestContext, SandboxContext
from hubspot_timeline_testing.sandbox.errors import ServiceError, not_found, validation_error
from hubspot_timeline_testing.sandbox.http.response import HttpResponse, json_response
from hubspot_timeline_testing.sandbox.operations.templates import find_template
from hubspot_timeline_testing.sandbox.storage.templates import Template, TemplateBody, prepare_token
from hubspot_timeline_testing.sandbox.validation.request_body import validated_body

_MAX_TOKENS = 500


def create_token(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Add a token to a template; 409 if it has one with that name."""
    template = find_template(sandbox, request)
    token = validated_body(request.body, "TimelineEventTemplateToken")
    if template.token(token["name"]):
        raise ServiceError(409, f"The template has a token {token['name'][:100]} already", "CONFLICT")
    if len(template.body["tokens"]) >= _MAX_TOKENS:
        raise validation_error(f"The template has {_MAX_TOKENS} tokens already")
    token = prepare_token(token, sandbox.clock.timestamp())
    _replace_tokens(sandbox, template, [*template.body["tokens"], token])
    return json_response(200, token)


def update_token(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Replace the label, the options and the property of a token; its name and its type are constant."""
    template, token = _find(sandbox, request)
    body = validated_body(request.body, "TimelineEventTemplateTokenUpdate")
    constant = {name: token[name] for name in ("name", "type", "createdAt")}
    changed = {"options": [], **body, **constant, "updatedAt": sandbox.clock.timestamp()}
    _replace_tokens(sandbox, template, [changed if each is token else each for each in template.body["tokens"]])
    return json_response(200, changed)


def delete_token(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Remove a token from a template."""
    template, token = _find(sandbox, request)
    _replace_tokens(sandbox, template, [each for each in template.body["tokens"] if each is not token])
    return HttpResponse(204)


def _find(sandbox: SandboxContext, request: RequestContext) -> tuple[Template, TemplateBody]:
    template, name = find_template(sandbox, request), request.path_parameter("tokenName")
    token = template.token(name)
    if token is None:
        raise not_found(f"token {name} of the template {template.body['id']}")
    return template, token


def _replace_tokens(sandbox: SandboxContext, template: Template, tokens: list[TemplateBody]) -> None:
    body = {**template.body, "tokens": tokens, "updatedAt": sandbox.clock.timestamp()}
    sandbox.store.templates.put(Template(template.app, body))
