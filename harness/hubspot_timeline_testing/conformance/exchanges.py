"""Checks one request of an operation and its response, by each generated function of the operation."""

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

from hubspot_timeline_testing.conformance.generated_package import GeneratedPackage, python_name
from hubspot_timeline_testing.conformance.mismatches import expect
from hubspot_timeline_testing.openapi import OperationObject
from hubspot_timeline_testing.openapi.documents import Document
from hubspot_timeline_testing.strategies.payloads import Response, responses
from hubspot_timeline_testing.strategies.valid_values import from_schema

_BASE_URL = "http://conformance.invalid"
_ACCESS_TOKEN = "any"  # noqa: S105 - not a secret
# The generated functions raise ValueError for other statuses, such as 477; the wrapper handles these before.
_STATUSES = frozenset(HTTPStatus)
_DETAILED = ("sync_detailed", "asyncio_detailed")
_PARSED = ("sync", "asyncio")  # generated where a response has a body


def function_names(operation: OperationObject) -> tuple[str, ...]:
    """Return the functions of an operation, each synchronous one before its asynchronous one."""
    return _DETAILED + (_PARSED if any(body and body.schema_name for body in operation.responses.values()) else ())


@frozen
class Exchange:
    """The arguments of a function, by JSON name, and the response to its request."""

    parameters: Mapping[str, Any]
    body: Any
    response: Response


@frozen
class ExchangeCheck:
    """Makes the same request with every function of an operation."""

    package: GeneratedPackage
    module: ModuleType
    operation: OperationObject

    def exchanges(self, status: str, document: Document) -> st.SearchStrategy[Exchange]:
        """Return a strategy for exchanges whose response a status code, a range or `default` describes."""
        values = {parameter["name"]: _parameter_values(parameter, document) for parameter in self.operation.parameters}
        required = {parameter["name"] for parameter in self.operation.parameters if parameter.get("required")}
        parameters = st.fixed_dictionaries(
            {name: values[name] for name in values if name in required},
            optional={name: values[name] for name in values if name not in required},
        )
        request = self.operation.request
        body = from_schema(request.schema, document=document, extra_fields=True) if request else st.none()
        replies = responses(self.operation.id, status=status, document=document)
        return st.builds(Exchange, parameters, body, replies.filter(lambda response: response.status in _STATUSES))

    def check(self, exchange: Exchange) -> None:
        """Raise MismatchError if a request differs from the document, or a response is not returned as declared."""
        requests: list[httpx.Request] = []

        def respond(request: httpx.Request) -> httpx.Response:
            requests.append(request)
            return _http_response(exchange.response)

        functions = function_names(self.operation)
        for function, returned in zip(functions, self._call_all(functions, exchange, respond), strict=True):
            self._check_returned(function, returned, exchange.response)
        expect(len(requests) == len(functions), f"sends {len(requests)} requests in {len(functions)} calls")
        for request in requests:
            self._check_request(request, exchange)

    def _call_all(
        self, functions: tuple[str, ...], exchange: Exchange, respond: Callable[[httpx.Request], httpx.Response]
    ) -> list[Any]:
        options = {"transport": httpx.MockTransport(respond)}
        make_client = self.package.client.AuthenticatedClient
        client = make_client(base_url=_BASE_URL, token=_ACCESS_TOKEN, httpx_args=options)

        async def call(name: str) -> Any:
            returned = getattr(self.module, name)(client=client, **self._arguments(exchange))
            return await returned if inspect.isawaitable(returned) else returned

        async def call_all() -> list[Any]:
            return [await call(name) for name in functions]

        return asyncio.run(call_all())

    def _arguments(self, exchange: Exchange) -> dict[str, Any]:
        arguments = {python_name(name): value for name, value in exchange.parameters.items()}
        request = self.operation.request
        if request and request.schema_name:
            arguments["body"] = getattr(self.package.models, request.schema_name).from_dict(exchange.body)
        accepted = inspect.signature(self.module.sync_detailed).parameters
        return {name: value for name, value in arguments.items() if name in accepted}

    def _check_request(self, request: httpx.Request, exchange: Exchange) -> None:
        operation, target = self.operation, request.url.raw_path.decode()
        expected = self._target(exchange.parameters)
        expect(request.method == operation.method, f"sends {request.method}, not {operation.method}")
        expect(target == expected, f"requests {target}, not {expected}")
        if operation.security:
            expect(request.headers.get("Authorization") == f"Bearer {_ACCESS_TOKEN}", "sends no bearer token")
        if operation.request:
            media_type = request.headers.get("Content-Type")
            expect(media_type == operation.request.name, f"sends {media_type}")
            expect(json.loads(request.content) == exchange.body, f"sends {request.content!r} for {exchange.body!r}")
        else:
            expect(not request.content, "sends a body")

    def _target(self, values: Mapping[str, Any]) -> str:
        path = self.operation.path
        for parameter in self.operation.parameters:
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", quote(str(values[parameter["name"]]), safe=""))
        names = [parameter["name"] for parameter in self.operation.parameters if parameter["in"] == "query"]
        query = urlencode({name: json.dumps(values[name]).strip('"') for name in names if name in values})
        return f"{path}?{query}" if query else path

    def _check_returned(self, function: str, returned: Any, response: Response) -> None:
        if function in _DETAILED:
            expect(returned.status_code == response.status, f"returns {returned.status_code} for {response.status}")
            returned = returned.parsed
        source, body = f"from {response.status} by {function}()", response.body
        key = self.operation.response_key(response.status)
        declared = self.operation.responses[key] if key else None
        if declared is None or declared.schema_name is None:
            expect(returned == body, f"reads {returned!r} {source} with {body!r}")
            return
        model = type(returned).__name__
        expect(model == declared.schema_name, f"reads {model} {source}, not {declared.schema_name}")
        expect(returned.to_dict() == body, f"reads {returned!r} {source} with {body!r}")


def _parameter_values(parameter: Mapping[str, Any], document: Document) -> st.SearchStrategy[Any]:
    """Return a strategy for the values of a parameter without the path segments that HTTP clients remove."""
    return from_schema(parameter["schema"], document=document).filter(lambda value: value not in ("", ".", ".."))


def _http_response(response: Response) -> httpx.Response:
    if response.media_type is None:
        return httpx.Response(response.status)
    is_text = isinstance(response.body, str) and response.media_type.startswith("text/")
    content = response.body if is_text else json.dumps(response.body)
    content_type = f"{response.media_type}; charset=utf-8"
    return httpx.Response(response.status, content=content.encode(), headers={"Content-Type": content_type})
