"""What the unchanged document has against a sandbox that goes by the changed one."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any
from urllib.parse import quote

import httpx
from attrs import define, field

from hubspot_timeline_testing.openapi.validators import make_validator
from hubspot_timeline_testing.sandbox import SandboxSettings, Store
from hubspot_timeline_testing.sandbox.app import create_app
from hubspot_timeline_testing.sandbox.validation.schemas import schema_error
from hubspot_timeline_testing.strategies.operations import Operation, operations_of
from tests.mutants.places import Document
from tests.mutants.samples import Samples

TOKEN = {"name": "seats", "label": "Seats", "type": "number", "options": []}
TEMPLATE = {"name": "Webinar", "objectType": "contacts", "headerTemplate": "{{seats}}", "tokens": [TOKEN]}
EVENT = {"id": "a", "email": "ada@example.com", "tokens": {}}
# Each operation once, in an order in which all can succeed, with the body of its request; the template's id is put in.
STEPS: Sequence[tuple[str, Any]] = (
    ("list_templates", None),
    ("create_template", TEMPLATE),
    ("get_template", None),
    ("update_template", {"id": "{eventTemplateId}", "name": "Seminar", "tokens": [TOKEN]}),
    (
        "create_token",
        {"name": "plan", "label": "Plan", "type": "enumeration", "options": [{"value": "p", "label": "P"}]},
    ),
    ("update_token", {"label": "Tariff", "options": [{"value": "p", "label": "P"}]}),
    ("create_event", {"eventTemplateId": "{eventTemplateId}", **EVENT}),
    ("create_events", {"inputs": [{"eventTemplateId": "{eventTemplateId}", **EVENT, "id": "b"}]}),
    ("get_event", None),
    ("get_event_detail", None),
    ("render_event", None),
    ("delete_token", None),
    ("delete_template", None),
)
_BASE = "http://127.0.0.1"


def server_complaints(original: Document, samples: Sequence[Samples]) -> Iterator[str]:
    """Yield what the sandbox does that the unchanged document does not allow."""
    yield from _of_schemas(samples)
    yield from asyncio.run(_of_operations(original))


def _of_schemas(samples: Sequence[Samples]) -> Iterator[str]:
    """Yield what the sandbox would take or refuse otherwise."""
    for each in samples:
        for value in each.valid:
            problem = schema_error(each.schema, value)
            if problem:
                yield f"refuses a valid {each.schema}: {problem}"
        yield from (
            f"takes {each.schema} with {name} broken"
            for name, value in each.broken
            if not schema_error(each.schema, value)
        )


async def _of_operations(original: Document) -> list[str]:
    return [said for secret in ("bearer", "developerKey") for said in await _of_visit(original, secret)]


async def _of_visit(original: Document, secret: str) -> list[str]:
    with Store() as store:
        transport = httpx.ASGITransport(create_app(store, settings=SandboxSettings(types="strict")))
        async with httpx.AsyncClient(transport=transport, base_url=_BASE) as http:
            visit = Visit(original, http, secret)
            return [said for each in STEPS async for said in visit.step(*each)]


@define
class Visit:
    """Calls all operations one after another, with a token or, where that is enough, with a developer key.

    Each is called without either before, with a developer key where that is not enough, and with a number for the app
    that is beyond its bounds.
    """

    original: Document
    http: httpx.AsyncClient
    secret: str
    values: dict[str, str] = field(factory=lambda: {"appId": "77", "tokenName": "plan", "eventId": "a"})

    async def step(self, operation_id: str, body: Any) -> AsyncIterator[str]:
        """Call one operation; yield what is wrong about the answers."""
        operation = operations_of(self.original)[operation_id]
        ways = {name for way in operation.security for name in way}
        for secret in {"none", "bearer", "developerKey"} - ways:
            answer = await self._call(operation, body, secret)
            if answer.status_code != 401:
                yield f"{operation_id} answers {answer.status_code} with {secret}"
        secret = self.secret if self.secret in ways else "bearer"
        if "{appId}" in operation.path:
            answer = await self._call(operation, body, secret, appId=str(2**31))
            if answer.status_code != 400:
                yield f"{operation_id} answers {answer.status_code} for an appId of more than 32 bits"
        for problem in self._of_answer(operation, await self._call(operation, body, secret)):
            yield f"{operation_id} with {secret} {problem}"

    async def _call(self, operation: Operation, body: Any, secret: str, **values: str) -> httpx.Response:
        path = operation.path
        for name, value in (self.values | values).items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        headers = {"Authorization": "Bearer any"} if secret == "bearer" else {}
        key = self.original["components"]["securitySchemes"]["developerKey"]["name"]
        query = {key: "any"} if secret == "developerKey" else {}
        return await self.http.request(operation.method, path, json=self._filled(body), headers=headers, params=query)

    def _filled(self, body: Any) -> Any:
        """Put the template's id into a body."""
        if isinstance(body, dict):
            return {name: self._filled(value) for name, value in body.items()}
        if isinstance(body, list):
            return [self._filled(value) for value in body]
        return body.format(**self.values) if body == "{eventTemplateId}" else body

    def _of_answer(self, operation: Operation, answer: httpx.Response) -> Iterator[str]:
        declared = operation.responses.get(str(answer.status_code))
        if str(answer.status_code) not in operation.responses:
            yield f"answers {answer.status_code}: {answer.text[:200]}"
        elif declared and answer.headers["Content-Type"].partition(";")[0] != declared.media_type:
            yield f"answers with {answer.headers['Content-Type']}"
        elif declared and declared.model:
            if not make_validator(declared.model, self.original).is_valid(answer.json()):
                yield f"answers with what is no {declared.model}: {answer.text[:200]}"
            if operation.id == "create_template":
                self.values["eventTemplateId"] = answer.json()["id"]
