"""Replies as HTTP responses, those too that break the connection."""

from collections.abc import Mapping

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hubspot_timeline.sandbox.web.connections import STATE, Connection
from hubspot_timeline.sandbox.web.replies import Reply, Reset


def as_response(reply: Reply, headers: Mapping[str, str]) -> Response:
    """Return the response that sends a reply, with further headers.

    One that breaks the connection raises RuntimeError when it is sent anywhere but in a SandboxServer.
    """
    if isinstance(reply, Reset):
        return _ResetResponse()
    response = Response if reply.is_whole else _BrokenResponse
    return response(reply.body, reply.status, {**headers, **reply.headers})


class _ResetResponse(Response):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - nothing is sent
        _connection(scope).reset()
        await _until_lost(receive)


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
