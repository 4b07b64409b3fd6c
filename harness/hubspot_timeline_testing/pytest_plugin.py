"""pytest fixtures for a sandbox, for tests of code that sends timeline events with any HTTP client.

pytest loads them once `hubspot-timeline[testing]` is installed. The sandbox and its dependencies are imported by the
first test that requests a fixture, since this module is part of every pytest run in the same environment.
"""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from hubspot_timeline_testing import missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from starlette.types import ASGIApp

    from hubspot_timeline_testing.sandbox import SandboxServer, SandboxSettings
    from hubspot_timeline_testing.sandbox.storage.store import Store


class AsgiSandbox:
    """A sandbox without a server, for asynchronous clients in the same event loop.

    `transport` is for httpx.AsyncClient, and for AsyncTimelineClient in `httpx_args`; `app` is the ASGI application,
    `store` its content, `url` a base URL to use with them.
    """

    url = "http://127.0.0.1"

    def __init__(self, app: "ASGIApp", store: "Store", transport: "httpx.ASGITransport") -> None:
        self.app = app
        self.store = store
        self.transport = transport


class _SandboxServers:
    """The servers of a test session, one for each settings, since a folder of tests may override the settings."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._servers: list[tuple[SandboxSettings, SandboxServer]] = []

    def with_settings(self, settings: "SandboxSettings") -> "SandboxServer":
        """Return the server with these settings; the first call starts it."""
        for existing, server in self._servers:
            if existing == settings:
                return server
        started: SandboxServer = self._stack.enter_context(_import_sandbox().SandboxServer(settings=settings))
        self._servers.append((settings, started))
        return started


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the setting of the configuration file."""
    parser.addini("timeline_sandbox_calibration", "the file of a calibration: the sandboxes behave so", type="paths")


@pytest.fixture(scope="session")
def timeline_sandbox_settings(pytestconfig: pytest.Config) -> "SandboxSettings":
    """Return the settings of both sandboxes, by the calibration if one is configured; override it in a conftest.py."""
    settings = _import_sandbox().SandboxSettings()
    for path in pytestconfig.getini("timeline_sandbox_calibration"):
        from hubspot_timeline_testing.calibration import Calibration  # noqa: PLC0415 - as above
        from hubspot_timeline_testing.sandbox.settings_json import with_changes  # noqa: PLC0415

        settings = with_changes(settings, Calibration.read(path).settings)
    return settings  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def _timeline_sandbox_servers() -> "Iterator[_SandboxServers]":
    with ExitStack() as stack:
        yield _SandboxServers(stack)


@pytest.fixture
def timeline_sandbox(
    timeline_sandbox_settings: "SandboxSettings", _timeline_sandbox_servers: _SandboxServers
) -> "SandboxServer":
    """Return a sandbox on a free port of this machine, empty at the start of each test.

    Send requests to `url` with any access token; `store` has the events, `control` injects faults. Tests with the same
    settings share one server (in each process, with pytest-xdist).
    """
    server = _timeline_sandbox_servers.with_settings(timeline_sandbox_settings)
    server.control.reset()
    return server


@pytest.fixture
def timeline_sandbox_asgi(timeline_sandbox_settings: "SandboxSettings") -> "Iterator[AsgiSandbox]":
    """Yield a sandbox for this test alone, without a server: see AsgiSandbox."""
    sandbox = _import_sandbox()
    import httpx  # noqa: PLC0415 - only for tests that request this fixture

    with sandbox.Store() as store:
        app = sandbox.app.create_app(store, settings=timeline_sandbox_settings)
        yield AsgiSandbox(app, store, httpx.ASGITransport(app))


def _import_sandbox() -> Any:
    try:
        from hubspot_timeline_testing import sandbox  # noqa: PLC0415 - only for tests that request a fixture
        from hubspot_timeline_testing.sandbox import app  # noqa: F401, PLC0415 - imports optional dependencies
    except ImportError as error:
        pytest.fail(missing(str(error.name), "testing"), pytrace=False)
    return sandbox
