"""Answers of the sandbox as HTTP responses."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hubspot_timeline_testing.sandbox.bodies import error_body
from hubspot_timeline_testing.sandbox.errors import RefusedError

_CATEGORIES = {404: "OBJECT_NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}


def json_response(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return a response with JSON text as its body."""
    return Response(text, status, headers, media_type="application/json")


async def refused(request: Request, error: Exception) -> Response:
    """Answer a RefusedError, and the HTTPException of a router that finds no route, with the service's error body."""
    match error:
        case RefusedError():
            return json_response(error.status, error_body(error), error.headers)
        case HTTPException():
            message = f"{error.detail}: {request.method} {request.url.path}"[:500]
            refusal = RefusedError(error.status_code, message, _CATEGORIES.get(error.status_code))
            return json_response(error.status_code, error_body(refusal), error.headers)
    raise error
