"""The operations on templates."""

import re

from hubspot_timeline_testing.sandbox.context import RequestContext, SandboxContext
from hubspot_timeline_testing.sandbox.errors import ServiceError, not_found, validation_error
from hubspot_timeline_testing.sandbox.http.response import HttpResponse, json_response
from hubspot_timeline_testing.sandbox.storage.templates import Template, prepare_template
from hubspot_timeline_testing.sandbox.validation.request_body import validated_body
from hubspot_timeline_testing.sandbox.validation.schemas import parameter_validator

_INTEGER = re.compile(r"-?[0-9]{1,20}")
_MAX_TEMPLATES = 750


def list_templates(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Return all templates of the app."""
    return json_response(200, {"results": sandbox.store.templates.of_app(own_app(request))})


def create_template(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Create a template; an app has at most 750."""
    app = own_app(request)
    body = validated_body(request.body, "TimelineEventTemplateCreate")
    if len(sandbox.store.templates.of_app(app)) >= _MAX_TEMPLATES:
        raise validation_error(f"The app has {_MAX_TEMPLATES} templates already")
    template = sandbox.store.templates.add(app, prepare_template(body, sandbox.clock.timestamp()))
    return json_response(201, template)


def get_template(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Return one template."""
    return json_response(200, find_template(sandbox, request).body)


def update_template(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Replace the name, the texts and the tokens of a template; texts that are left out are deleted."""
    template = find_template(sandbox, request)
    body = validated_body(request.body, "TimelineEventTemplateUpdate")
    if body["id"] != template.body["id"]:
        message = f"The body is for the template {body['id'][:100]}, the path for {template.body['id']}"
        raise validation_error(message)
    constant = {name: template.body[name] for name in ("objectType", "createdAt")}
    changed = prepare_template(body, sandbox.clock.timestamp()) | constant
    sandbox.store.templates.put(Template(template.app, changed))
    return json_response(200, changed)


def delete_template(sandbox: SandboxContext, request: RequestContext) -> HttpResponse:
    """Delete a template; its events stay."""
    sandbox.store.templates.delete(find_template(sandbox, request).body["id"])
    return HttpResponse(204)


def find_template(sandbox: SandboxContext, request: RequestContext) -> Template:
    """Return the template in the path. Raises ServiceError (404) if the app has none with that id."""
    app, template_id = own_app(request), request.path_parameter("eventTemplateId")
    template = sandbox.store.templates.get(template_id)
    if template is None or template.app != app:
        raise not_found(f"template {template_id} of the app {app}")
    return template


def own_app(request: RequestContext) -> int:
    """Return the app in the path. Raises ServiceError: 400 if it is not a number, 403 if it is not the caller's app."""
    app = request.path_parameter("appId")
    if not _INTEGER.fullmatch(app) or not parameter_validator("appId").is_valid(int(app)):
        raise validation_error("appId must be a whole number of 32 bits")
    if request.caller.app not in (None, int(app)):
        raise ServiceError(403, f"The app {int(app)} is not the one that owns the token", "APP_MISMATCH")
    return int(app)
