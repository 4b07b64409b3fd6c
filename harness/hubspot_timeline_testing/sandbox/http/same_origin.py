"""Protection from other web sites: in a browser on this machine they could otherwise read and control a sandbox."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from hubspot_timeline_testing.sandbox.errors import ServiceError
from hubspot_timeline_testing.sandbox.http.response import error_response

_LOCAL = ("localhost", "127.0.0.1", "::1")


class SameOriginOnly:
    """Middleware that rejects requests from pages of other web sites with 403.

    Such a request has the other site's name in its Origin or, where that name resolves to this machine, in its Host.
    Clients that are not browsers send no Origin, and a local Host.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        request = Request(scope)
        if _has_local_host(request) and _has_own_origin(request):
            await self._app(scope, receive, send)
        else:
            error = ServiceError(403, "The request comes from a page of another site", "FOREIGN_SITE")
            await error_response(error)(scope, receive, send)


def _has_local_host(request: Request) -> bool:
    """Return whether the Host is this machine; a name without a dot is not a public domain."""
    host = request.headers.get("host", "")
    name = host.rpartition("]")[0] or host.partition(":")[0]
    return name.lstrip("[") in _LOCAL or "." not in name


def _has_own_origin(request: Request) -> bool:
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")
