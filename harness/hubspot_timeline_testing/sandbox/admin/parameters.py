"""What is asked for in a query or in a body under /_sandbox."""

import re
from typing import Any

from starlette.requests import Request

from hubspot_timeline_testing.sandbox.errors import RefusedError, invalid
from hubspot_timeline_testing.sandbox.http.request_body import whole_body
from hubspot_timeline_testing.sandbox.validation.strict_json import parse

_NUMBER = re.compile(r"[0-9]{1,15}")  # what SQLite can count


def number(request: Request, name: str, default: int | None = None) -> int:
    """Return a whole number of the query. Raises RefusedError with 400."""
    given = request.query_params.get(name, "" if default is None else str(default))
    if not _NUMBER.fullmatch(given):
        raise invalid(f"{name} must be a whole number from 0 on")
    return int(given)


def text(request: Request, name: str) -> str:
    """Return a text of the query. Raises RefusedError with 400 where it is missing."""
    given = request.query_params.get(name)
    if given is None:
        raise invalid(f"{name} is missing in the query")
    return given


async def json_value(request: Request, limit: int) -> Any:
    """Return the body as JSON, whatever its type is called. Raises RefusedError for one that is too long or is none."""
    try:
        return parse(await whole_body(request, limit)).value
    except RecursionError as error:
        raise invalid("Invalid input JSON: it is nested too deeply") from error


async def json_object(request: Request, limit: int) -> dict[str, Any]:
    """Return the body as a JSON object; no body is an empty one."""
    raw = await whole_body(request, limit)
    try:
        found = parse(raw).value if raw.strip() else {}
    except RecursionError as error:
        raise invalid("Invalid input JSON: it is nested too deeply") from error
    if not isinstance(found, dict):
        raise RefusedError(400, "The body must be a JSON object", "VALIDATION_ERROR")
    return found
