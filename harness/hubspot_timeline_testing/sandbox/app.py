"""The sandbox as an ASGI application."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from time import monotonic

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hubspot_timeline_testing.openapi import operations
from hubspot_timeline_testing.sandbox.admin.controls import Controls
from hubspot_timeline_testing.sandbox.admin.page.routes import page_routes
from hubspot_timeline_testing.sandbox.admin.read_back import ReadBack
from hubspot_timeline_testing.sandbox.auth.authenticator import Gatekeeper
from hubspot_timeline_testing.sandbox.auth.credentials import Doors
from hubspot_timeline_testing.sandbox.clock import Clock
from hubspot_timeline_testing.sandbox.context import World
from hubspot_timeline_testing.sandbox.errors import RefusedError
from hubspot_timeline_testing.sandbox.faults.injector import FaultSwitch
from hubspot_timeline_testing.sandbox.http.error_handlers import refused
from hubspot_timeline_testing.sandbox.http.requests import EncodedPaths, Endpoint, path_route
from hubspot_timeline_testing.sandbox.http.same_origin import OwnPagesOnly
from hubspot_timeline_testing.sandbox.operations.oauth import TokenEndpoint
from hubspot_timeline_testing.sandbox.operations.pipeline import Gate
from hubspot_timeline_testing.sandbox.operations.registry import OPERATIONS
from hubspot_timeline_testing.sandbox.rate_limit.limiter import DayCount, Limits, RollingWindow
from hubspot_timeline_testing.sandbox.seed_data import furnish
from hubspot_timeline_testing.sandbox.settings import SandboxSettings
from hubspot_timeline_testing.sandbox.storage.store import Store
from hubspot_timeline_testing.sandbox.times import utc_now


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
    the pieces of a slow body. It serves the operations at the paths that the document gives them, the token endpoint,
    at / a page, and under /_sandbox what ReadBack and Controls have; the latter are `app.state.controls`.
    Raises ValueError for templates in the settings that are none.
    """
    settings = settings or SandboxSettings()
    world = World(store, settings, Clock(now, clock), FaultSwitch(settings.faults))
    limits = Limits(
        RollingWindow(world.settings.limit, world.clock.seconds), DayCount(world.settings.daily, world.clock.now)
    )
    controls = Controls(world, limits)
    furnish(store, world.settings, world.clock)
    gate = Gate(world, Gatekeeper(world.settings.accounts, store.access_tokens, world.clock), limits, sleep)
    routes = [*_operations(gate), *TokenEndpoint(world).routes(), *ReadBack(world).routes(), *controls.routes()]
    routes += page_routes()
    app = Starlette(
        routes=routes,
        middleware=[Middleware(OwnPagesOnly), Middleware(EncodedPaths)],
        exception_handlers={RefusedError: refused, HTTPException: refused},
    )
    app.router.redirect_slashes = False  # a path with one slash too many is unknown to the service
    app.state.controls = controls
    return app


def _operations(gate: Gate) -> Iterator[Route]:
    """Yield a route for each path of the document, those without values first, as OpenAPI wants it."""
    by_path: dict[str, dict[str, Endpoint]] = {}
    for operation_id, (method, path) in operations().items():
        by_path.setdefault(path, {})[method] = _endpoint(gate, operation_id)
    for path in sorted(by_path, key=lambda path: "{" in path):
        yield path_route(path, by_path[path])


def _endpoint(gate: Gate, operation_id: str) -> Endpoint:
    doors = Doors(operation_id)

    async def answer(request: Request) -> Response:
        return await gate.answer(request, OPERATIONS[operation_id], doors)

    return answer
