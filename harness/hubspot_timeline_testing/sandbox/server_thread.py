"""uvicorn in a thread, on a socket that listens already."""

import asyncio
import socket
import ssl
from asyncio import Transport
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.types import ASGIApp

from hubspot_timeline_testing.sandbox.http.connection_faults import CONNECTION, BreakableConnection

if TYPE_CHECKING:  # one of its two forms, the one that is always installed
    from uvicorn.protocols.http.h11_impl import H11Protocol as _HttpProtocol
else:
    from uvicorn.protocols.http.auto import AutoHTTPProtocol as _HttpProtocol


@contextmanager
def serving(app: ASGIApp, listener: socket.socket, tls: ssl.SSLContext | None = None) -> Iterator[None]:
    """Serve an application for the time of the block, by HTTPS with `tls`.

    Connections wait at the socket until the server is ready.
    """
    config = uvicorn.Config(
        app,
        http=_BreakableHttpProtocol,
        log_config=None,  # the process configures its own logging
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_keep_alive=60,  # a client that pauses for longer than the usual 5 s must not lose its connection
        timeout_graceful_shutdown=1,
    )
    config.load()
    config.ssl = tls  # uvicorn itself makes one of files only
    server = _Server(config)
    thread = Thread(target=server.run, args=[[listener]], name="hubspot-timeline-sandbox", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.stop()
        thread.join()


class _Server(uvicorn.Server):
    """uvicorn without its pauses at the end: it looks ten times a second whether it should stop, and then waits."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._stopping: Future[None] = Future()

    def stop(self) -> None:
        """End, from another thread."""
        self.should_exit = True
        self._stopping.set_result(None)

    async def main_loop(self) -> None:
        """Set the date of the responses each second until the end."""
        stopping = asyncio.wrap_future(self._stopping)
        while not await self.on_tick(0):
            await asyncio.wait([stopping], timeout=1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let requests come to their end, but wait for nothing where there are none."""
        if self.server_state.tasks:
            await super().shutdown(sockets)
            return
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0)  # in which they are closed


class _BreakableHttpProtocol(_HttpProtocol):
    """uvicorn's default protocol, which adds the connection to the state of each request."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Keep the connection, before its first request."""
        super().connection_made(transport)
        self.app_state: dict[str, Any] = self.app_state | {CONNECTION: BreakableConnection(transport)}
