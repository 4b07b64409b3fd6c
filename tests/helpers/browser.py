"""A real browser without a window, in which the page of a sandbox is looked at."""

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

_WORDS = (
    "chromium or its driver is missing; install them (Debian: apt-get install chromium chromium-driver) for this test"
)
_PATIENCE = 20  # seconds, of which a condition needs hundredths

DESKTOP = (1280, 900)
PHONE = (360, 740)


@contextmanager
def running_browser(folder: Path) -> Iterator[Chrome]:
    """Run Chromium with a profile of its own in a folder. Skips the test where there is none, but for CI.

    Nothing is downloaded: both programs have to be installed, and Selenium is told to look for neither.
    """
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up(_WORDS)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SE_OFFLINE", "true")
        environment.setenv("no_proxy", "127.0.0.1,localhost")  # the driver is on this machine, and so is the sandbox
        browser = Chrome(options=_options(program, folder), service=ChromeService(driver))
    try:
        yield browser
    finally:
        browser.quit()


def wait_until(browser: Chrome, condition: str, *values: Any) -> Any:
    """Wait until JavaScript gives something true, and return that. Raises TimeoutException, which names it."""
    wait = WebDriverWait(browser, _PATIENCE, poll_frequency=0.02)
    return wait.until(lambda _: browser.execute_script(f"return {condition}", *values), condition)


def wait_for_text(browser: Chrome, selector: str, text: str) -> None:
    """Wait until a text is to be read in an element."""
    found = "[...document.querySelectorAll(arguments[0])].filter((it) => it.checkVisibility())"
    wait_until(browser, f"{found}.some((it) => it.innerText.includes(arguments[1]))", selector, text)


def text_of(browser: Chrome, selector: str) -> str:
    """Return what is to be read of an element, nothing where it is hidden."""
    read = "const it = document.querySelector(arguments[0]); return it.checkVisibility() ? it.innerText : ''"
    return str(browser.execute_script(read, selector))


def tidy(browser: Chrome, size: tuple[int, int]) -> None:
    """Leave the page, and forget what an earlier one said and asked for."""
    browser.get("about:blank")
    resize(browser, size)
    complaints(browser)
    addresses(browser)


def complaints(browser: Chrome) -> list[Any]:
    """Return what the console says since it was last asked: errors, and violations of the policy."""
    return _log(browser, "browser")


def addresses(browser: Chrome) -> list[str]:
    """Return what was asked of any host since this was last called."""
    messages = [json.loads(entry["message"])["message"] for entry in _log(browser, "performance")]
    return [told["params"]["request"]["url"] for told in messages if told["method"] == "Network.requestWillBeSent"]


def resize(browser: Chrome, size: tuple[int, int]) -> None:
    """Give the page so many pixels, which a window may have fewer of than its least."""
    width, height = size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def prefer(browser: Chrome, scheme: str) -> None:
    """Prefer `light` or `dark`."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def _log(browser: Chrome, name: str) -> list[Any]:
    found: list[Any] = browser.get_log(name)  # type: ignore[no-untyped-call]
    return found


def _options(program: str, folder: Path) -> ChromeOptions:
    options = ChromeOptions()
    options.binary_location = program
    for switch in ("headless", "disable-gpu", "disable-dev-shm-usage", "disable-background-networking", "no-first-run"):
        options.add_argument(f"--{switch}")
    options.add_argument(f"--user-data-dir={folder}")
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # it does not start as root with one
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return options
