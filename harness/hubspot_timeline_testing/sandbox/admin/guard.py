"""The protection of the admin API and the page: from pages of other web sites, and from callers without the key."""

from base64 import b64decode
from ipaddress import ip_address
from secrets import compare_digest
from urllib.parse import urlsplit

from attrs import field, frozen
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from hubspot_timeline_testing.sandbox.errors import ServiceError
from hubspot_timeline_testing.sandbox.http.response import error_response

_CHALLENGE = {"www-authenticate": 'Basic realm="Timeline sandbox: any user, and the access key as password"'}


@frozen
class Guard:
    """Rejects requests to routes that it protects. `key`: what they must have, if it is not empty.

    A page of another site could otherwise read and control a sandbox on the machine or in the network of its reader.
    Its requests have the other site's name in their Origin or, where that name resolves to the sandbox, in their Host.
    Clients that are not browsers send no Origin.
    """

    key: str = field(default="", repr=False)

    def protect(self, route: Route) -> Route:
        """Return the route, with a 403 for pages of other web sites, and a 401 without the key."""
        route.app = self._protected(route.app)
        return route

    def _protected(self, app: ASGIApp) -> ASGIApp:
        async def handle(scope: Scope, receive: Receive, send: Send) -> None:
            error = self._error(Request(scope))
            await (error_response(error) if error else app)(scope, receive, send)

        return handle

    def _error(self, request: Request) -> ServiceError | None:
        if not _has_safe_host(request) or not _has_own_origin(request):
            return ServiceError(403, "The request comes from a page of another site", "FOREIGN_SITE")
        if self.key and not compare_digest(self.key.encode(), _sent_key(request).encode(errors="replace")):
            message = "The access key of the sandbox is missing or wrong; send it as a bearer token or a password"
            return ServiceError(401, message, "INVALID_ACCESS_KEY", headers=_CHALLENGE)
        return None


def _sent_key(request: Request) -> str:
    """Return the bearer token or the password of a request; browsers ask for the latter."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value
    try:
        return b64decode(value, validate=True).decode().partition(":")[2] if scheme.lower() == "basic" else ""
    except ValueError:
        return ""


def _has_safe_host(request: Request) -> bool:
    """Return whether the Host cannot be another site's: it is an address, or a name without a dot."""
    try:
        name = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    except ValueError:
        return False
    return "." not in name or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _has_own_origin(request: Request) -> bool:
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")
