"""Servers for calibrations that respond by a function, and what a calibration of them has found."""

import json
from collections.abc import Callable
from typing import Any

import httpx
from attrs import frozen

from hubspot_timeline_testing.calibration import Calibration, calibrate, markdown, plan_of
from hubspot_timeline_testing.calibration.sandbox_settings import decided_settings
from hubspot_timeline_testing.sandbox import SandboxSettings
from tests.helpers.calibrations import TOKEN, URL, InProcess, sandbox_with_contact, settings
from tests.helpers.fake_time import FakeTime

EVENT = {"id": "webinar-7f1c-ada", "eventTemplateId": "1000123", "tokens": {}, "objectType": "CONTACT"}
APP_EVENT = {"id": "webinar-7f1c-ada", "eventTypeName": "webinar", "properties": {}}


@frozen
class Answering(httpx.BaseTransport):
    """Answers each request by a function, which may use an application in this process."""

    exchange: Callable[[httpx.Request], httpx.Response]
    inner: InProcess | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the exchange."""
        return self.exchange(request)

    def close(self) -> None:
        """Close the application."""
        if self.inner:
            self.inner.close()


def measured(transport: httpx.BaseTransport, **changes: Any) -> Calibration:
    """Calibrate a server."""
    time, run = FakeTime(), settings(**changes)
    calibration = calibrate(URL, TOKEN, run, transport=transport, sleep=time.sleep, clock=time.clock)
    assert calibration.requests <= plan_of(run).max_requests
    return calibration


def rewritten(rewrite: Callable[[httpx.Request, httpx.Response], httpx.Response], **changes: Any) -> Calibration:
    """Calibrate a sandbox whose responses are rewritten."""
    with sandbox_with_contact(SandboxSettings()) as sandbox:
        inner = InProcess(sandbox.app)
        return measured(
            Answering(lambda request: rewrite(request, inner.handle_request(request)), inner),
            **{"apis": "v3"} | changes,
        )


def written(calibration: Calibration) -> str:
    """Return the file and the report of a calibration, in lower case."""
    return f"{json.dumps(calibration.to_json(), ensure_ascii=False)}{markdown(calibration)}".lower()


def reasons(calibration: Calibration) -> set[str]:
    """Return the reasons why nothing at all is decided."""
    assert not calibration.facts
    assert not any(fact.is_decided for fact in decided_settings(calibration).values())
    assert calibration.settings == {"errors": {}}
    return {reason for _, reason in calibration.problems()}
