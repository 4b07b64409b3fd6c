"""Calibrations of sandboxes in this process, whose time passes only by sleeping."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from attrs import define, evolve, field
from starlette.applications import Starlette

from hubspot_timeline_testing.calibration import Calibration, CalibrationSettings, calibrate
from hubspot_timeline_testing.sandbox import SandboxSettings
from hubspot_timeline_testing.sandbox.storage.records import RecordIdentity
from hubspot_timeline_testing.sandbox.storage.store import StoredEvent
from tests.helpers.app_events import event_type
from tests.helpers.sandbox_calls import Sandbox, opened

URL = "http://127.0.0.1"
BOTH = ("v3", "2026-09")
TOKEN = "the-token-of-a-test-account"
CONTACT = RecordIdentity(object_id="501", email="ada@example.com")
TYPE = event_type(
    "calibration-type", properties=[{"name": "calibration", "label": "C", "type": "string", "options": []}]
)


@define
class InProcess(httpx.BaseTransport):
    """Sends to an application in this process; a reset of the connection is an error of the network."""

    app: Starlette
    requests: list[httpx.Request] = field(factory=list)
    _loop: asyncio.AbstractEventLoop = field(factory=asyncio.new_event_loop)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the response of the application."""
        self.requests.append(request)
        return self._loop.run_until_complete(self._handle(request))

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        try:
            response = await httpx.ASGITransport(self.app).handle_async_request(request)
            return httpx.Response(response.status_code, headers=response.headers, content=await response.aread())
        except RuntimeError as error:
            if "connection" not in str(error):
                raise
            raise httpx.ReadError(str(error), request=request) from error

    def close(self) -> None:
        """Close the loop."""
        self._loop.close()


def settings(**changes: Any) -> CalibrationSettings:
    """Return the settings of a run with both APIs."""
    values: dict[str, Any] = {"apis": BOTH, "email": CONTACT.email, "object_id": CONTACT.object_id, "app_id": 1}
    return CalibrationSettings(**values | {"event_type": "calibration-type", "largest_batch": 40} | changes)


@contextmanager
def sandbox_with_contact(sandbox_settings: SandboxSettings) -> Iterator[Sandbox]:
    """Give a sandbox that has the contact, and the event type."""
    app_events = evolve(sandbox_settings.app_events, event_types=[TYPE])
    with opened(evolve(sandbox_settings, app_events=app_events)) as sandbox:
        sandbox.store.create([StoredEvent("0", "of-the-contact", 0, "{}", identity=CONTACT)])
        yield sandbox


def calibrated(sandbox: Sandbox, run: CalibrationSettings | None = None, **options: Any) -> Calibration:
    """Calibrate a sandbox."""
    time = sandbox.time
    transport = InProcess(sandbox.app)
    return calibrate(URL, TOKEN, run or settings(), transport=transport, sleep=time.sleep, clock=time.clock, **options)
