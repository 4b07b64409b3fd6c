"""Checks a sandbox that uses a changed document against the unchanged document."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import chain
from typing import Any
from urllib.parse import quote

import httpx
from attrs import define, field

from hubspot_timeline_testing import openapi
from hubspot_timeline_testing.openapi import OperationObject, operation_objects
from hubspot_timeline_testing.openapi.validators import make_validator
from hubspot_timeline_testing.sandbox import AppEventSettings, SandboxSettings, Store
from hubspot_timeline_testing.sandbox.app import create_app
from tests.mutants.mutant import Document
from tests.mutants.samples import Samples

_TOKEN = {"name": "seats", "label": "Seats", "type": "number", "options": []}
_PLAN = {"name": "plan", "label": "Plan", "type": "enumeration", "options": [{"value": "p", "label": "P"}]}
_TEMPLATE = {"name": "Webinar", "objectType": "contacts", "headerTemplate": "{{seats}}", "tokens": [_TOKEN]}
_EVENT = {"eventTemplateId": "{eventTemplateId}", "id": "a", "email": "ada@example.com", "tokens": {}}
# Every operation of a document, in an order in which all can succeed, with the payload of its request.
_TIMELINE_STEPS: Sequence[tuple[str, Any]] = (
    ("list_templates", None),
    ("create_template", _TEMPLATE),
    ("get_template", None),
    ("update_template", {"id": "{eventTemplateId}", "name": "Seminar", "tokens": [_TOKEN]}),
    ("create_token", _PLAN),
    ("update_token", {"label": "Tariff", "options": _PLAN["options"]}),
    ("create_event", _EVENT),
    ("create_events", {"inputs": [_EVENT | {"id": "b"}]}),
    ("get_event", None),
    ("get_event_detail", None),
    ("render_event", None),
    ("delete_token", None),
    ("delete_template", None),
)
_APP_EVENT = {"eventTypeName": "webinar", "id": "a", "email": "ada@example.com", "properties": {}}
_APP_EVENT_STEPS: Sequence[tuple[str, Any]] = (
    ("create_app_event", _APP_EVENT),
    ("create_app_events", {"inputs": [_APP_EVENT | {"id": "b"}]}),
    ("resolve_event_type", {"projectName": "demo", "developerSymbol": "webinar"}),
)
_EVENT_TYPE = {
    "uid": "webinar",
    "type": "app-event",
    "config": {"name": "Webinar", "objectType": "CONTACT", "headerTemplate": "w", "properties": []},
}
_STEPS = {"timeline-v3": _TIMELINE_STEPS, "app-events": _APP_EVENT_STEPS}
_SETTINGS = SandboxSettings(types="strict", app_events=AppEventSettings(event_types=[_EVENT_TYPE]))

_PARAMETERS = {"appId": "77", "tokenName": "plan", "eventId": "a", "version": "2026-09"}


def sandbox_problems(name: str, original: Document, samples: Sequence[Samples]) -> Iterator[str]:
    """Yield what the sandbox does that the unchanged document does not allow."""
    yield from _validation_problems(name, samples)
    changed = openapi.document(name)
    required = {each for operation in operation_objects(changed).values() for each in chain(*operation.security)}
    yield from (f"{scheme} is not defined" for scheme in required - changed["components"]["securitySchemes"].keys())
    steps = _STEPS.get(name, ())
    for scheme in original["components"]["securitySchemes"] if steps else ():
        yield from asyncio.run(_operation_problems(original, scheme, steps))


def _validation_problems(name: str, samples: Sequence[Samples]) -> Iterator[str]:
    """Yield the samples that the schemas of the changed document treat differently."""
    for each in samples:
        is_valid = make_validator(each.schema, openapi.document(name)).is_valid
        yield from (f"rejects a valid {each.schema}: {value!r}" for value in each.valid if not is_valid(value))
        yield from (f"accepts {each.schema} with {rule} violated" for rule, value in each.invalid if is_valid(value))


async def _operation_problems(original: Document, scheme: str, steps: Sequence[tuple[str, Any]]) -> list[str]:
    with Store() as store:
        transport = httpx.ASGITransport(create_app(store, settings=_SETTINGS))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            scenario = Scenario(original, http, scheme)
            return [problem for step in steps async for problem in scenario.step(*step)]


@define
class Scenario:
    """Requests every operation with a security scheme that it accepts, with the others, and with an invalid app id."""

    original: Document
    http: httpx.AsyncClient
    scheme: str
    values: dict[str, str] = field(
        factory=lambda: {"appId": "77", "tokenName": "plan", "eventId": "a", "version": "2026-09"}
    )

    async def step(self, operation_id: str, payload: Any) -> AsyncIterator[str]:
        """Request one operation; yield the problems of the responses."""
        operation = operation_objects(self.original)[operation_id]
        accepted = {name for requirement in operation.security for name in requirement}
        for scheme in {"none", "bearer", "developerKey"} - accepted:
            response = await self._request(operation, payload, scheme)
            if response.status_code != 401:
                yield f"{operation_id} returns {response.status_code} with {scheme}"
        scheme = self.scheme if self.scheme in accepted else "bearer"
        if "{appId}" in operation.path:
            response = await self._request(operation, payload, scheme, appId=str(2**31))
            if response.status_code != 400:
                yield f"{operation_id} returns {response.status_code} for an appId of more than 32 bits"
        for problem in self._response_problems(operation, await self._request(operation, payload, scheme)):
            yield f"{operation_id} with {scheme} {problem}"

    async def _request(self, operation: OperationObject, payload: Any, scheme: str, **values: str) -> httpx.Response:
        path = operation.path
        for name, value in (self.values | values).items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        headers = {"Authorization": "Bearer any"} if scheme == "bearer" else {}
        key = self.original["components"]["securitySchemes"].get("developerKey", {"name": "hapikey"})["name"]
        query = {key: "any"} if scheme == "developerKey" else {}
        payload = self._with_template_id(payload)
        return await self.http.request(operation.method, path, json=payload, headers=headers, params=query)

    def _with_template_id(self, payload: Any) -> Any:
        if isinstance(payload, dict):
            return {name: self._with_template_id(value) for name, value in payload.items()}
        if isinstance(payload, list):
            return [self._with_template_id(value) for value in payload]
        return payload.format(**self.values) if payload == "{eventTemplateId}" else payload

    def _response_problems(self, operation: OperationObject, response: httpx.Response) -> Iterator[str]:
        declared = operation.responses.get(str(response.status_code))
        if str(response.status_code) not in operation.responses:
            yield f"returns {response.status_code}: {response.text[:200]}"
        elif declared and response.headers["Content-Type"].partition(";")[0] != declared.name:
            yield f"returns {response.headers['Content-Type']}"
        elif declared and declared.schema_name:
            if not make_validator(declared.schema_name, self.original).is_valid(response.json()):
                yield f"returns an invalid {declared.schema_name}: {response.text[:200]}"
            if operation.id == "create_template":
                self.values["eventTemplateId"] = response.json()["id"]
