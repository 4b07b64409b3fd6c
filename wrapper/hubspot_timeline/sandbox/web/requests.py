"""What is asked of a request before its body is looked into."""

from asyncio import CancelledError

from starlette.requests import ClientDisconnect, Request

from hubspot_timeline.sandbox.refusals import RefusedError


def bearer_token(request: Request) -> str:
    """Return the token of a request. Raises RefusedError with 401 if there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise RefusedError(401, "The request holds no bearer token", "INVALID_AUTHENTICATION")
    return token.strip()


async def json_body(request: Request, limit: int) -> bytes:
    """Return the body of a request, which only has to be declared as JSON.

    Raises RefusedError with 415 for another media type, with 413 as soon as it is longer than so many bytes, so that it
    never fills the memory, and with 503 if it does not come to its end.
    """
    _check_media_type(request)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise RefusedError(413, f"The body is longer than {limit} bytes", "REQUEST_TOO_LARGE")
    except (ClientDisconnect, CancelledError) as error:  # cancelled where the sandbox ends in the meantime
        raise RefusedError(503, "The connection or the sandbox ended within the body") from error
    return bytes(body)


def _check_media_type(request: Request) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise RefusedError(415, "The body must be application/json", "UNSUPPORTED_MEDIA_TYPE")
