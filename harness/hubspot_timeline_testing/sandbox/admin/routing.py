"""The routes of the admin API: parsed requests in, JSON values out."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from attrs import frozen
from starlette.requests import Request
from starlette.routing import Route

from hubspot_timeline_testing.sandbox.admin.guard import Guard
from hubspot_timeline_testing.sandbox.context import SandboxContext
from hubspot_timeline_testing.sandbox.errors import validation_error
from hubspot_timeline_testing.sandbox.http.requests import Endpoint, path_route, read_body
from hubspot_timeline_testing.sandbox.http.response import HttpResponse, json_response, json_text_response
from hubspot_timeline_testing.sandbox.validation.request_body import parse_json

_NUMBER = re.compile(r"[0-9]{1,15}")  # within SQLite's range
_MAX_BODY = 1_000_000_000  # bytes; for snapshots
_UNPROTECTED = ("health",)


@frozen
class AdminRequest:
    """The query and the body of a request. All methods raise ServiceError (400)."""

    query: Mapping[str, str]
    raw: bytes

    def number(self, name: str, default: int | None = None) -> int:
        """Return a whole number in the query."""
        value = self.query.get(name, "" if default is None else str(default))
        if not _NUMBER.fullmatch(value):
            raise validation_error(f"{name} must be a whole number from 0 on")
        return int(value)

    def text(self, name: str) -> str:
        """Return a text in the query."""
        if name not in self.query:
            raise validation_error(f"{name} is missing in the query")
        return self.query[name]

    def page(self) -> tuple[int, int]:
        """Return the offset (0) and the limit (100) in the query."""
        return self.number("offset", 0), self.number("limit", 100)

    def json(self) -> Any:
        """Return the JSON value in the body, whatever its media type."""
        return parse_json(self.raw).value

    def field(self, name: str) -> Any:
        """Return a field of the JSON object in the body, None if it is missing."""
        value = self.json() if self.raw.strip() else {}
        if not isinstance(value, dict):
            raise validation_error("The body must be a JSON object")
        return value.get(name)


Handler: TypeAlias = Callable[[SandboxContext, AdminRequest], object]
"""Returns a value for the JSON body, JSON text as a str, or None for a 204."""

Handlers: TypeAlias = Mapping[str, Mapping[str, Handler]]
"""The handlers of each path under /_sandbox, by method."""


def admin_routes(sandbox: SandboxContext, handlers: Handlers, guard: Guard) -> Iterator[Route]:
    """Yield the routes of the admin API, which the guard protects, except that of its health."""
    for path, methods in handlers.items():
        route = path_route(
            f"/_sandbox/{path}", {method: _endpoint(sandbox, handler) for method, handler in methods.items()}
        )
        yield route if path in _UNPROTECTED else guard.protect(route)


def _endpoint(sandbox: SandboxContext, handler: Handler) -> Endpoint:
    async def handle(request: Request) -> HttpResponse:
        raw = await read_body(request, _MAX_BODY)
        value = handler(sandbox, AdminRequest(request.query_params, raw))
        if value is None:
            return HttpResponse(204)
        return json_text_response(200, value) if isinstance(value, str) else json_response(200, value)

    return handle
