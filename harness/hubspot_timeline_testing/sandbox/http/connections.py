"""Connections that an application can break, which a web server does not let it do by itself."""

import socket
import struct
import sys
from asyncio import Transport
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:  # of the two that there are the one that is always installed
    from uvicorn.protocols.http.h11_impl import H11Protocol as _HttpProtocol
else:
    from uvicorn.protocols.http.auto import AutoHTTPProtocol as _HttpProtocol

STATE = "connection"
"""The name under which a request's state holds its Connection."""

# The sender of the reset waits for nothing to arrive: linger on, for 0 seconds.
_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


@frozen
class Connection:
    """The connection of one client."""

    _transport: Transport

    def reset(self) -> None:
        """Break it at once; what was not sent yet never is."""
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._transport.abort()

    def close(self) -> None:
        """Close it once all that was written is sent."""
        self._transport.close()


class BreakableHttpProtocol(_HttpProtocol):
    """The protocol that uvicorn uses by default, which tells each request its connection."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Take the connection, before its first request."""
        super().connection_made(transport)
        self.app_state = self.app_state | {STATE: Connection(transport)}
