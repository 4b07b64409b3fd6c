"""Misbehaving ways to send a response: slowly, truncated, or with a reset of the connection."""

import socket
import struct
import sys
from asyncio import Transport
from collections.abc import Awaitable, Callable, Iterator
from math import ceil

from attrs import frozen
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

SLOW_PIECES = 20
"""How many pieces a slow body, or slow headers, are sent in."""

PAUSE = 0.25
"""The seconds before each piece."""

CONNECTION = "connection"
"""The key of the BreakableConnection in the state of a request."""

# SO_LINGER on with 0 seconds: close() sends a reset.
_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


@frozen
class BreakableConnection:
    """The connection of one client, which ASGI does not let an application reset or close."""

    _transport: Transport

    def reset(self) -> None:
        """Reset it at once; data that is still buffered is dropped."""
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._transport.abort()

    def write(self, data: bytes) -> None:
        """Send bytes as they are, if the client is still there."""
        if not self._transport.is_closing():
            self._transport.write(data)

    def close(self) -> None:
        """Close it once everything written so far is sent."""
        self._transport.close()


async def send_slowly(response: Response, send: Send, sleep: Callable[[float], Awaitable[None]]) -> None:
    """Send the whole body in small pieces, with a pause before each."""
    body = bytes(response.body)
    await send({"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers})
    for piece in _pieces(body):
        await sleep(PAUSE)
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def send_headers_slowly(
    response: Response, scope: Scope, receive: Receive, sleep: Callable[[float], Awaitable[None]]
) -> None:
    """Send the headers in small pieces, with a pause before each, then the body, and close the connection.

    An ASGI server takes the headers as a whole, so that it sends none of this.
    """
    connection = _connection(scope)
    lines = [f"HTTP/1.1 {response.status_code} ".encode(), b"connection: close"]
    lines += [name + b": " + value for name, value in response.raw_headers]
    for piece in _pieces(b"".join(line + b"\r\n" for line in [*lines, b""])):
        await sleep(PAUSE)
        connection.write(piece)
    connection.write(bytes(response.body))
    connection.close()
    await _until_disconnected(receive)


async def send_truncated(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Send the headers and the first half of the body, then close the connection."""
    connection, body = _connection(scope), bytes(response.body)
    await send({"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    connection.close()
    await _until_disconnected(receive)


async def reset_connection(scope: Scope, receive: Receive) -> None:
    """Reset the connection without sending a byte."""
    _connection(scope).reset()
    await _until_disconnected(receive)


def _pieces(data: bytes) -> Iterator[bytes]:
    size = ceil(len(data) / SLOW_PIECES) or 1
    for begin in range(0, len(data), size):
        yield data[begin : begin + size]


def _connection(scope: Scope) -> BreakableConnection:
    connection = scope.get("state", {}).get(CONNECTION)
    if not isinstance(connection, BreakableConnection):
        raise RuntimeError("this fault breaks the connection, which needs a SandboxServer or a SandboxProcess")  # noqa: TRY004 - no argument has a wrong type
    return connection


async def _until_disconnected(receive: Receive) -> None:
    """Wait until the server has noticed the end of the connection; before that it would send a response of its own."""
    while (await receive())["type"] != "http.disconnect":
        pass
