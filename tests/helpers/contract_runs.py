"""Runs of the contract against sandboxes, and against a service that departs from the document here and there."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, TypeAlias

import httpx
from attrs import evolve, field, frozen

from hubspot_timeline_testing.contract import ContractReport, verify
from hubspot_timeline_testing.sandbox import Account, FaultPlan, SandboxServer, SandboxSettings

TOKEN = "of-the-only-account"
# What is taken beyond the document is not in it; and without accounts every token would be right.
STRICT = SandboxSettings(types="strict", accounts=[Account(name="only", access_token=TOKEN)])


@frozen
class Exchange:
    """A request, and the answer that is sent; `query` begins with a question mark where there is one."""

    method: str
    path: str
    headers: Mapping[str, str]
    sent: bytes
    status: int = 0
    content_type: str | None = "application/json"
    body: bytes = b""
    more: Mapping[str, str] = field(factory=dict)


Flaw: TypeAlias = Callable[[Exchange], Exchange]
"""Changes an answer of the sandbox; what it does to the request has no effect."""


def contract(url: str, **options: Any) -> ContractReport:
    """Run the contract: the same one each time, of create_events and create_event, with their examples only."""
    token = options.pop("token", TOKEN)
    chosen: dict[str, Any] = {"seed": 1, "max_examples": 3, "phases": ["examples"], "max_wait": 0}
    chosen |= {"operations": ["create_events", "create_event"], **options}
    return verify(url, token, **chosen)


def contract_of(settings: SandboxSettings, **options: Any) -> ContractReport:
    """Run it against a sandbox, which waits for nothing."""
    with SandboxServer(settings=settings, sleep=_at_once) as server:
        return contract(server.url, **options)


def contract_with(faults: FaultPlan, **options: Any) -> ContractReport:
    """Run it against a strict sandbox that meets requests with faults."""
    return contract_of(evolve(STRICT, faults=faults), **options)


async def _at_once(_: float) -> None:
    pass


@contextmanager
def flawed(flaw: Flaw) -> Iterator[str]:
    """Serve what a strict sandbox answers, changed; yield the base URL."""
    with SandboxServer(settings=STRICT) as sandbox, httpx.Client(base_url=sandbox.url, trust_env=False) as client:

        def answer(asked: Exchange) -> Exchange:
            headers = {name: value for name, value in asked.headers.items() if name.lower() != "host"}
            got = client.request(asked.method, asked.path, content=asked.sent, headers=headers)
            more = {"Allow": got.headers["allow"]} if "allow" in got.headers else {}
            kind = got.headers.get("content-type")
            return flaw(evolve(asked, status=got.status_code, content_type=kind, body=got.content, more=more))

        with serving(answer) as url:
            yield url


@contextmanager
def serving(answer: Flaw) -> Iterator[str]:
    """Serve what a function answers; yield the base URL."""

    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            """Answer one request."""
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            done = answer(Exchange(self.command, self.path, dict(self.headers), sent))
            self.send_response_only(done.status)
            kind = {} if done.content_type is None else {"Content-Type": done.content_type}
            for name, value in {**kind, "Content-Length": str(len(done.body)), **done.more}.items():
                self.send_header(name, re.sub("[\r\n]", " ", value))
            self.end_headers()
            self.wfile.write(done.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as its base
            """Say nothing."""

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


def evolve_answer(asked: Exchange, status: int, body: bytes, **headers: str) -> Exchange:
    """Return the exchange with this answer, as JSON."""
    return evolve(asked, status=status, body=body, more=headers)
