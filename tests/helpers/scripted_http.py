"""A scripted service behind httpx's mock transport: each request gets the next response."""

import json
from collections.abc import Callable, Iterable
from threading import Event
from typing import Any, TypeAlias

import httpx

Handler: TypeAlias = Callable[[httpx.Request], httpx.Response]


def created(request: httpx.Request) -> httpx.Response:
    """Respond that every event was created."""
    return httpx.Response(201, json=batch_result(inputs(request)))


def status(code: int, body: object = None, **headers: str) -> Handler:
    """Return a handler that responds with a status; a dict becomes JSON, text HTML."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, dict):
        return lambda request: httpx.Response(code, headers=named, json=body)
    return lambda request: httpx.Response(code, headers=named, html=str(body or "<html>edge</html>"))


def broken(error: type[httpx.TransportError]) -> Handler:
    """Return a handler that breaks the connection."""

    def respond(request: httpx.Request) -> httpx.Response:
        raise error("broken", request=request)

    return respond


def gated(gate: Callable[[], object], *, begun: Event) -> Handler:
    """Return a handler that sets `begun`, and creates the events once `gate` returns."""

    def respond(request: httpx.Request) -> httpx.Response:
        begun.set()
        gate()
        return created(request)

    return respond


def inputs(request: httpx.Request) -> list[dict[str, Any]]:
    """Return the events of a request."""
    return list(json.loads(request.content)["inputs"])


def batch_result(events: Iterable[dict[str, Any]], **fields: object) -> dict[str, Any]:
    """Return the body that lists the events as created."""
    return {
        "status": "COMPLETE",
        "results": [{**event, "objectType": "CONTACT"} for event in events],
        "startedAt": "2026-03-10T23:04:41.164Z",
        "completedAt": "2026-03-10T23:04:41.198211Z",
        **fields,
    }


class Script:
    """Gives one response after the other, then creates everything; `requests` lists the requests."""

    def __init__(self, *handlers: Handler) -> None:
        self.requests: list[httpx.Request] = []
        self._handlers = iter(handlers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Respond to one request."""
        self.requests.append(request)
        return next(self._handlers, created)(request)

    @property
    def httpx_args(self) -> dict[str, Any]:
        """The option that connects a client to the script."""
        return {"transport": httpx.MockTransport(self)}
