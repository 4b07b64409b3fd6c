"""uvicorn in a thread, on a socket that listens already."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from starlette.types import ASGIApp

from hubspot_timeline_testing.sandbox.http.connections import BreakableHttpProtocol


@contextmanager
def serving(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """Serve an application for the time of the block. Connections wait at the socket until the server is ready."""
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
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, args=[[listener]], name="hubspot-timeline-sandbox", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
