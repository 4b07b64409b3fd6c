"""The sandbox in a thread of this process, on a port of this machine."""

import socket
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from hubspot_timeline_testing import needs
from hubspot_timeline_testing.sandbox.access_key import require_access_key
from hubspot_timeline_testing.sandbox.clock import Clock
from hubspot_timeline_testing.sandbox.control import SandboxControl
from hubspot_timeline_testing.sandbox.settings import SandboxSettings
from hubspot_timeline_testing.sandbox.storage.store import Store

_LOOPBACK = "127.0.0.1"
_WILDCARDS = {"0.0.0.0": _LOOPBACK, "::": "::1"}  # noqa: S104 - where clients here reach them


class SandboxServer:
    """A running sandbox for the time of a `with`; it accepts connections once that is entered.

    `store` holds what is created, by default a new one in memory that is closed at the end. `port` 0 takes a free one.
    `clock` is its time, by default that of the machine.

    `host`: the address that it listens on. Where other machines reach that, an `access_key` is required, and then the
    page and the admin API require it: ValueError. `https`: with a certificate that is made at the start; its CA is
    written to `ca_file`, by default a temporary file.

    Entering raises OSError if the port is not available, ImportError without the extra `hubspot-timeline[sandbox]`.
    The attributes below are available inside the `with` only.
    """

    url: str
    """The base URL for clients, such as http://127.0.0.1:40123."""

    store: Store
    """What was created so far."""

    ca_file: Path | None
    """The CA by which clients verify its certificate, as PEM; None without `https`."""

    control: SandboxControl
    """The admin API: faults, time, reset, snapshots, and what was created."""

    def __init__(
        self,
        *,
        store: Store | None = None,
        settings: SandboxSettings | None = None,
        port: int = 0,
        clock: Clock | None = None,
        host: str = _LOOPBACK,
        access_key: str = "",
        https: bool = False,
        ca_file: Path | None = None,
    ) -> None:
        require_access_key(access_key, host)
        self._own_store = store
        self._settings = settings
        self._port = port
        self._clock = clock
        self._host = host or "0.0.0.0"  # noqa: S104 - as the socket takes it; it has required a key
        self._access_key = access_key
        self._https = https
        self._own_ca_file = ca_file
        self._cleanup = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as cleanup:
            self.store = self._own_store or cleanup.enter_context(Store())
            listener = cleanup.enter_context(_listen(self._host, self._port))
            self.url = self._url(listener)
            self.ca_file = None
            if self._https:
                folder = cleanup.enter_context(TemporaryDirectory(prefix="hubspot-timeline-"))
                self.ca_file = self._own_ca_file or Path(folder, "ca.pem")
            cleanup.enter_context(self._serving(listener))
            control = SandboxControl(self.url, access_key=self._access_key, ca_file=self.ca_file)
            self.control = cleanup.enter_context(control)
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._cleanup.close()

    def _url(self, listener: socket.socket) -> str:
        host = _WILDCARDS.get(self._host, self._host)
        scheme, name = "https" if self._https else "http", f"[{host}]" if ":" in host else host
        return f"{scheme}://{name}:{listener.getsockname()[1]}"

    def _serving(self, listener: socket.socket) -> AbstractContextManager[None]:
        with needs("sandbox"):  # here, so that this module can be imported without the packages of the extra
            from hubspot_timeline_testing.sandbox.app import create_app  # noqa: PLC0415 - optional packages
            from hubspot_timeline_testing.sandbox.server_thread import serving  # noqa: PLC0415 - optional packages

            tls = None
            if self.ca_file:
                from hubspot_timeline_testing.sandbox.tls import server_context  # noqa: PLC0415 - takes long to load

                tls = server_context(self._host, self.ca_file)
        app = create_app(self.store, settings=self._settings, clock=self._clock, access_key=self._access_key)
        return serving(app, listener, tls)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, dualstack_ipv6=host == "::")
    # Connections inherit it. asyncio sets it only on sockets that it opened itself; without it, the body of a response
    # waits some 40 ms for the client to acknowledge the headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
