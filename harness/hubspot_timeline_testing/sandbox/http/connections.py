"""Connections that an application can reset or close, which an ASGI server does not offer by itself."""

import socket
import struct
import sys
from asyncio import Transport
from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:  # one of its two forms, the one that is always installed
    from uvicorn.protocols.http.h11_impl import H11Protocol as _HttpProtocol
else:
    from uvicorn.protocols.http.auto import AutoHTTPProtocol as _HttpProtocol

STATE = "connection"
"""The key of the BreakableConnection in the state of a request."""

# SO_LINGER on with 0 seconds: close() sends a reset.
_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


@frozen
class BreakableConnection:
    """The connection of one client."""

    _transport: Transport

    def reset(self) -> None:
        """Reset it at once; data that is still buffered is dropped."""
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._transport.abort()

    def close(self) -> None:
        """Close it once everything written so far is sent."""
        self._transport.close()


class BreakableHttpProtocol(_HttpProtocol):
    """uvicorn's default protocol, which adds the connection to the state of each request."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Keep the connection, before its first request."""
        super().connection_made(transport)
        self.app_state: dict[str, Any] = self.app_state | {STATE: BreakableConnection(transport)}
