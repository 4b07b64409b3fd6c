"""Parameters of the admin API: in the query, or in a JSON body."""

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from hubspot_timeline_testing.sandbox.errors import validation_error
from hubspot_timeline_testing.sandbox.http.requests import Endpoint, path_route, read_body
from hubspot_timeline_testing.sandbox.http.same_origin import SameOriginOnly
from hubspot_timeline_testing.sandbox.validation.strict_json import parse_json

_NUMBER = re.compile(r"[0-9]{1,15}")  # within SQLite's range


def admin_route(path: str, endpoints: Mapping[str, Endpoint]) -> Route:
    """Return the route of a path under /_sandbox, which rejects requests from pages of other web sites."""
    route = path_route(f"/_sandbox/{path}", endpoints)
    route.app = SameOriginOnly(route.app)
    return route


def number(request: Request, name: str, default: int | None = None) -> int:
    """Return a whole number in the query. Raises ServiceError (400)."""
    value = request.query_params.get(name, "" if default is None else str(default))
    if not _NUMBER.fullmatch(value):
        raise validation_error(f"{name} must be a whole number from 0 on")
    return int(value)


def text(request: Request, name: str) -> str:
    """Return a text in the query. Raises ServiceError (400) if it is missing."""
    value = request.query_params.get(name)
    if value is None:
        raise validation_error(f"{name} is missing in the query")
    return value


def page_range(request: Request) -> tuple[int, int]:
    """Return the offset (0) and the limit (100) in the query. Raises ServiceError (400)."""
    return number(request, "offset", 0), number(request, "limit", 100)


async def json_value(request: Request, limit: int) -> Any:
    """Return the JSON value in the body, whatever its media type. Raises ServiceError (400 or 413)."""
    return parse_json(await read_body(request, limit)).value


async def json_object(request: Request, limit: int) -> dict[str, Any]:
    """Return the JSON object in the body; an empty body is an empty object. Raises ServiceError (400 or 413)."""
    raw = await read_body(request, limit)
    value = parse_json(raw).value if raw.strip() else {}
    if not isinstance(value, dict):
        raise validation_error("The body must be a JSON object")
    return value
