"""The sandbox as an ASGI application."""

import sqlite3
from collections.abc import Iterator, Sequence
from functools import cache

from hubspot_timeline_testing import needs

with needs("sandbox"):
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.middleware import Middleware
    from starlette.routing import Route

    from hubspot_timeline_testing.openapi import OperationObject, document, operation_objects
    from hubspot_timeline_testing.sandbox.admin.control_endpoints import CONTROLS
    from hubspot_timeline_testing.sandbox.admin.guard import Guard
    from hubspot_timeline_testing.sandbox.admin.page.routes import page_routes
    from hubspot_timeline_testing.sandbox.admin.read_endpoints import READERS
    from hubspot_timeline_testing.sandbox.admin.routing import admin_routes
    from hubspot_timeline_testing.sandbox.apis import APP_EVENTS, V3
    from hubspot_timeline_testing.sandbox.auth.authenticator import Authenticator
    from hubspot_timeline_testing.sandbox.clock import Clock
    from hubspot_timeline_testing.sandbox.context import SandboxContext
    from hubspot_timeline_testing.sandbox.errors import ServiceError
    from hubspot_timeline_testing.sandbox.faults.injector import FaultInjector
    from hubspot_timeline_testing.sandbox.http.requests import Endpoint, RawPaths, path_route
    from hubspot_timeline_testing.sandbox.http.response import handle_error
    from hubspot_timeline_testing.sandbox.operations.pipeline import Pipeline
    from hubspot_timeline_testing.sandbox.operations.token_endpoint import token_routes
    from hubspot_timeline_testing.sandbox.rate_limit.limiter import RequestLimiter
    from hubspot_timeline_testing.sandbox.seed_data import seed
    from hubspot_timeline_testing.sandbox.settings import SandboxSettings
    from hubspot_timeline_testing.sandbox.storage.store import Store


def create_app(
    store: Store, *, settings: SandboxSettings | None = None, clock: Clock | None = None, access_key: str = ""
) -> Starlette:
    """Return the sandbox as an application that writes to `store`.

    It serves the operations at the paths of both documents, the token endpoint, a page at /, and the admin API under
    /_sandbox; both of these require `access_key`, if there is one. `app.state.context` is its SandboxContext. Raises
    ValueError for invalid templates or event types in the settings.
    """
    settings, clock = settings or SandboxSettings(), clock or Clock()
    limiter = RequestLimiter(settings.limit, settings.daily, clock)
    event_types = seed(store, settings, clock)
    context = SandboxContext(store, settings, clock, FaultInjector(settings.faults), limiter, event_types)
    context.migrate(settings.migrated_after)
    pipeline = Pipeline(context, Authenticator(settings.accounts, store.access_tokens, clock))
    guard = Guard(access_key)
    routes = [*_operation_routes(pipeline, settings.app_events.versions), *token_routes(context), *page_routes(guard)]
    app = Starlette(
        routes=[*routes, *admin_routes(context, {**READERS, **CONTROLS}, guard)],
        middleware=[Middleware(RawPaths)],
        exception_handlers=dict.fromkeys((ServiceError, HTTPException, sqlite3.OperationalError), handle_error),  # type: ignore[arg-type] # any ASGI application will do
    )
    app.router.redirect_slashes = False  # to the service a path with an additional slash is unknown
    app.state.context = context
    return app


def _operation_routes(pipeline: Pipeline, versions: Sequence[str]) -> Iterator[Route]:
    """Yield a route for each path of the documents, those without parameters first, as OpenAPI requires."""
    by_path: dict[str, dict[str, Endpoint]] = {}
    for api, version in ((V3, "v3"), *((APP_EVENTS, version) for version in versions)):
        for operation in _operations(api.document):
            path = operation.path.replace("{version}", version)
            by_path.setdefault(path, {})[operation.method] = pipeline.endpoint(operation, api, version)
    for path in sorted(by_path, key=lambda path: "{" in path):
        yield path_route(path, by_path[path])


@cache
def _operations(name: str) -> tuple[OperationObject, ...]:
    return tuple(operation_objects(document(name)).values())
