"""Replies as HTTP responses, those too that break the connection, and those that take their time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from math import ceil
from typing import TypeAlias

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hubspot_timeline_testing.sandbox.http.connections import STATE, Connection
from hubspot_timeline_testing.sandbox.http.response import Reply, Reset, Sent

PAUSE = 0.25
"""The seconds that are waited before each piece of an answer that is sent in pieces."""

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""


def as_response(reply: Reply, headers: Mapping[str, str], sleep: Sleep = asyncio.sleep) -> Response:
    """Return the response that sends a reply, with further headers; `sleep` waits between pieces.

    One that breaks the connection raises RuntimeError when it is sent anywhere but in a SandboxServer.
    """
    if isinstance(reply, Reset):
        return _ResetResponse()
    all_headers = {**headers, **reply.headers}
    if reply.pieces > 1:
        return _SlowResponse(reply, all_headers, sleep)
    response = Response if reply.is_whole else _BrokenResponse
    return response(reply.body, reply.status, all_headers)


class _ResetResponse(Response):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - nothing is sent
        _connection(scope).reset()
        await _until_lost(receive)


class _SlowResponse(Response):
    def __init__(self, reply: Sent, headers: Mapping[str, str], sleep: Sleep) -> None:
        super().__init__(reply.body, reply.status, headers)
        self._pieces = reply.pieces
        self._sleep = sleep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - all is read
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        size = ceil(len(self.body) / self._pieces) or 1
        for begin in range(0, len(self.body), size):
            await self._sleep(PAUSE)
            await send({"type": "http.response.body", "body": self.body[begin : begin + size], "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class _BrokenResponse(Response):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = _connection(scope)
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        connection.close()
        await _until_lost(receive)


def _connection(scope: Scope) -> Connection:
    connection = scope.get("state", {}).get(STATE)
    if not isinstance(connection, Connection):
        raise RuntimeError("this fault breaks the connection, which needs a SandboxServer or a SandboxProcess")  # noqa: TRY004
    return connection


async def _until_lost(receive: Receive) -> None:
    """Wait until the server knows of the end of the connection; before that it would answer in our place."""
    while (await receive())["type"] != "http.disconnect":
        pass
