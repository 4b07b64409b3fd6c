"""A headless browser for tests of the page of a sandbox."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.support.wait import WebDriverWait

_MISSING = (
    "chromium or its driver is missing; install them (Debian: apt-get install chromium chromium-driver) for this test"
)
_TIMEOUT = 20  # seconds; conditions need hundredths

DESKTOP = (1280, 900)
PHONE = (360, 740)


@contextmanager
def running_browser(folder: Path) -> Iterator[Chrome]:
    """Run Chromium with a profile of its own in a folder. Skips the test without Chromium, but fails it in CI.

    Nothing is downloaded: both programs have to be installed, and Selenium does not search for them.
    """
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up(_MISSING)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SE_OFFLINE", "true")
        environment.setenv("no_proxy", "127.0.0.1,localhost")  # the driver is on this machine, and so is the sandbox
        browser = Chrome(options=_options(program, folder), service=ChromeService(driver))
    try:
        yield browser
    finally:
        browser.quit()


def wait_until(browser: Chrome, condition: str, *values: Any) -> Any:
    """Wait until a JavaScript expression is true, and return its value. Raises TimeoutException, which names it."""
    wait = WebDriverWait(browser, _TIMEOUT, poll_frequency=0.02)
    return wait.until(lambda _: browser.execute_script(f"return {condition}", *values), condition)


def wait_for_text(browser: Chrome, selector: str, text: str) -> None:
    """Wait until a visible element has a text."""
    visible = "[...document.querySelectorAll(arguments[0])].filter((it) => it.checkVisibility())"
    wait_until(browser, f"{visible}.some((it) => it.innerText.includes(arguments[1]))", selector, text)


def text_of(browser: Chrome, selector: str) -> str:
    """Return the visible text of an element, empty if it is hidden."""
    read = "const it = document.querySelector(arguments[0]); return it.checkVisibility() ? it.innerText : ''"
    return str(browser.execute_script(read, selector))


def reset_browser(browser: Chrome, size: tuple[int, int]) -> None:
    """Leave the page, and clear the logs."""
    browser.get("about:blank")
    resize(browser, size)
    errors_of(browser)
    requested_urls(browser)


def errors_of(browser: Chrome) -> list[Any]:
    """Return the errors in the console since the last call, violations of the policy among them."""
    return _log(browser, "browser")


def requested_urls(browser: Chrome) -> list[str]:
    """Return the URLs that were requested since the last call."""
    messages = [json.loads(entry["message"])["message"] for entry in _log(browser, "performance")]
    return [each["params"]["request"]["url"] for each in messages if each["method"] == "Network.requestWillBeSent"]


def resize(browser: Chrome, size: tuple[int, int]) -> None:
    """Set the size of the page, which can be smaller than the smallest window."""
    width, height = size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def prefer(browser: Chrome, scheme: str) -> None:
    """Prefer the colour scheme `light` or `dark`."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def _log(browser: Chrome, name: str) -> list[Any]:
    entries: list[Any] = browser.get_log(name)  # type: ignore[no-untyped-call]
    return entries


def _options(program: str, folder: Path) -> ChromeOptions:
    options = ChromeOptions()
    options.binary_location = program
    for switch in ("headless", "disable-gpu", "disable-dev-shm-usage", "disable-background-networking", "no-first-run"):
        options.add_argument(f"--{switch}")
    options.add_argument("--disable-features=BackForwardCache")  # to leave a page takes twice as long with it
    options.add_argument(f"--user-data-dir={folder}")
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # it does not start as root with one
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return options
