"""Fixtures of the sandbox's tests."""

from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome

from tests.helpers.browser import running_browser
from tests.helpers.sandbox_calls import Sandbox, opened


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Give an empty sandbox with the default settings."""
    with opened() as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Give a browser that is started once, in which timers of pages end in a tenth of their time."""
    faster = "const wait = setTimeout; window.setTimeout = (work, time) => wait(work, time / 10)"
    with running_browser(tmp_path_factory.mktemp("browser")) as browser:
        browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": faster})
        yield browser
