"""A scripted service behind httpx's own mock transport: each request takes the next answer."""

import json
from collections.abc import Callable, Iterable
from threading import Event
from typing import Any, TypeAlias

import httpx

Answer: TypeAlias = Callable[[httpx.Request], httpx.Response]


def created(request: httpx.Request) -> httpx.Response:
    """Answer that every event was created."""
    return httpx.Response(201, json=batch_result(inputs(request)))


def status(code: int, body: object = None, **headers: str) -> Answer:
    """Answer with a status; a dict becomes JSON, text HTML."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, dict):
        return lambda request: httpx.Response(code, headers=named, json=body)
    return lambda request: httpx.Response(code, headers=named, html=str(body or "<html>edge</html>"))


def broken(error: type[httpx.TransportError]) -> Answer:
    """Answer with a broken connection."""

    def answer(request: httpx.Request) -> httpx.Response:
        raise error("broken", request=request)

    return answer


def gated(gate: Callable[[], object], *, begun: Event) -> Answer:
    """Answer once the gate lets through; `begun` tells that a request has come."""

    def answer(request: httpx.Request) -> httpx.Response:
        begun.set()
        gate()
        return created(request)

    return answer


def inputs(request: httpx.Request) -> list[dict[str, Any]]:
    """Return the events of a request."""
    return list(json.loads(request.content)["inputs"])


def batch_result(events: Iterable[dict[str, Any]], **more: object) -> dict[str, Any]:
    """Return the body that lists the events as created."""
    return {
        "status": "COMPLETE",
        "results": [{**event, "objectType": "CONTACT"} for event in events],
        "startedAt": "2026-03-10T23:04:41.164Z",
        "completedAt": "2026-03-10T23:04:41.198211Z",
        **more,
    }


class Script:
    """Gives one answer after the other, then creates everything; `requests` holds what came."""

    def __init__(self, *answers: Answer) -> None:
        self.requests: list[httpx.Request] = []
        self._answers = iter(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.requests.append(request)
        return next(self._answers, created)(request)

    @property
    def httpx_args(self) -> dict[str, Any]:
        """What connects a client to the script."""
        return {"transport": httpx.MockTransport(self)}
