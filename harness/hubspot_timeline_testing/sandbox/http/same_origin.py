"""Web pages of others: in a browser on this machine they could otherwise look into a sandbox, and steer it."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from hubspot_timeline_testing.sandbox.errors import RefusedError
from hubspot_timeline_testing.sandbox.http.error_handlers import refused

_OWN = "/_sandbox/"
_LOCAL = ("localhost", "127.0.0.1", "::1")


class OwnPagesOnly:
    """Refuses what a page of another site asks for under /_sandbox with 403.

    Such a request names its site as Origin; or, where that site's name was made to mean this machine, as Host. What is
    no browser names none, or this machine.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope)
        if scope["path"].startswith(_OWN) and not (_is_local_name(request) and _is_of_own_page(request)):
            answer = await refused(request, RefusedError(403, "A page of another site asks for this", "FOREIGN_SITE"))
            await answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _is_local_name(request: Request) -> bool:
    """Whether the name is this machine's own; one without a dot is nobody's domain."""
    name = request.headers.get("host", "").rpartition("]")[0] or request.headers.get("host", "").partition(":")[0]
    return name.lstrip("[") in _LOCAL or "." not in name


def _is_of_own_page(request: Request) -> bool:
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")
