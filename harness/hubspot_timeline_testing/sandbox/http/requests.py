"""From a path to what answers it: values in paths may hold any character, and a path knows all of its methods."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from hubspot_timeline_testing.sandbox.errors import RefusedError

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


def path_route(path: str, endpoints: Mapping[str, Endpoint]) -> Route:
    """Return the route of one path, which answers each method by its own endpoint and any other with 405."""

    async def answer(request: Request) -> Response:
        endpoint = endpoints.get(request.method)
        if endpoint is None:
            allowed = ", ".join(sorted(endpoints))
            message = f"Method Not Allowed: {request.method} {request.url.path}"[:500]
            raise RefusedError(405, message, "METHOD_NOT_ALLOWED", headers={"allow": allowed})
        return await endpoint(request)

    route = Route(path, answer)
    route.methods = None  # all of them come here, so that a path with fixed words is never taken for one with values
    return route


class EncodedPaths:
    """Routes by the path as it was sent, so that an id with a slash in it stays one part; its parts are not decoded."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        raw = scope.get("raw_path")
        sent = {"path": raw.decode("latin-1")} if raw else {}
        await self._app({**scope, **sent}, receive, send)
