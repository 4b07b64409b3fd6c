"""The sandbox as an ASGI application."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from time import monotonic

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from hubspot_timeline.document import operation_path
from hubspot_timeline.sandbox.operations.gate import Operation
from hubspot_timeline.sandbox.operations.inspection import ReadBack
from hubspot_timeline.sandbox.refusals import RefusedError
from hubspot_timeline.sandbox.settings import SandboxSettings
from hubspot_timeline.sandbox.state.store import Store
from hubspot_timeline.sandbox.state.times import utc_now
from hubspot_timeline.sandbox.web.responses import refused


def create_app(
    store: Store,
    *,
    settings: SandboxSettings | None = None,
    now: Callable[[], datetime] = utc_now,
    clock: Callable[[], float] = monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Starlette:
    """Return the stand-in of the service, writing to `store`.

    `now` gives aware times, `clock` the seconds of the rate window; `sleep` waits the seconds of a latency, or between
    the pieces of a slow body.
    It serves the operation at the path that the document gives it, for any bearer token, and `ReadBack`.
    """
    operation = Operation(store, settings or SandboxSettings(), now, clock=clock, sleep=sleep)
    route = Route(operation_path("create_events"), operation.answer, methods=["POST"])
    app = Starlette(
        routes=[route, *ReadBack(store).routes()],
        exception_handlers={RefusedError: refused, HTTPException: refused},
    )
    app.router.redirect_slashes = False  # a path with one slash too many is unknown to the service
    return app
