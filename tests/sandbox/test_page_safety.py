"""The page runs nothing that senders wrote, loads nothing from elsewhere, and needs neither mouse nor wide window."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import httpx
import pytest
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By

from hubspot_timeline_testing.sandbox import Fault, FaultPlan, RequestLimit, SandboxServer, SandboxSettings
from hubspot_timeline_testing.sandbox.admin.page.routes import FILES
from tests.helpers.browser import (
    DESKTOP,
    PHONE,
    addresses,
    complaints,
    prefer,
    resize,
    running_browser,
    text_of,
    tidy,
    wait_for_text,
    wait_until,
)
from tests.helpers.sandbox_api import TEMPLATE
from tests.helpers.sandbox_calls import HEADERS, PATH, event

TABS = ["timeline", "requests", "limits", "faults"]
HOSTILE = "<img src=x onerror=window.hit=1>[x](javascript:window.hit=2)"
TEMPLATES = [
    TEMPLATE | {"id": "1000123", "tokens": [], "headerTemplate": "From {{extraData.who}}", "name": HOSTILE[:50]}
]


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    settings = SandboxSettings(templates=TEMPLATES, limit=RequestLimit(1000), duplicates="last-wins")
    with SandboxServer(settings=settings) as server:
        yield server


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with running_browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@pytest.fixture
def browser(chrome: Chrome, server: SandboxServer) -> Chrome:
    server.control.reset()
    tidy(chrome, DESKTOP)
    return chrome


def send(server: SandboxServer, *events: dict[str, Any]) -> None:
    httpx.post(server.url + PATH, headers=HEADERS, json={"inputs": events})


def send_hostile(server: SandboxServer) -> None:
    """Send hostile texts in every place that takes any, and a request with the same in its path."""
    frame = {"linkLabel": HOSTILE, "headerLabel": HOSTILE, "url": "javascript:window.hit=3", "width": 8, "height": 6}
    told: dict[str, Any] = {"email": HOSTILE, "utk": HOSTILE, "extraData": {"who": HOSTILE}, "tokens": {}}
    send(server, event(HOSTILE, **told))
    send(server, event("another", eventTemplateId=HOSTILE, objectType=HOSTILE, objectId=HOSTILE))
    send(server, event("framed", timelineIFrame=frame, email="framed@example.com"))
    httpx.get(f"{server.url}/integrators/timeline/v3/events/{HOSTILE}/{HOSTILE}", headers=HEADERS)


def run_or_made_of_it(browser: Chrome) -> Any:
    """Return how many elements were made of hostile texts, and what a script in them has left."""
    made = "document.querySelectorAll('main img, a[href^=javascript], [onerror]').length"
    return browser.execute_script(f"return [{made}, window.hit]")


def show(browser: Chrome, url: str, tab: str = "timeline") -> None:
    browser.get("about:blank")
    browser.get(f"{url}/#{tab}")
    wait_until(browser, f"document.querySelector('#counts dd') && !document.querySelector('#{tab}').hidden")


def press(browser: Chrome, *keys: str) -> None:
    for key in keys:
        browser.switch_to.active_element.send_keys(key)


def tab_to(browser: Chrome, selector: str) -> None:
    """Press Tab until what is looked for has the focus."""
    for _ in range(30):
        if browser.execute_script("return document.activeElement.matches(arguments[0])", selector):
            return
        press(browser, Keys.TAB)
    raise AssertionError(f"{selector} is not reached")


@pytest.mark.parametrize("path", ["/", *(f"/_sandbox/page/{name}" for name in FILES)])
def test_every_file_has_the_headers_that_keep_it_safe(server: SandboxServer, path: str) -> None:
    """Each says its type, that nothing else may be loaded or run, and that nobody may frame it."""
    headers = httpx.get(server.url + path).raise_for_status().headers
    assert headers["content-type"].startswith(FILES[path.rpartition("/")[2] or "index.html"])
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    own = dict.fromkeys(["script-src", "style-src", "connect-src", "img-src"], "'self'")
    none = dict.fromkeys(["default-src", "base-uri", "form-action", "frame-ancestors"], "'none'")
    assert policy == own | none
    told = [headers[name] for name in ("x-content-type-options", "referrer-policy", "cache-control")]
    assert told == ["nosniff", "no-referrer", "no-cache"]


def test_no_other_file_is_served(server: SandboxServer) -> None:
    """The names are those of the files that there are; code, and paths out of the folder, are not found."""
    there = {file.name for file in files("hubspot_timeline_testing.sandbox.admin.page").iterdir()}
    assert set(FILES) == {name for name in there if not name.endswith(".py") and "__" not in name}
    for name in ("routes.py", "__init__.py", "..%2Fapp.py", "%2Fetc%2Fpasswd", ""):
        assert httpx.get(f"{server.url}/_sandbox/page/{name}").status_code == 404


def test_nothing_is_complained_of_and_nothing_is_loaded_from_elsewhere(browser: Chrome, server: SandboxServer) -> None:
    """Through all tabs the console stays empty, the policy is not violated, and no request leaves for another host."""
    server.control.set_faults(FaultPlan(script=[None, Fault.HTTP_503]))
    send(server, event())
    send(server, event())
    for tab in TABS:
        show(browser, server.url, tab)
    wait_until(browser, "document.querySelector('#next-fault option')")
    assert complaints(browser) == []
    asked = addresses(browser)
    assert any(url.endswith("/main.js") for url in asked)
    assert [url for url in asked if not url.startswith(server.url)] == []


def test_hostile_texts_are_shown_and_never_run(browser: Chrome, server: SandboxServer) -> None:
    """Markup and scripts in ids, emails, names and paths are text on the page; a link runs no script."""
    send_hostile(server)
    show(browser, server.url)
    wait_until(browser, "document.querySelectorAll('#records button').length === 3")
    for place, event_id in enumerate(("framed", "another", HOSTILE), start=1):
        browser.find_element(By.CSS_SELECTOR, f"#records li:nth-child({place}) button").click()
        wait_for_text(browser, ".card .id", event_id)
        browser.execute_script("for (const part of document.querySelectorAll('#events details')) part.open = true")
        assert run_or_made_of_it(browser) == [0, None]
    browser.find_element(By.ID, "tab-requests").click()
    wait_until(browser, "document.querySelectorAll('#log li').length === 4")
    assert browser.execute_script("return document.body.textContent.split(arguments[0]).length", HOSTILE) > 4
    assert run_or_made_of_it(browser) == [0, None]
    assert complaints(browser) == []


def test_the_keyboard_is_enough(browser: Chrome, server: SandboxServer) -> None:
    """Arrow keys go from tab to tab and from record to record, Tab to all else; what has the focus is outlined."""
    send(server, event("a"), event("b", email="zoe@example.org"))
    show(browser, server.url)
    wait_until(browser, "document.querySelectorAll('#records button').length === 2")
    tab_to(browser, "#tab-timeline")
    press(browser, Keys.ARROW_RIGHT)
    wait_until(browser, "!document.querySelector('#requests').hidden")
    assert browser.switch_to.active_element.get_attribute("aria-selected") == "true"
    press(browser, Keys.END, Keys.ARROW_RIGHT)
    wait_until(browser, "!document.querySelector('#timeline').hidden")
    tab_to(browser, "#records button")
    press(browser, Keys.ARROW_DOWN, Keys.ENTER)
    wait_for_second = "document.querySelector('#records li:nth-child(2) [aria-current=true]:focus-visible')"
    wait_until(browser, wait_for_second)
    assert browser.execute_script("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    tab_to(browser, "#events summary")
    press(browser, Keys.ENTER)
    wait_until(browser, "document.querySelector('#events details[open]')")


@pytest.mark.parametrize("tab", TABS)
def test_a_phone_is_wide_enough(browser: Chrome, server: SandboxServer, tab: str) -> None:
    """Nothing stands out to the right at 360 pixels, however long the words are."""
    resize(browser, PHONE)
    send_hostile(server)
    send(server, event("long" * 60, email=f"{'x' * 60}@example.com", extraData={"word": "y" * 500}))
    show(browser, server.url, tab)
    wait_until(browser, "document.querySelector('#records button, #log li, #meters li, #next-fault option')")
    browser.execute_script("for (const part of document.querySelectorAll('details')) part.open = true")
    width = browser.execute_script("return document.documentElement.scrollWidth")
    assert width <= PHONE[0]


def test_dark_and_light_differ(browser: Chrome, server: SandboxServer) -> None:
    """The page follows the scheme that its reader prefers."""
    show(browser, server.url)
    seen = []
    for scheme in ("light", "dark"):
        prefer(browser, scheme)
        colours = "const {color, backgroundColor} = getComputedStyle(document.body); return [color, backgroundColor]"
        seen.append([sum(map(int, rgb[4:-1].split(","))) for rgb in browser.execute_script(colours)])
    [(light_ink, light_ground), (dark_ink, dark_ground)] = seen
    assert max(light_ink, dark_ground) < 200
    assert min(dark_ink, light_ground) > 600


def test_what_somebody_does_survives_new_events(browser: Chrome, server: SandboxServer) -> None:
    """Typed text, the focus and opened details stay while events come in."""
    send(server, event("a"))
    show(browser, server.url)
    wait_until(browser, "document.querySelector('#events summary')")
    browser.execute_script("document.querySelector('#events details:not([hidden])').open = true")
    browser.find_element(By.ID, "search").send_keys("ad")
    send(server, event("b"))
    wait_until(browser, "document.querySelectorAll('.card').length === 2")
    assert browser.execute_script("return document.querySelectorAll('#events details[open]').length") == 1
    press(browser, "a")
    assert browser.find_element(By.ID, "search").get_attribute("value") == "ada"


def test_a_sandbox_that_is_gone_is_waited_for(browser: Chrome) -> None:
    """The page says so, keeps what it shows, and goes on with whoever answers at that address."""
    with SandboxServer() as first:
        send(first, event("before"))
        show(browser, first.url)
        wait_until(browser, "document.querySelector('.card')")
    wait_for_text(browser, "#offline", "The sandbox does not respond; waiting for it.")
    assert "before" in text_of(browser, "#events")
    with SandboxServer(port=int(first.url.rpartition(":")[2])) as second:
        send(second, event("after"))
        wait_for_text(browser, "#events", "after")
        assert text_of(browser, "#offline") == ""
        browser.get("about:blank")
