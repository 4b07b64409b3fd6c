"""The HTTP response: operations build it, faults change it, and it sends itself as an ASGI application."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from json import JSONEncoder
from typing import Any, Literal, TypeAlias
from uuid import uuid4

from attrs import field, frozen
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hubspot_timeline_testing.sandbox.errors import ServiceError
from hubspot_timeline_testing.sandbox.http.connection_faults import (
    reset_connection,
    send_headers_slowly,
    send_slowly,
    send_truncated,
)

encode_json: Callable[[Any], str] = JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
"""Encode a value as compact JSON text."""

Delivery: TypeAlias = Literal["whole", "slow", "slow-headers", "truncated", "reset"]
"""How the response is sent: as it is; its body or its headers in pieces with pauses; half of the body; not at all, the
connection is reset."""

_CATEGORIES = {404: "OBJECT_NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}
_PHRASES = {477: "Migration in Progress", 520: "Unknown Error"}  # those that http.HTTPStatus lacks


@frozen
class HttpResponse:
    """An HTTP response; the names of its headers are in lower case.

    Any delivery but whole and slow needs a server with breakable connections: RuntimeError is raised elsewhere.
    `sleep` makes the pauses of the slow ones.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(factory=dict)
    delivery: Delivery = "whole"
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep, eq=False, repr=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response."""
        response = Response(self.body, self.status, self.headers)
        match self.delivery:
            case "whole":
                await response(scope, receive, send)
            case "slow":
                await send_slowly(response, send, self.sleep)
            case "slow-headers":
                await send_headers_slowly(response, scope, receive, self.sleep)
            case "truncated":
                await send_truncated(response, scope, receive, send)
            case "reset":
                await reset_connection(scope, receive)


def json_response(status: int, value: object) -> HttpResponse:
    """Return a response with a value as its JSON body."""
    return json_text_response(status, encode_json(value))


def json_text_response(status: int, text: str) -> HttpResponse:
    """Return a response whose body is JSON text."""
    return HttpResponse(status, text.encode(), {"content-type": "application/json"})


def error_response(error: ServiceError) -> HttpResponse:
    """Return the response for an error, in the service's shape and under a new correlation id."""
    optional = {"category": error.category, "context": error.context, "errors": error.errors}
    present = {name: value for name, value in optional.items() if value is not None}
    body = {"status": "error", "message": error.message, "correlationId": str(uuid4())} | present
    headers = {"content-type": "application/json", **error.headers}
    return HttpResponse(error.status, encode_json(body).encode(), headers)


def status_response(status: int, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return an error response whose message is the phrase of its status."""
    return error_response(ServiceError(status, phrase(status), headers=headers))


def html_response(status: int) -> HttpResponse:
    """Return an HTML page such as a gateway in front of the service sends."""
    title = f"{status} {phrase(status)}"
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    return HttpResponse(status, page.encode(), {"content-type": "text/html"})


def rate_limit_response(policy: str = "TEN_SECONDLY_ROLLING", headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return a 429, whose body has other fields than other errors; the policy names the limit."""
    body = {
        "status": "error",
        "message": f"You have reached your {policy.lower()} limit.",
        "errorType": "RATE_LIMIT",
        "correlationId": str(uuid4()),
        "policyName": policy,
        "groupName": "publicapi:sandbox",
    }
    return HttpResponse(429, encode_json(body).encode(), {"content-type": "application/json", **(headers or {})})


async def handle_error(request: Request, error: Exception) -> HttpResponse:
    """Return the error response for a ServiceError, a path without a route, and a database that cannot be used."""
    match error:
        case ServiceError():
            return error_response(error)
        case HTTPException():
            message = f"{error.detail}: {request.method} {request.url.path}"[:500]
            category = _CATEGORIES.get(error.status_code)
            return error_response(ServiceError(error.status_code, message, category, headers=error.headers))
        case sqlite3.OperationalError():  # such as a full disk
            return error_response(ServiceError(507, f"The sandbox cannot use its database: {error}"))
    raise error


def phrase(status: int) -> str:
    """Return the text for a status code."""
    try:
        return _PHRASES.get(status) or HTTPStatus(status).phrase
    except ValueError:
        return "Unassigned"
