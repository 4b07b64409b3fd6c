"""What the unchanged document has against a sandbox that goes by the changed one."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx
from attrs import define, field

from hubspot_timeline.document.validators import make_validator
from hubspot_timeline.sandbox import SandboxSettings, Store, create_app
from hubspot_timeline.sandbox.judging.validation import complaint
from hubspot_timeline.testing.operations import Operation, operations_of
from mutants.places import Document
from mutants.samples import Samples

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
_BEARER = {"Authorization": "Bearer any"}


def server_complaints(original: Document, samples: Sequence[Samples]) -> Iterator[str]:
    """Yield what the sandbox does that the unchanged document does not allow."""
    yield from _of_schemas(samples)
    yield from asyncio.run(_of_operations(original))


def _of_schemas(samples: Sequence[Samples]) -> Iterator[str]:
    """Yield what the sandbox would take or refuse otherwise."""
    for each in samples:
        for value in each.valid:
            problem = complaint(each.schema, value)
            if problem:
                yield f"refuses a valid {each.schema}: {problem}"
        yield from (
            f"takes {each.schema} with {name} broken"
            for name, value in each.broken
            if not complaint(each.schema, value)
        )


async def _of_operations(original: Document) -> list[str]:
    with Store() as store:
        transport = httpx.ASGITransport(create_app(store, settings=SandboxSettings(types="strict")))
        async with httpx.AsyncClient(transport=transport, base_url=_BASE) as http:
            visit = Visit(original, http)
            return [said for each in STEPS async for said in visit.step(*each)]


@define
class Visit:
    """Calls the operations one after another, each without a token before, and with a developer key."""

    original: Document
    http: httpx.AsyncClient
    values: dict[str, str] = field(factory=lambda: {"appId": "77", "tokenName": "plan", "eventId": "a"})

    async def step(self, operation_id: str, body: Any) -> AsyncIterator[str]:
        """Call one operation; yield what is wrong about the answers."""
        operation = operations_of(self.original)[operation_id]
        for headers, query, name, is_let_in in _ways(self.original, operation):
            if is_let_in and operation.method != "GET":
                continue  # it can succeed once only
            answer = await self._call(operation, body, headers, query)
            if is_let_in == (answer.status_code == 401):
                yield f"{operation_id} answers {answer.status_code} {name}"
        answer = await self._call(operation, body, _BEARER, {})
        for problem in self._of_answer(operation, answer):
            yield f"{operation_id} {problem}"

    async def _call(self, operation: Operation, body: Any, headers: Mapping[str, str], query: Any) -> httpx.Response:
        path = operation.path
        for name, value in self.values.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
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


def _ways(original: Document, operation: Operation) -> Iterator[tuple[Mapping[str, str], Mapping[str, str], str, bool]]:
    """Yield headers and query of ways to ask for an operation, their name, and whether they are to be let in."""
    scheme = original["components"]["securitySchemes"]["developerKey"]
    yield {}, {}, "without a token", not operation.security
    yield {}, {scheme["name"]: "any"}, "with a developer key", any("developerKey" in way for way in operation.security)
