"""A sandbox in this process for the tests of it, without a server."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
from attrs import frozen
from starlette.applications import Starlette

from hubspot_timeline_testing.sandbox import SandboxSettings
from hubspot_timeline_testing.sandbox.app import create_app
from hubspot_timeline_testing.sandbox.storage.store import Store
from hubspot_timeline_testing.sandbox.validation.schemas import validator
from tests.helpers.fake_time import FakeTime

PATH = "/integrators/timeline/v3/events/batch/create"
NOW = datetime(2026, 3, 10, 23, 4, 41, 164000, tzinfo=UTC)
NOW_TEXT = "2026-03-10T23:04:41.164Z"
HEADERS = {"Authorization": "Bearer any", "Content-Type": "application/json"}


def event(event_id: str = "e1", **fields: Any) -> dict[str, Any]:
    """Return an event that the service takes, with some fields changed."""
    return {"eventTemplateId": "1000123", "id": event_id, "tokens": {}, "email": "ada@example.com"} | fields


def without(name: str) -> dict[str, Any]:
    """Return an event that lacks a field."""
    return {key: value for key, value in event().items() if key != name}


@frozen
class Sandbox:
    """An application and its store; every answer to the operation is checked against the document."""

    app: Starlette
    store: Store

    def post(self, *events: Any) -> httpx.Response:
        """Send events as one batch."""
        return self.post_raw(json.dumps({"inputs": events}).encode())

    def post_raw(self, body: Any, headers: Mapping[str, str] = HEADERS) -> httpx.Response:
        """Send a body as it is."""
        response = self.request("POST", PATH, content=body, headers=headers)
        name = "TimelineEventBatchResult" if response.is_success else "ErrorBody"
        validator(name).validate(response.json())
        return response

    def get(self, path: str, **query: Any) -> httpx.Response:
        """Read something back."""
        return self.request("GET", path, params=query)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send any request; what the application raises is raised here."""
        return asyncio.run(_request(self.app, method, path, options))


async def _request(app: Starlette, method: str, path: str, options: Mapping[str, Any]) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        return await client.request(method, path, **options)


@contextmanager
def opened(settings: SandboxSettings | None = None, now: Callable[[], datetime] = lambda: NOW) -> Iterator[Sandbox]:
    """Give a fresh sandbox whose clock stands still."""
    with Store() as store:
        yield Sandbox(create_app(store, settings=settings, now=now, sleep=FakeTime().async_sleep), store)
