"""The sandbox as an ASGI application."""

from asyncio import CancelledError
from collections.abc import Callable
from datetime import datetime

from attrs import frozen
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from hubspot_timeline.document import operation_path
from hubspot_timeline.sandbox.batch import create_events
from hubspot_timeline.sandbox.readback import ReadBack
from hubspot_timeline.sandbox.refusals import RefusedError
from hubspot_timeline.sandbox.responses import json_response, refused
from hubspot_timeline.sandbox.settings import SandboxSettings
from hubspot_timeline.sandbox.store import Store
from hubspot_timeline.sandbox.times import rfc3339, utc_now


def create_app(
    store: Store, *, settings: SandboxSettings | None = None, now: Callable[[], datetime] = utc_now
) -> Starlette:
    """Return the stand-in of the service, writing to `store`; `now` gives aware times.

    It serves the operation at the path that the document gives it, for any bearer token, and `ReadBack`.
    """
    operation = _CreateEvents(store, settings or SandboxSettings(), now)
    route = Route(operation_path("create_events"), operation.answer, methods=["POST"])
    app = Starlette(
        routes=[route, *ReadBack(store).routes()],
        exception_handlers={RefusedError: refused, HTTPException: refused},
    )
    app.router.redirect_slashes = False  # a path with one slash too many is unknown to the service
    return app


@frozen
class _CreateEvents:
    """The operation behind HTTP. It never waits while it writes, so requests are served one after the other."""

    store: Store
    settings: SandboxSettings
    now: Callable[[], datetime]

    async def answer(self, request: Request) -> Response:
        number = self.store.count_request(rfc3339(self.now()))
        _check_token(request)
        _check_media_type(request)
        raw = await _body(request, self.settings.max_body_bytes)
        answer = create_events(raw, number, store=self.store, settings=self.settings, now=self.now)
        return json_response(answer.status, answer.body)


def _check_token(request: Request) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise RefusedError(401, "The request holds no bearer token", "INVALID_AUTHENTICATION")


def _check_media_type(request: Request) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise RefusedError(415, "The body must be application/json", "UNSUPPORTED_MEDIA_TYPE")


async def _body(request: Request, limit: int) -> bytes:
    """Return the body. Raises RefusedError as soon as it is longer than allowed, so that it never fills the memory."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise RefusedError(413, f"The body is longer than {limit} bytes", "REQUEST_TOO_LARGE")
    except (ClientDisconnect, CancelledError) as error:  # cancelled where the sandbox ends in the meantime
        raise RefusedError(503, "The connection or the sandbox ended within the body") from error
    return bytes(body)
