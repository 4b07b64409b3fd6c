"""What chains of requests take from one operation for the next, in the form that OpenAPI has for it.

Schemathesis would guess it from names, and takes the id of a template for an appId too, so that no chain gets far.
"""

from collections.abc import Mapping
from typing import Any

from hubspot_timeline_testing.openapi import operations

_APP = {"appId": "$request.path.appId"}
_MADE = _APP | {"eventTemplateId": "$response.body#/id"}
_SAME = _APP | {"eventTemplateId": "$request.path.eventTemplateId"}
_NAMED = _SAME | {"tokenName": "$response.body#/name"}
_EVENT = {"eventTemplateId": "$response.body#/eventTemplateId", "eventId": "$response.body#/id"}
_FIRST = {name: source.replace("#/", "#/results/0/") for name, source in _EVENT.items()}

_OF_A_TEMPLATE = ("get_template", "update_template", "create_token", "delete_template")
_OF_AN_EVENT = ("get_event", "get_event_detail", "render_event")

LINKS: Mapping[tuple[str, str], Mapping[str, Mapping[str, str]]] = {
    ("create_template", "201"): dict.fromkeys(_OF_A_TEMPLATE, _MADE) | {"list_templates": _APP, "create_event": {}},
    ("get_template", "200"): dict.fromkeys(("update_template", "create_token", "delete_template"), _SAME),
    ("update_template", "200"): dict.fromkeys(("get_template", "delete_template"), _SAME),
    ("delete_template", "204"): {"get_template": _SAME},
    ("create_token", "200"): dict.fromkeys(("update_token", "delete_token"), _NAMED) | {"get_template": _SAME},
    ("update_token", "200"): {"delete_token": _NAMED, "get_template": _SAME},
    ("create_event", "201"): dict.fromkeys(_OF_AN_EVENT, _EVENT),
    ("create_events", "201"): dict.fromkeys(_OF_AN_EVENT, _FIRST),
}
"""By operation and status: the operations that may come next, and where each value of their paths comes from."""


def with_links(raw: dict[str, Any]) -> dict[str, Any]:
    """Write the links into a document, and return it."""
    for (operation, status), targets in LINKS.items():
        method, path = operations()[operation]
        raw["paths"][path][method.lower()]["responses"][status]["links"] = {
            target: {"operationId": target, "parameters": dict(parameters), "requestBody": _body(target, parameters)}
            for target, parameters in targets.items()
        }
    return raw


def _body(target: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Return what a body takes from the request or the answer before it."""
    match target:
        case "update_template":
            return {"id": parameters["eventTemplateId"]}
        case "create_event":
            return {"eventTemplateId": "$response.body#/id"}
    return {}
