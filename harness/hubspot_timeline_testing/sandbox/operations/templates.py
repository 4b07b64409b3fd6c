"""The operations on templates."""

import re

from hubspot_timeline_testing.sandbox.bodies import encode
from hubspot_timeline_testing.sandbox.context import Answer, Call, World
from hubspot_timeline_testing.sandbox.errors import RefusedError, invalid, not_found
from hubspot_timeline_testing.sandbox.storage.template_bodies import made_template
from hubspot_timeline_testing.sandbox.storage.templates import Template
from hubspot_timeline_testing.sandbox.validation.request_body import read_body
from hubspot_timeline_testing.sandbox.validation.schemas import parameter_validator

_INTEGER = re.compile(r"-?[0-9]{1,20}")
_MOST = 750


def list_templates(world: World, call: Call) -> Answer:
    """Answer with all templates of the app."""
    return Answer(200, encode({"results": world.store.templates.of_app(own_app(call))}))


def create_template(world: World, call: Call) -> Answer:
    """Create a template; an app has at most 750."""
    app = own_app(call)
    body = read_body(call.raw, "TimelineEventTemplateCreate")
    if len(world.store.templates.of_app(app)) >= _MOST:
        raise invalid(f"The app has {_MOST} templates already")
    return Answer(201, encode(world.store.templates.add(app, made_template(body, world.clock.text()))))


def get_template(world: World, call: Call) -> Answer:
    """Answer with one template."""
    return Answer(200, encode(find_template(world, call).body))


def update_template(world: World, call: Call) -> Answer:
    """Replace the name, the texts and the tokens of a template; texts that are left out are gone."""
    template = find_template(world, call)
    body = read_body(call.raw, "TimelineEventTemplateUpdate")
    if body["id"] != template.body["id"]:
        raise invalid(f"The body is about the template {body['id'][:100]}, the path about {template.body['id']}")
    kept = {name: template.body[name] for name in ("objectType", "createdAt")}
    changed = made_template(body, world.clock.text()) | kept
    world.store.templates.put(Template(template.app, changed))
    return Answer(200, encode(changed))


def delete_template(world: World, call: Call) -> Answer:
    """Delete a template; its events stay."""
    world.store.templates.delete(find_template(world, call).body["id"])
    return Answer(204)


def find_template(world: World, call: Call) -> Template:
    """Return the template that the path names. Raises RefusedError with 404 where the app has none of that id."""
    app = own_app(call)
    template_id = call.path["eventTemplateId"]
    found = world.store.templates.get(template_id)
    if found is None or found.app != app:
        raise not_found(f"template {template_id} of the app {app}")
    return found


def own_app(call: Call) -> int:
    """Return the app in the path. Raises RefusedError: 400 for no number, 403 where the caller's app is another."""
    given = call.path["appId"]
    if not _INTEGER.fullmatch(given) or not parameter_validator("appId").is_valid(int(given)):
        raise invalid("appId must be a whole number of 32 bits")
    if call.caller.app not in (None, int(given)):
        raise RefusedError(403, f"The app {int(given)} is not the one that owns the token", "APP_MISMATCH")
    return int(given)
