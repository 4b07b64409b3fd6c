"""Fixtures for the page: a sandbox, and a browser that is at no page."""

from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome

from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.browser import DESKTOP, reset_browser
from tests.helpers.sandbox_page import SETTINGS


@pytest.fixture(scope="package")
def running() -> Iterator[SandboxServer]:
    """Give a sandbox that is started once."""
    with SandboxServer(settings=SETTINGS) as server:
        yield server


@pytest.fixture
def server(running: SandboxServer) -> SandboxServer:
    """Return that sandbox, empty."""
    running.control.reset()
    return running


@pytest.fixture
def browser(chrome: Chrome) -> Chrome:
    """Return the browser, with the window of a desktop."""
    reset_browser(chrome, DESKTOP)
    return chrome
