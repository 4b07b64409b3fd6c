"""Fixtures for pytest: a sandbox for tests of whatever sends events, with any HTTP client.

pytest finds them once `hubspot-timeline[testing]` is installed. Nothing is started or imported for tests that ask for
none of them.
"""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp

    from hubspot_timeline_testing.sandbox import SandboxServer, SandboxSettings
    from hubspot_timeline_testing.sandbox.storage.store import Store


class AsgiSandbox:
    """A sandbox without a server, for asynchronous clients in the same event loop.

    `transport` is for httpx.AsyncClient, and for AsyncTimelineClient by `httpx_args`; `app` is the ASGI application,
    `store` what it holds, `url` a base URL that goes with them.
    """

    url = "http://127.0.0.1"

    def __init__(self, app: "ASGIApp", store: "Store") -> None:
        import httpx  # noqa: PLC0415 - not before a test asks for it

        self.app = app
        self.store = store
        self.transport: httpx.ASGITransport = httpx.ASGITransport(app)


@pytest.fixture(scope="session")
def timeline_sandbox_settings() -> "SandboxSettings":
    """Return the settings of both sandboxes; override it in a conftest.py for others."""
    return _sandbox().SandboxSettings()  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def _timeline_sandbox_servers() -> "Iterator[Servers]":
    with ExitStack() as running:
        yield Servers(running)


class Servers:
    """The servers of a run: one for each settings, since folders of tests may have their own."""

    def __init__(self, running: ExitStack) -> None:
        self._running = running
        self._found: list[tuple[SandboxSettings, SandboxServer]] = []

    def serving(self, settings: "SandboxSettings") -> "SandboxServer":
        """Return the server with these settings, which is started where there is none."""
        for known, server in self._found:
            if known == settings:
                return server
        started: SandboxServer = self._running.enter_context(_sandbox().SandboxServer(settings=settings))
        self._found.append((settings, started))
        return started


@pytest.fixture
def timeline_sandbox(
    timeline_sandbox_settings: "SandboxSettings", _timeline_sandbox_servers: Servers
) -> "SandboxServer":
    """Return a sandbox on a free port of this machine, empty at the beginning of each test.

    `url` is where to send to, with any token; `store` is what it holds; `control` steers it. One server serves all
    tests of a run that have the same settings (of each process, with pytest-xdist).
    """
    server = _timeline_sandbox_servers.serving(timeline_sandbox_settings)
    server.control.reset()
    return server


@pytest.fixture
def timeline_sandbox_asgi(timeline_sandbox_settings: "SandboxSettings") -> "Iterator[AsgiSandbox]":
    """Give a sandbox of the test's own, without a server: see AsgiSandbox."""
    sandbox = _sandbox()
    with sandbox.Store() as store:
        yield AsgiSandbox(sandbox.app.create_app(store, settings=timeline_sandbox_settings), store)


def _sandbox() -> Any:
    try:
        from hubspot_timeline_testing import sandbox  # noqa: PLC0415 - not before a test asks for it
        from hubspot_timeline_testing.sandbox import app  # noqa: F401, PLC0415 - loads what may be missing
    except ImportError as error:
        pytest.fail(f"{error}; these fixtures need: pip install 'hubspot-timeline[testing]'", pytrace=False)
    return sandbox
