"""The routes of the admin API: parsed requests in, JSON values out."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from attrs import frozen
from starlette.requests import Request
from starlette.routing import Route

from hubspot_timeline_testing.sandbox.errors import validation_error
from hubspot_timeline_testing.sandbox.http.requests import Endpoint, path_route, read_body
from hubspot_timeline_testing.sandbox.http.response import HttpResponse, json_response, json_text_response
from hubspot_timeline_testing.sandbox.http.same_origin import SameOriginOnly
from hubspot_timeline_testing.sandbox.validation.request_body import parse_json

_NUMBER = re.compile(r"[0-9]{1,15}")  # within SQLite's range


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


Handler: TypeAlias = Callable[[AdminRequest], object]
"""Returns a value for the JSON body, JSON text as a str, or None for a 204."""


def admin_route(path: str, handlers: Mapping[str, Handler], max_body: int) -> Route:
    """Return the route of a path under /_sandbox with a handler for each method; a longer body gets a 413."""
    endpoints = {method: _endpoint(handler, max_body) for method, handler in handlers.items()}
    return protected(path_route(f"/_sandbox/{path}", endpoints))


def protected(route: Route) -> Route:
    """Return the route, which rejects requests from pages of other web sites."""
    route.app = SameOriginOnly(route.app)
    return route


def _endpoint(handler: Handler, max_body: int) -> Endpoint:
    async def handle(request: Request) -> HttpResponse:
        raw = await read_body(request, max_body)
        value = handler(AdminRequest(request.query_params, raw))
        if value is None:
            return HttpResponse(204)
        return json_text_response(200, value) if isinstance(value, str) else json_response(200, value)

    return handle
