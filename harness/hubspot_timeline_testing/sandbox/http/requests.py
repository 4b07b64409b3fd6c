"""Incoming requests: routing by the raw path, and bodies of a limited size."""

from asyncio import CancelledError
from collections.abc import Awaitable, Callable, Mapping
from fnmatch import fnmatchcase
from typing import TypeAlias

from starlette.requests import ClientDisconnect, Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from hubspot_timeline_testing.openapi import OperationObject
from hubspot_timeline_testing.sandbox.errors import ServiceError
from hubspot_timeline_testing.sandbox.http.response import HttpResponse

Endpoint: TypeAlias = Callable[[Request], Awaitable[HttpResponse]]


class RawPaths:
    """Middleware that routes by the path as it was sent: an id that contains an encoded slash stays one segment."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its raw path, whose segments are not decoded."""
        raw = scope.get("raw_path")
        await self._app({**scope, "path": raw.decode("latin-1")} if raw else scope, receive, send)


def path_route(path: str, endpoints: Mapping[str, Endpoint]) -> Route:
    """Return the route of one path with an endpoint for each method; other methods get a 405."""

    async def dispatch(request: Request) -> HttpResponse:
        endpoint = endpoints.get(request.method)
        if endpoint is None:
            message = f"Method Not Allowed: {request.method} {request.url.path}"[:500]
            raise ServiceError(405, message, "METHOD_NOT_ALLOWED", headers={"allow": ", ".join(sorted(endpoints))})
        return await endpoint(request)

    route = Route(path, dispatch)
    route.methods = None  # with any method, so that a literal path is never taken for one with parameters
    return route


def require_acceptable(request: Request, operation: OperationObject) -> None:
    """Raise ServiceError (406) if the Accept header of a request has none of the media types of an operation."""
    accepted = [part.partition(";")[0].strip().lower() for part in request.headers.get("accept", "*/*").split(",")]
    media_types = {body.name for body in operation.responses.values() if body}
    if not any(fnmatchcase(media_type, pattern) for media_type in media_types for pattern in accepted):
        raise ServiceError(406, f"The response can only be {' or '.join(sorted(media_types))}", "NOT_ACCEPTABLE")


async def read_body(request: Request, limit: int, media_type: str | None = None) -> bytes:
    """Return the body of a request.

    Raises ServiceError: 415 if a media type is expected and another one declared, 413 as soon as the body is longer
    than `limit` bytes, so that it never fills the memory, and 503 if it does not arrive completely.
    """
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type and declared != media_type:
        raise ServiceError(415, f"The body must be {media_type}", "UNSUPPORTED_MEDIA_TYPE")
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise ServiceError(413, f"The body is longer than {limit} bytes", "REQUEST_TOO_LARGE")
    except (ClientDisconnect, CancelledError) as error:  # cancelled where the sandbox stops in the meantime
        raise ServiceError(503, "The connection or the sandbox ended within the body") from error
    return bytes(body)
