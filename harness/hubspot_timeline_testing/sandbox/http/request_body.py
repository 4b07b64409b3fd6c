"""The body of a request, read no further than it may be."""

from asyncio import CancelledError

from starlette.requests import ClientDisconnect, Request

from hubspot_timeline_testing.sandbox.errors import RefusedError


async def json_body(request: Request, limit: int) -> bytes:
    """Return the body of a request, which only has to be declared as JSON.

    Raises RefusedError with 415 for another media type, and as `whole_body` does.
    """
    require_media_type(request, "application/json")
    return await whole_body(request, limit)


async def whole_body(request: Request, limit: int) -> bytes:
    """Return the body of a request.

    Raises RefusedError with 413 as soon as it is longer than so many bytes, so that it never fills the memory, and with
    503 if it does not come to its end.
    """
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise RefusedError(413, f"The body is longer than {limit} bytes", "REQUEST_TOO_LARGE")
    except (ClientDisconnect, CancelledError) as error:  # cancelled where the sandbox ends in the meantime
        raise RefusedError(503, "The connection or the sandbox ended within the body") from error
    return bytes(body)


def require_media_type(request: Request, wanted: str) -> None:
    """Raise RefusedError with 415 if the body is declared as something else."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != wanted:
        raise RefusedError(415, f"The body must be {wanted}", "UNSUPPORTED_MEDIA_TYPE")
