"""The page of a sandbox in a browser: what is sent to the sandbox, and what a reader does."""

from itertools import count
from typing import Any

import httpx
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By

from hubspot_timeline_testing.sandbox import AppEventSettings, RequestLimit, SandboxServer, SandboxSettings
from tests.helpers.app_events import event_type
from tests.helpers.browser import wait_until
from tests.helpers.sandbox_api import TEMPLATE
from tests.helpers.sandbox_calls import HEADERS, PLAIN, event, post

HOSTILE = "<img src=x onerror=window.hit=1>[x](javascript:window.hit=2)"
TEMPLATES = [
    TEMPLATE | {"id": "1000123"},
    TEMPLATE | {"id": "2", "tokens": [], "headerTemplate": "From {{extraData.who}}", "name": HOSTILE[:50]},
]
SETTINGS = SandboxSettings(
    templates=TEMPLATES,
    limit=RequestLimit(20, 60),
    duplicates="last-wins",
    app_events=AppEventSettings(event_types=[event_type()]),
)
_NUMBERS = count()
FRAME: dict[str, Any] = {"linkLabel": "Seat plan", "headerLabel": "Seats", "width": 800, "height": 600}


def send(server: SandboxServer, *events: dict[str, Any]) -> int:
    return post(server.url, *events).status_code


def send_hostile(server: SandboxServer) -> None:
    """Send hostile texts in every field that accepts them, and a request with the same in its path."""
    frame = FRAME | {"linkLabel": HOSTILE, "headerLabel": HOSTILE, "url": "javascript:window.hit=3"}
    send(server, event(HOSTILE, eventTemplateId="2", email=HOSTILE, utk=HOSTILE, extraData={"who": HOSTILE}))
    send(server, event("another", eventTemplateId=HOSTILE, objectType=HOSTILE, objectId=HOSTILE))
    send(server, event("framed", eventTemplateId="2", timelineIFrame=frame, email="framed@example.com"))
    httpx.get(f"{server.url}/integrators/timeline/v3/events/{HOSTILE}/{HOSTILE}", headers=HEADERS, verify=PLAIN)


def open_page(browser: Chrome, url: str, tab: str = "timeline") -> None:
    browser.get(f"{url}/?{next(_NUMBERS)}#{tab}")  # else another tab of the same page would not load it
    wait_until(browser, f"document.querySelector('#counts dd') && !document.querySelector('#{tab}').hidden")


def wait_for_number(browser: Chrome, selector: str, number: int) -> None:
    wait_until(browser, f"document.querySelectorAll('{selector}').length === {number}")


def click(browser: Chrome, selector: str) -> None:
    browser.find_element(By.CSS_SELECTOR, selector).click()


def fill(browser: Chrome, field: str, text: str) -> None:
    """Replace the text of a field, and press Enter."""
    browser.find_element(By.ID, field).clear()
    browser.find_element(By.ID, field).send_keys(text, Keys.ENTER)


def press(browser: Chrome, *keys: str) -> None:
    for key in keys:
        browser.switch_to.active_element.send_keys(key)


def tab_to(browser: Chrome, selector: str) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(30):
        if browser.execute_script("return document.activeElement.matches(arguments[0])", selector):
            return
        press(browser, Keys.TAB)
    raise AssertionError(f"{selector} is not reached")


def open_details(browser: Chrome, selector: str = "details") -> None:
    browser.execute_script("document.querySelectorAll(arguments[0]).forEach((each) => { each.open = true })", selector)
