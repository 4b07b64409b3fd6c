"""The sandbox in a thread of this process, on a port of this machine."""

import socket
from contextlib import AbstractContextManager, ExitStack
from typing import Self

from hubspot_timeline_testing import needs
from hubspot_timeline_testing.sandbox.clock import Clock
from hubspot_timeline_testing.sandbox.control import SandboxControl
from hubspot_timeline_testing.sandbox.settings import SandboxSettings
from hubspot_timeline_testing.sandbox.storage.store import Store

_HOST = "127.0.0.1"  # never any other: the admin API has no authentication


class SandboxServer:
    """A running sandbox for the time of a `with`; it accepts connections once that is entered.

    `store` holds what is created, by default a new one in memory that is closed at the end. `port` 0 takes a free one.
    `clock` is its time, by default that of the machine.
    Entering raises OSError if the port is not available, ImportError without the extra `hubspot-timeline[sandbox]`.
    The attributes below are available inside the `with` only.
    """

    url: str
    """The base URL for clients, such as http://127.0.0.1:40123."""

    store: Store
    """What was created so far."""

    control: SandboxControl
    """The admin API: faults, time, reset, snapshots, and what was created."""

    def __init__(
        self,
        *,
        store: Store | None = None,
        settings: SandboxSettings | None = None,
        port: int = 0,
        clock: Clock | None = None,
    ) -> None:
        self._own_store = store
        self._settings = settings
        self._port = port
        self._clock = clock
        self._cleanup = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as cleanup:
            self.store = self._own_store or cleanup.enter_context(Store())
            listener = cleanup.enter_context(_listen(self._port))
            self.url = f"http://{_HOST}:{listener.getsockname()[1]}"
            cleanup.enter_context(self._serving(listener))
            self.control = cleanup.enter_context(SandboxControl(self.url))
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._cleanup.close()

    def _serving(self, listener: socket.socket) -> AbstractContextManager[None]:
        with needs("sandbox"):  # here, so that this module can be imported without the packages of the extra
            from hubspot_timeline_testing.sandbox.app import create_app  # noqa: PLC0415 - optional packages
            from hubspot_timeline_testing.sandbox.server_thread import serving  # noqa: PLC0415 - optional packages
        return serving(create_app(self.store, settings=self._settings, clock=self._clock), listener)


def _listen(port: int) -> socket.socket:
    listener = socket.create_server((_HOST, port))
    # Connections inherit it. asyncio sets it only on sockets that it opened itself; without it, the body of a response
    # waits some 40 ms for the client to acknowledge the headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
