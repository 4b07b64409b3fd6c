"""A sandbox in this process, without a server, and requests to it."""

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from attrs import field, frozen
from starlette.applications import Starlette

from hubspot_timeline_testing.sandbox import Clock, FaultPlan, SandboxSettings, Store
from hubspot_timeline_testing.sandbox.app import create_app
from hubspot_timeline_testing.sandbox.validation.schemas import validator
from tests.helpers.fake_time import FakeTime

PATH = "/integrators/timeline/v3/events/batch/create"
NOW = datetime(2026, 3, 10, 23, 4, 41, 164000, tzinfo=UTC)
NOW_TEXT = "2026-03-10T23:04:41.164Z"
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Verifies nothing as valid; with it a client for plain HTTP loads no certificates, which takes 40 ms."""
HEADERS = {"Authorization": "Bearer any", "Content-Type": "application/json"}


def event(event_id: str = "e1", **fields: Any) -> dict[str, Any]:
    """Return a valid event, with some fields changed."""
    return {"eventTemplateId": "1000123", "id": event_id, "tokens": {}, "email": "ada@example.com"} | fields


def without(name: str, **fields: Any) -> dict[str, Any]:
    """Return a valid event that lacks one field, with others changed."""
    return {key: value for key, value in event().items() if key != name} | fields


def counts(**changes: int) -> dict[str, int]:
    """Return the counts of an empty sandbox, with some changed."""
    return {"events": 0, "requests": 0, "limited": 0, "records": 0, "templates": 0} | changes


def bearer(token: str) -> dict[str, str]:
    """Return the headers of a JSON request with an access token."""
    return HEADERS | {"Authorization": f"Bearer {token}"}


def post(url: str, *events: Any) -> httpx.Response:
    """Send events as one batch to a sandbox that runs in a server."""
    return httpx.post(url + PATH, headers=HEADERS, json={"inputs": events}, verify=PLAIN)


@frozen
class Sandbox:
    """An application, its store and its time; `post` checks each response against the document."""

    app: Starlette
    store: Store
    time: FakeTime = field(factory=FakeTime)

    def post(self, *events: Any) -> httpx.Response:
        """Send events as one batch."""
        return self.post_raw(json.dumps({"inputs": events}).encode())

    def post_raw(self, body: Any, headers: Mapping[str, str] = HEADERS) -> httpx.Response:
        """Send a body as it is."""
        response = self.request("POST", PATH, content=body, headers=headers)
        name = "TimelineEventBatchResult" if response.is_success else "ErrorBody"
        validator(name).validate(response.json())
        return response

    def send(self, *events: Any, token: str = "any") -> httpx.Response:
        """Send events as one batch, whose response may break the document."""
        return self.request("POST", PATH, headers=bearer(token), json={"inputs": events})

    def get(self, path: str, **query: Any) -> httpx.Response:
        """Send a GET request."""
        return self.request("GET", path, params=query)

    def counts(self) -> dict[str, int]:
        """Return the counts of the admin API."""
        counts: dict[str, int] = self.get("/_sandbox/counts").json()
        return counts

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send any request; exceptions of the application are raised."""
        return asyncio.run(_request(self.app, method, path, options))


async def _request(app: Starlette, method: str, path: str, options: Mapping[str, Any]) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        return await client.request(method, path, **options)


@contextmanager
def opened(
    settings: SandboxSettings | None = None,
    *,
    time: FakeTime | None = None,
    sleep: Callable[[float], Awaitable[None]] | None = None,
    store: Store | None = None,
    access_key: str = "",
) -> Iterator[Sandbox]:
    """Give a sandbox, by default an empty one, whose time passes only when it sleeps."""
    time = time or FakeTime()
    with store or Store() as opened_store:
        clock = Clock(
            now=lambda: NOW + timedelta(seconds=time.now), seconds=time.clock, sleep=sleep or time.async_sleep
        )
        app = create_app(opened_store, settings=settings, clock=clock, access_key=access_key)
        yield Sandbox(app, opened_store, time)


@contextmanager
def scripted(*script: Any, **plan: Any) -> Iterator[Sandbox]:
    """Give a sandbox with a plan of faults."""
    with opened(SandboxSettings(faults=FaultPlan(script=script, **plan))) as sandbox:
        yield sandbox
