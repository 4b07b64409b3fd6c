"""The operations on templates and their tokens."""

import re

from hubspot_timeline_testing.sandbox.context import RequestContext, SandboxContext
from hubspot_timeline_testing.sandbox.errors import ServiceError, not_found, validation_error
from hubspot_timeline_testing.sandbox.http.response import HttpResponse, json_response
from hubspot_timeline_testing.sandbox.storage.templates import Template, TemplateBody, prepare_template, prepare_token
from hubspot_timeline_testing.sandbox.validation.schemas import parameter_validator

_INTEGER = re.compile(r"-?[0-9]{1,20}")
_MAX_TEMPLATES = 750
_MAX_TOKENS = 500


def list_templates(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Return all templates of the app."""
    return json_response(200, {"results": sandbox.store.templates.of_app(_own_app(request))})


def create_template(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Create a template; an app has at most 750."""
    app = _own_app(request)
    body = request.value
    if len(sandbox.store.templates.of_app(app)) >= _MAX_TEMPLATES:
        raise validation_error(f"The app has {_MAX_TEMPLATES} templates already")
    template = sandbox.store.templates.add(app, prepare_template(body, sandbox.clock.timestamp()))
    return json_response(201, template)


def get_template(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Return one template."""
    return json_response(200, _find_template(sandbox, request).body)


def update_template(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Replace the name, the texts and the tokens of a template; texts that are left out are deleted."""
    template = _find_template(sandbox, request)
    body = request.value
    if body["id"] != template.body["id"]:
        message = f"The body is for the template {body['id'][:100]}, the path for {template.body['id']}"
        raise validation_error(message)
    constant = {name: template.body[name] for name in ("objectType", "createdAt")}
    changed = prepare_template(body, sandbox.clock.timestamp()) | constant
    sandbox.store.templates.put(Template(template.app, changed))
    return json_response(200, changed)


def delete_template(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Delete a template; its events stay."""
    sandbox.store.templates.delete(_find_template(sandbox, request).body["id"])
    return HttpResponse(204)


def create_token(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Add a token to a template; 409 if it has one with that name."""
    template = _find_template(sandbox, request)
    token = request.value
    if template.token(token["name"]):
        raise ServiceError(409, f"The template has a token {token['name'][:100]} already", "CONFLICT")
    if len(template.body["tokens"]) >= _MAX_TOKENS:
        raise validation_error(f"The template has {_MAX_TOKENS} tokens already")
    token = prepare_token(token, sandbox.clock.timestamp())
    _replace_tokens(sandbox, template, [*template.body["tokens"], token])
    return json_response(200, token)


def update_token(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Replace the label, the options and the property of a token; its name and its type are constant."""
    template, token = _find_token(sandbox, request)
    body = request.value
    constant = {name: token[name] for name in ("name", "type", "createdAt")}
    changed = {"options": [], **body, **constant, "updatedAt": sandbox.clock.timestamp()}
    _replace_tokens(sandbox, template, [changed if each is token else each for each in template.body["tokens"]])
    return json_response(200, changed)


def delete_token(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Remove a token from a template."""
    template, token = _find_token(sandbox, request)
    _replace_tokens(sandbox, template, [each for each in template.body["tokens"] if each is not token])
    return HttpResponse(204)


def _find_template(sandbox: SandboxContext, request: RequestContext) -> Template:
    """Return the template in the path. Raises ServiceError (404) if the app has none with that id."""
    app, template_id = _own_app(request), request.path_parameter("eventTemplateId")
    template = sandbox.store.templates.get(template_id)
    if template is None or template.app != app:
        raise not_found(f"template {template_id} of the app {app}")
    return template


def _own_app(request: RequestContext) -> int:
    """Return the app in the path. Raises ServiceError: 400 if it is not a number, 403 if it is not the caller's app."""
    app = request.path_parameter("appId")
    if not _INTEGER.fullmatch(app) or not parameter_validator("appId").is_valid(int(app)):
        raise validation_error("appId must be a whole number of 32 bits")
    if request.app not in (None, int(app)):
        raise ServiceError(403, f"The app {int(app)} is not the one that owns the token", "APP_MISMATCH")
    return int(app)


def _find_token(sandbox: SandboxContext, request: RequestContext) -> tuple[Template, TemplateBody]:
    template, name = _find_template(sandbox, request), request.path_parameter("tokenName")
    token = template.token(name)
    if token is None:
        raise not_found(f"token {name} of the template {template.body['id']}")
    return template, token


def _replace_tokens(sandbox: SandboxContext, template: Template, tokens: list[TemplateBody]) -> None:
    body = {**template.body, "tokens": tokens, "updatedAt": sandbox.clock.timestamp()}
    sandbox.store.templates.put(Template(template.app, body))
