"""The sandbox in a thread of this process, on a port of this machine."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import datetime
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from hubspot_timeline_testing.sandbox.app import create_app
from hubspot_timeline_testing.sandbox.control import SandboxControl
from hubspot_timeline_testing.sandbox.http.connections import BreakableHttpProtocol
from hubspot_timeline_testing.sandbox.settings import SandboxSettings
from hubspot_timeline_testing.sandbox.storage.store import Store
from hubspot_timeline_testing.sandbox.times import utc_now

_HOST = "127.0.0.1"  # never any other: there is no check of who asks


class SandboxServer:
    """A running sandbox for the time of a `with`; it accepts connections once that is entered.

    `store` is where events go, by default a new one in memory that is closed at the end. `port` 0 takes a free one.
    `now` gives aware times; `clock` gives the seconds of the rate window, and never goes back;
    `sleep` waits so many seconds wherever a fault takes time.
    Entering raises OSError if the port is not to be had.
    """

    def __init__(
        self,
        *,
        store: Store | None = None,
        settings: SandboxSettings | None = None,
        port: int = 0,
        now: Callable[[], datetime] = utc_now,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._given_store = store
        self._settings = settings
        self._port = port
        self._now = now
        self._clock = clock
        self._sleep = sleep
        self._cleanup = ExitStack()

    @property
    def url(self) -> str:
        """The base URL for clients, such as http://127.0.0.1:40123. To be asked for inside the `with` only."""
        return f"http://{_HOST}:{self._port}"

    @property
    def store(self) -> Store:
        """What was created so far. To be asked for inside the `with` only."""
        return self._store

    @property
    def control(self) -> SandboxControl:
        """What looks into it and steers it: faults, time, reset, snapshots. To be asked for inside the `with` only."""
        return self._control

    def __enter__(self) -> Self:
        with ExitStack() as cleanup:
            self._store = self._given_store or cleanup.enter_context(Store())
            settings, now, clock, sleep = self._settings, self._now, self._clock, self._sleep
            app = create_app(self._store, settings=settings, now=now, clock=clock, sleep=sleep)
            listener = cleanup.enter_context(_listen(self._port))
            self._port = listener.getsockname()[1]
            thread = _ServerThread(app, listener)
            thread.start()
            cleanup.callback(thread.stop)
            thread.ready.wait()
            self._control = cleanup.enter_context(SandboxControl(self.url))
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cleanup.close()


def _listen(port: int) -> socket.socket:
    listener = socket.create_server((_HOST, port))
    # Connections inherit it. asyncio would set it only on sockets it opened itself; without it, an answer's body waits
    # some 40 ms for the client to acknowledge the head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class _ServerThread(Thread):
    """uvicorn on a listening socket. `ready` is set once it serves, and also if it cannot."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        super().__init__(name="hubspot-timeline-sandbox", daemon=True)
        self.ready = Event()
        config = uvicorn.Config(
            app,
            http=BreakableHttpProtocol,
            log_config=None,  # the logging of the process is not the sandbox's to configure
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_keep_alive=60,  # a client that pauses for longer than the usual 5 s must not lose its connection
            timeout_graceful_shutdown=1,
        )
        self._server = _Server(config, self.ready)
        self._listener = listener

    def run(self) -> None:
        try:
            self._server.run(sockets=[self._listener])
        finally:
            self.ready.set()

    def stop(self) -> None:
        self._server.should_exit = True
        self.join()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()
