"""uvicorn in a thread, on a socket that listens already."""

import socket
from threading import Event, Thread

import uvicorn
from starlette.types import ASGIApp

from hubspot_timeline_testing.sandbox.http.connections import BreakableHttpProtocol


class ServerThread(Thread):
    """Serves an application until `stop`. `ready` is set once it serves, and also if it fails to start."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        super().__init__(name="hubspot-timeline-sandbox", daemon=True)
        self.ready: Event = Event()
        config = uvicorn.Config(
            app,
            http=BreakableHttpProtocol,
            log_config=None,  # the process configures its own logging
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_keep_alive=60,  # a client that pauses for longer than the usual 5 s must not lose its connection
            timeout_graceful_shutdown=1,
        )
        self._server = _Server(config, self.ready)
        self._listener = listener

    def run(self) -> None:
        """Serve."""
        try:
            self._server.run(sockets=[self._listener])
        finally:
            self.ready.set()

    def stop(self) -> None:
        """Shut down, and wait for that."""
        self._server.should_exit = True
        self.join()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()
