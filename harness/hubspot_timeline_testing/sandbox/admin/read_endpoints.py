"""The endpoints of the admin API that read what was created; lists have the parameters `offset` (0), `limit` (100)."""

import json
from importlib.resources import files
from typing import Any

from attrs import asdict

from hubspot_timeline_testing.sandbox import admin
from hubspot_timeline_testing.sandbox.admin.har import http_archive
from hubspot_timeline_testing.sandbox.admin.routing import AdminRequest, Handlers
from hubspot_timeline_testing.sandbox.apis import APIS, APP_EVENTS, V3
from hubspot_timeline_testing.sandbox.clock import from_epoch, rfc3339
from hubspot_timeline_testing.sandbox.context import SandboxContext
from hubspot_timeline_testing.sandbox.errors import not_found, validation_error
from hubspot_timeline_testing.sandbox.rendering.html import rendered_event
from hubspot_timeline_testing.sandbox.storage.store import StoredEvent


def health(sandbox: SandboxContext, _: AdminRequest) -> dict[str, str]:
    """Return {"status": "ok"}, to anybody, if the sandbox can read its database."""
    sandbox.store.counts()
    return {"status": "ok"}


def openapi(_: SandboxContext, __: AdminRequest) -> str:
    """Return the OpenAPI document of the admin API."""
    return files(admin).joinpath("openapi.json").read_text(encoding="utf-8")


def counts(sandbox: SandboxContext, _: AdminRequest) -> dict[str, int]:
    """Return the numbers of events, requests, those with a 429 (limited), records and templates."""
    return asdict(sandbox.store.counts())


def events(sandbox: SandboxContext, request: AdminRequest) -> str:
    """Return {"total": n, "events": [result, …]}, oldest first."""
    results = ",".join(event.result for event in sandbox.store.page(*request.page()))
    return f'{{"total":{sandbox.store.count()},"events":[{results}]}}'


def event(sandbox: SandboxContext, request: AdminRequest) -> str:
    """Return one result, by eventTemplateId (or eventTypeName: the uid) and id, which can have any character."""
    api = APP_EVENTS if APP_EVENTS.type_field in request.query else V3
    found = sandbox.store.get(request.text(api.type_field), request.text("id"), api.document)
    if found is None:
        raise not_found(f"event with that {api.type_word} and id")
    return found.result


def records(sandbox: SandboxContext, request: AdminRequest) -> dict[str, Any]:
    """Return {"total": n, "records": […]} for a `search`, the ones with the latest events first."""
    table, search = sandbox.store.records, request.query.get("search", "")
    return {"total": table.count(search), "records": table.page(*request.page(), search)}


def timeline(sandbox: SandboxContext, request: AdminRequest) -> dict[str, Any]:
    """Return {"total": n, "events": […]} for a `record`, rendered, the latest first."""
    store, record = sandbox.store, request.number("record")
    page = [_timeline_event(sandbox, each) for each in store.timeline(record, *request.page())]
    return {"total": store.timeline_length(record), "events": page}


def requests(sandbox: SandboxContext, request: AdminRequest) -> dict[str, Any]:
    """Return {"total": n, "requests": […]}, the latest first."""
    store = sandbox.store
    return {"total": store.counts().requests, "requests": store.requests.page(*request.page())}


def request(sandbox: SandboxContext, request: AdminRequest) -> dict[str, Any]:
    """Return the request with a `number`, its headers and bodies and those of its response, without secrets."""
    found = sandbox.store.requests.exchange(request.number("number"))
    if found is None:
        raise not_found("request with that number, or it is not among the latest ones")
    return found


def requests_as_har(sandbox: SandboxContext, _: AdminRequest) -> dict[str, Any]:
    """Return the latest requests, oldest first, as an HTTP archive (HAR 1.2) without secrets."""
    return http_archive(sandbox.store.requests.exchanges())


def exactly_once(sandbox: SandboxContext, request: AdminRequest) -> dict[str, Any]:
    """Return {"missing": […], "repeated": […]} for {"ids": […]}: both empty if each was created exactly once."""
    ids = request.field("ids")
    if not isinstance(ids, list) or not all(isinstance(event_id, str) for event_id in ids):
        raise validation_error("ids must be a list of strings")
    times = sandbox.store.times_created(ids)
    missing = [event_id for event_id, count in times.items() if count == 0]
    repeated = [event_id for event_id, count in times.items() if count > 1]
    return {"missing": missing, "repeated": repeated}


def _timeline_event(sandbox: SandboxContext, stored: StoredEvent) -> dict[str, Any]:
    result, api = json.loads(stored.result), APIS[stored.api]
    types = sandbox.store.templates if api is V3 else sandbox.event_types
    template = types.get(stored.event_template_id)
    rendered = rendered_event(result, template.body if template else {}, api.values_field)
    return {
        "api": stored.api,
        "eventTemplateId": stored.event_template_id,
        "id": stored.id,
        "template": template.body["name"] if template else None,
        "timestamp": result.get("timestamp") or rfc3339(from_epoch(stored.happened_at)),
        "header_html": rendered.header,
        "detail_html": rendered.detail,
        "iframe": result.get("timelineIFrame"),
        "event": result,
    }


READERS: Handlers = {
    **{
        reader.__name__: {"GET": reader}
        for reader in (health, counts, events, event, records, timeline, request, requests)
    },
    "openapi.json": {"GET": openapi},
    "requests.har": {"GET": requests_as_har},
    "exactly-once": {"POST": exactly_once},
}
