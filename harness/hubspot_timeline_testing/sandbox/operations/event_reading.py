"""The operations on single events."""

import json

from hubspot_timeline_testing.sandbox.bodies import encode
from hubspot_timeline_testing.sandbox.context import Answer, Call, World
from hubspot_timeline_testing.sandbox.errors import RefusedError, invalid, not_found
from hubspot_timeline_testing.sandbox.operations.persistence import Sent, keep, made_ready, told_to_refuse
from hubspot_timeline_testing.sandbox.rendering.events import Rendered, render_event
from hubspot_timeline_testing.sandbox.storage.store import StoredEvent
from hubspot_timeline_testing.sandbox.validation.event_validator import Judge
from hubspot_timeline_testing.sandbox.validation.request_body import read_body

_BOOLEANS = {"true": True, "false": False}


def create_event(world: World, call: Call) -> Answer:
    """Create the event of a request body; one that breaks a rule is refused with 400."""
    event = read_body(call.raw, "TimelineEvent", lenient=world.settings.types == "lenient")
    judge = Judge(world.store, world.settings, call.caller)
    sent = Sent(event, encode(event), judge.landing(event))
    problem = judge.find_problem(event, sent.text, sent.landing) or told_to_refuse(world, event["id"])
    if problem:
        raise RefusedError(400, problem.message, problem.category)
    ready = made_ready(sent, world.clock.now(), call.number)
    keep([ready], world)
    return Answer(201, ready.result, events=1)


def get_event(world: World, call: Call) -> Answer:
    """Answer with an event as it was created."""
    return Answer(200, _find(world, call).result)


def get_event_detail(world: World, call: Call) -> Answer:
    """Answer with the detail template of an event, its values in it; empty where there is no template."""
    return Answer(200, encode({"details": _rendered(world, call).detail}))


def render_event_as_html(world: World, call: Call) -> Answer:
    """Answer with the header, or with detail=true with the detail, as HTML."""
    wanted = call.query.get("detail", "false").lower()  # the vendor's Python client writes True
    if wanted not in _BOOLEANS:
        raise invalid("detail must be true or false")
    rendered = _rendered(world, call)
    return Answer(200, rendered.detail if _BOOLEANS[wanted] else rendered.header, "text/html")


def _find(world: World, call: Call) -> StoredEvent:
    template_id, event_id = call.path["eventTemplateId"], call.path["eventId"]
    found = world.store.get(template_id, event_id)
    if found is None or not _is_own(world, call, template_id):
        raise not_found(f"event {event_id} of the template {template_id}")
    return found


def _is_own(world: World, call: Call, template_id: str) -> bool:
    owner = world.store.templates.owner(template_id)
    return owner is None or call.caller.app in (None, owner)


def _rendered(world: World, call: Call) -> Rendered:
    found = _find(world, call)
    return render_event(json.loads(found.result), world.store.templates.get(found.event_template_id))
