"""One request of an operation and its answer, by each of the operation's functions."""

import asyncio
import inspect
import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import ModuleType
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from attrs import frozen
from hypothesis import strategies as st

from hubspot_timeline_testing.conformance.generated_package import Package, python_name
from hubspot_timeline_testing.conformance.mismatches import expect
from hubspot_timeline_testing.openapi.operation_objects import Operation
from hubspot_timeline_testing.strategies.payloads import Answer, answers
from hubspot_timeline_testing.strategies.valid_values import from_schema

_BASE = "http://client-checks.invalid"
_TOKEN = "any"  # noqa: S105 - opens nothing
# The generated functions fail with a ValueError for others, such as 477; the wrapper looks at an answer before they do.
_STATUSES = frozenset(HTTPStatus)
_DETAILED = ("sync_detailed", "asyncio_detailed")
_PARSED = ("sync", "asyncio")  # generated where an answer has a body


def functions_of(operation: Operation) -> tuple[str, ...]:
    """Return the names of the functions that an operation has, each synchronous one before its asynchronous one."""
    return _DETAILED + (_PARSED if any(body and body.model for body in operation.responses.values()) else ())


@frozen
class Arguments:
    """What a function of an operation is given, in wire names, and the answer that its request gets."""

    parameters: Mapping[str, Any]
    body: Any
    answer: Answer


@frozen
class Exchange:
    """One request and its answer, by the synchronous and the asynchronous functions."""

    package: Package
    module: ModuleType
    operation: Operation

    def calls(self, status: str, document: Mapping[str, Any]) -> st.SearchStrategy[Arguments]:
        """Return a strategy of what to call the functions with, and of answers with a status, or of `default`."""
        given = {each["name"]: _parameter(each, document) for each in self.operation.parameters}
        must = {each["name"] for each in self.operation.parameters if each.get("required")}
        parameters = st.fixed_dictionaries(
            {name: values for name, values in given.items() if name in must},
            optional={name: values for name, values in given.items() if name not in must},
        )
        request = self.operation.request
        body = from_schema(request.schema, document=document, extra_fields=True) if request else st.none()
        replies = answers(self.operation.id, status=status, document=document)
        return st.builds(Arguments, parameters, body, replies.filter(lambda answer: answer.status in _STATUSES))

    def check(self, arguments: Arguments) -> None:
        """Raise UnkeptError if the request is not the documented one, or the answer is lost."""
        seen: list[httpx.Request] = []

        def answer(request: httpx.Request) -> httpx.Response:
            seen.append(request)
            return _response(arguments.answer)

        given, functions = self._keywords(arguments), functions_of(self.operation)
        with self._client(answer) as client:
            found = {name: getattr(self.module, name)(client=client, **given) for name in functions[::2]}
        found |= asyncio.run(self._later(answer, given, functions[1::2]))
        for name in functions:
            self._check_answer(name, found[name], arguments.answer)
        expect(len(seen) == len(functions), f"sends {len(seen)} requests in {len(functions)} calls")
        for request in seen:
            self._check_request(request, arguments)

    async def _later(
        self, answer: Callable[[httpx.Request], httpx.Response], given: dict[str, Any], functions: tuple[str, ...]
    ) -> dict[str, Any]:
        async with self._client(answer) as client:
            return {name: await getattr(self.module, name)(client=client, **given) for name in functions}

    def _client(self, answer: Callable[[httpx.Request], httpx.Response]) -> Any:
        args = {"transport": httpx.MockTransport(answer)}
        return self.package.client.AuthenticatedClient(base_url=_BASE, token=_TOKEN, httpx_args=args)

    def _keywords(self, arguments: Arguments) -> dict[str, Any]:
        given = {python_name(name): value for name, value in arguments.parameters.items()}
        request = self.operation.request
        if request and request.model:
            given["body"] = getattr(self.package.models, request.model).from_dict(arguments.body)
        known = inspect.signature(self.module.sync_detailed).parameters
        return {name: value for name, value in given.items() if name in known}

    def _check_request(self, request: httpx.Request, arguments: Arguments) -> None:
        target = self._target(arguments.parameters)
        expect(request.method == self.operation.method, f"sends {request.method}, not {self.operation.method}")
        expect(request.url.raw_path.decode() == target, f"asks for {request.url.raw_path.decode()}, not {target}")
        if self.operation.security:
            expect(request.headers.get("Authorization") == f"Bearer {_TOKEN}", "sends no bearer token")
        if self.operation.request:
            media_type = request.headers.get("Content-Type")
            expect(media_type == self.operation.request.media_type, f"sends {media_type}")
            expect(json.loads(request.content) == arguments.body, f"sends {request.content!r} for {arguments.body!r}")
        else:
            expect(not request.content, "sends a body")

    def _target(self, given: Mapping[str, Any]) -> str:
        path = self.operation.path
        for each in self.operation.parameters:
            if each["in"] == "path":
                path = path.replace(f"{{{each['name']}}}", quote(str(given[each["name"]]), safe=""))
        names = [each["name"] for each in self.operation.parameters if each["in"] == "query"]
        query = urlencode({name: json.dumps(given[name]).strip('"') for name in names if name in given})
        return f"{path}?{query}" if query else path

    def _check_answer(self, function: str, found: Any, answer: Answer) -> None:
        parsed = found
        if function in _DETAILED:
            expect(found.status_code == answer.status, f"gives {found.status_code} for {answer.status}")
            parsed = found.parsed
        declared = self.operation.responses
        body = declared.get(str(answer.status), declared.get("default"))
        told = f"from {answer.status} by {function}()"
        if body is None or body.model is None:
            expect(parsed == answer.body, f"reads {parsed!r} {told} with {answer.body!r}")
            return
        name = type(parsed).__name__
        expect(name == body.model, f"reads {name} {told}, not {body.model}")
        expect(parsed.to_dict() == answer.body, f"reads {parsed!r} {told} with {answer.body!r}")


def _parameter(parameter: Mapping[str, Any], document: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Return a strategy of its values; `.` and `..` and nothing are steps of a path to HTTP, not values."""
    return from_schema(parameter["schema"], document=document).filter(lambda value: value not in ("", ".", ".."))


def _response(answer: Answer) -> httpx.Response:
    if answer.media_type is None:
        return httpx.Response(answer.status)
    is_text = isinstance(answer.body, str) and answer.media_type.startswith("text/")
    content = answer.body if is_text else json.dumps(answer.body)
    return httpx.Response(
        answer.status, content=content.encode(), headers={"Content-Type": f"{answer.media_type}; charset=utf-8"}
    )
