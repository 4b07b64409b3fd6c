"""Contract runs against sandboxes, and against servers whose responses deviate from the document."""

import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, TypeAlias

import httpx
from attrs import evolve, field, frozen

from hubspot_timeline_testing.contract import ContractReport, verify
from hubspot_timeline_testing.sandbox import (
    Account,
    AppEventSettings,
    Clock,
    FaultPlan,
    SandboxServer,
    SandboxSettings,
)
from tests.helpers.contract_process import forked

TOKEN = "of-the-only-account"
# The event type of the examples in the document of app events.
APP_EVENTS = AppEventSettings(
    project="webinars",
    event_types=[
        {
            "uid": "webinar-registration",
            "type": "app-event",
            "config": {
                "name": "Webinar registration",
                "objectType": "CONTACT",
                "properties": [
                    {"name": "webinarName", "label": "Webinar", "type": "string", "options": []},
                    {"name": "seats", "label": "Seats", "type": "number", "options": []},
                ],
            },
        }
    ],
)
# Without lenient types, and with an account, so that not every token is accepted.
STRICT = SandboxSettings(types="strict", accounts=[Account(name="only", access_token=TOKEN)], app_events=APP_EVENTS)


@frozen
class Exchange:
    """A request and its response."""

    method: str
    path: str
    headers: Mapping[str, str]
    sent: bytes
    status: int = 0
    content_type: str | None = "application/json"
    body: bytes = b""
    response_headers: Mapping[str, str] = field(factory=dict)


Respond: TypeAlias = Callable[[Exchange], Exchange]
"""Returns an exchange with another response."""


def contract(url: str, **options: Any) -> ContractReport:
    """Verify a server; without options with the examples of create_events and create_event only."""
    token = options.pop("token", TOKEN)
    chosen: dict[str, Any] = {"seed": 1, "max_examples": 3, "phases": ["examples"]}
    chosen |= {"operations": ["create_events", "create_event"]} | options
    with forked():
        return verify(url, token, **chosen)


def contract_of(settings: SandboxSettings, **options: Any) -> ContractReport:
    """Verify a sandbox with these settings, which never sleeps."""
    with SandboxServer(settings=settings, clock=Clock(sleep=_no_sleep)) as server:
        return contract(server.url, **options)


def contract_with(faults: FaultPlan, **options: Any) -> ContractReport:
    """Verify a strict sandbox with faults."""
    return contract_of(evolve(STRICT, faults=faults), **options)


def messages(report: ContractReport) -> list[str]:
    """Return the messages of the findings, each with its check."""
    return [f"{finding.check}: {finding.message}" for finding in report.findings]


async def _no_sleep(_: float) -> None:
    pass


@contextmanager
def changed(change: Respond) -> Iterator[str]:
    """Serve the changed responses of a strict sandbox; yield the base URL."""
    options: dict[str, Any] = {"trust_env": False, "verify": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)}
    with SandboxServer(settings=STRICT) as sandbox, httpx.Client(base_url=sandbox.url, **options) as client:

        def respond(exchange: Exchange) -> Exchange:
            headers = {name: value for name, value in exchange.headers.items() if name.lower() != "host"}
            if "\x00" in "".join(headers.values()):
                return respond_json(exchange, 400)
            response = client.request(exchange.method, exchange.path, content=exchange.sent, headers=headers)
            allow = {"Allow": response.headers["allow"]} if "allow" in response.headers else {}
            content_type = response.headers.get("content-type")
            return change(
                evolve(
                    exchange,
                    status=response.status_code,
                    content_type=content_type,
                    body=response.content,
                    response_headers=allow,
                )
            )

        with serving(respond) as url:
            yield url


@contextmanager
def serving(respond: Respond) -> Iterator[str]:
    """Serve the responses of a function; yield the base URL."""

    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            """Respond to one request."""
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            exchange = respond(Exchange(self.command, self.path, dict(self.headers), sent))
            self.send_response_only(exchange.status)
            kind = {} if exchange.content_type is None else {"Content-Type": exchange.content_type}
            headers = {**kind, "Content-Length": str(len(exchange.body)), **exchange.response_headers}
            for name, value in headers.items():
                self.send_header(name, re.sub("[\r\n]", " ", value))
            self.end_headers()
            self.wfile.write(exchange.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as its base
            """Log nothing."""

    for method in ("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "QUERY"):
        setattr(Handler, f"do_{method}", Handler.reply)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def respond_json(exchange: Exchange, status: int, body: bytes = b"{}", **headers: str) -> Exchange:
    """Return the exchange with this response, as JSON."""
    return evolve(exchange, status=status, content_type="application/json", body=body, response_headers=headers)
