"""How the page of a sandbox behaves in a real browser: safe, by keyboard, on a phone, in the dark."""

import json
from collections.abc import Mapping
from importlib.resources import files

import httpx
import pytest
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By

from hubspot_timeline.files import read_files
from hubspot_timeline_testing.sandbox import (
    Fault,
    FaultPlan,
    RequestLimit,
    SandboxServer,
    SandboxSettings,
)
from hubspot_timeline_testing.sandbox.admin.page.routes import FILES
from tests.helpers.browser import (
    DESKTOP,
    PHONE,
    errors_of,
    prefer,
    requested_urls,
    resize,
    text_of,
    wait_for_text,
    wait_until,
)
from tests.helpers.clients import TimelineClient
from tests.helpers.document import ROOT
from tests.helpers.sandbox_calls import PLAIN, event
from tests.helpers.sandbox_page import (
    HOSTILE,
    click,
    open_details,
    open_page,
    press,
    send,
    send_hostile,
    tab_to,
    wait_for_number,
)

TABS = ["timeline", "requests", "limits", "faults"]
SCREENSHOTS = {
    "desktop-light": ("timeline", "light", DESKTOP),
    "desktop-dark": ("timeline", "dark", DESKTOP),
    "phone": ("timeline", "light", PHONE),
    "requests": ("requests", "light", DESKTOP),
    "limits": ("limits", "light", DESKTOP),
    "faults": ("faults", "dark", DESKTOP),
}


@pytest.mark.parametrize("path", ["/", *(f"/_sandbox/page/{name}" for name in FILES)])
def test_every_file_has_security_headers(server: SandboxServer, path: str) -> None:
    """Its type, a policy against loading or running anything else, and against frames."""
    headers = httpx.get(server.url + path, verify=PLAIN).raise_for_status().headers
    assert headers["content-type"].startswith(FILES[path.rpartition("/")[2] or "index.html"])
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    own = dict.fromkeys(["script-src", "style-src", "connect-src", "img-src"], "'self'")
    none = dict.fromkeys(["default-src", "base-uri", "form-action", "frame-ancestors"], "'none'")
    assert policy == own | none
    others = [headers[name] for name in ("x-content-type-options", "referrer-policy", "cache-control")]
    assert others == ["nosniff", "no-referrer", "no-cache"]


def test_no_other_file_is_served(server: SandboxServer) -> None:
    """Neither code nor paths out of the folder."""
    names = {file.name for file in files("hubspot_timeline_testing.sandbox.admin.page").iterdir()}
    assert set(FILES) == {name for name in names if not name.endswith(".py") and "__" not in name}
    for name in ("routes.py", "__init__.py", "..%2Fapp.py", "%2Fetc%2Fpasswd", ""):
        assert httpx.get(f"{server.url}/_sandbox/page/{name}", verify=PLAIN).status_code == 404


def test_all_tabs_load_only_from_the_sandbox(browser: Chrome, server: SandboxServer) -> None:
    """The console has no errors and no violations of the policy."""
    server.control.set_faults(FaultPlan(script=[None, Fault.HTTP_503]))
    send(server, event())
    send(server, event())
    for tab in TABS:
        open_page(browser, server.url, tab)
    wait_until(browser, "document.querySelector('#next-fault option')")
    assert errors_of(browser) == []
    urls = requested_urls(browser)
    assert any(url.endswith("/main.js") for url in urls)
    assert [url for url in urls if not url.startswith(server.url)] == []


def test_hostile_texts_are_shown_and_never_run(browser: Chrome, server: SandboxServer) -> None:
    """Markup and scripts in ids, emails, names and paths are text; a link does not run a script."""

    def assert_harmless() -> None:
        elements = "document.querySelectorAll('main img, a[href^=javascript], [onerror]').length"
        assert browser.execute_script(f"return [{elements}, window.hit]") == [0, None]

    send_hostile(server)
    open_page(browser, server.url)
    wait_for_number(browser, "#records button", 3)
    for number, event_id in enumerate(("framed", "another", HOSTILE), start=1):
        click(browser, f"#records li:nth-child({number}) button")
        wait_for_text(browser, ".card .id", event_id)
        open_details(browser, "#events details")
        assert_harmless()
    click(browser, "#tab-requests")
    wait_for_number(browser, "#log li", 4)
    assert browser.execute_script("return document.body.textContent.split(arguments[0]).length", HOSTILE) > 4
    assert_harmless()
    assert errors_of(browser) == []


def test_the_page_works_by_keyboard(browser: Chrome, server: SandboxServer) -> None:
    """Arrow keys move between tabs and between records, Tab to everything else; the focus is outlined."""
    send(server, event("a"), event("b", email="zoe@example.org"))
    open_page(browser, server.url)
    wait_for_number(browser, "#records button", 2)
    tab_to(browser, "#tab-timeline")
    press(browser, Keys.ARROW_RIGHT)
    wait_until(browser, "!document.querySelector('#requests').hidden")
    assert browser.switch_to.active_element.get_attribute("aria-selected") == "true"
    press(browser, Keys.END, Keys.ARROW_RIGHT)
    wait_until(browser, "!document.querySelector('#timeline').hidden")
    tab_to(browser, "#records button")
    press(browser, Keys.ARROW_DOWN, Keys.ENTER)
    wait_until(browser, "document.querySelector('#records li:nth-child(2) [aria-current=true]:focus-visible')")
    assert browser.execute_script("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    tab_to(browser, "#events summary")
    press(browser, Keys.ENTER)
    wait_until(browser, "document.querySelector('#events details[open]')")


def test_the_page_fits_on_a_phone(browser: Chrome, server: SandboxServer) -> None:
    """At 360 pixels nothing overflows, however long the texts are."""
    resize(browser, PHONE)
    send_hostile(server)
    send(server, event("long" * 60, email=f"{'x' * 60}@example.com", extraData={"word": "y" * 500}))
    for tab in TABS:
        open_page(browser, server.url, tab)
        wait_until(browser, "document.querySelector('#records button, #log li, #meters li, #next-fault option')")
        open_details(browser)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= PHONE[0], tab


def test_the_page_has_a_dark_scheme(browser: Chrome, server: SandboxServer) -> None:
    """It follows the preference of the browser."""
    open_page(browser, server.url)
    colours = "const {color, backgroundColor} = getComputedStyle(document.body); return [color, backgroundColor]"
    sums = []
    for scheme in ("light", "dark"):
        prefer(browser, scheme)
        sums.append([sum(map(int, rgb[4:-1].split(","))) for rgb in browser.execute_script(colours)])
    [(light_text, light_background), (dark_text, dark_background)] = sums
    assert max(light_text, dark_background) < 200
    assert min(dark_text, light_background) > 600


def test_new_events_do_not_disturb_the_reader(browser: Chrome, server: SandboxServer) -> None:
    """Typed text, the focus and open details stay."""
    send(server, event("a"))
    open_page(browser, server.url)
    wait_until(browser, "document.querySelector('#events summary')")
    open_details(browser, "#events details:not([hidden]):first-of-type")
    opened = browser.execute_script("return document.querySelectorAll('#events details[open]').length")
    browser.find_element(By.ID, "search").send_keys("ad")
    send(server, event("b"))
    wait_for_number(browser, ".card", 2)
    assert browser.execute_script("return document.querySelectorAll('#events details[open]').length") == opened > 0
    press(browser, "a")
    assert browser.find_element(By.ID, "search").get_attribute("value") == "ada"


def test_the_page_waits_for_a_sandbox_that_stopped(browser: Chrome) -> None:
    """It keeps its content, and continues with the next sandbox at that address."""
    with SandboxServer() as first:
        send(first, event("before"))
        open_page(browser, first.url)
        wait_until(browser, "document.querySelector('.card')")
    wait_for_text(browser, "#offline", "The sandbox does not respond; waiting for it.")
    assert "before" in text_of(browser, "#events")
    with SandboxServer(port=int(first.url.rpartition(":")[2])) as second:
        send(second, event("after"))
        wait_for_text(browser, "#events", "after")
        assert text_of(browser, "#offline") == ""
        browser.get("about:blank")


def test_a_browser_asks_for_the_access_key(browser: Chrome) -> None:
    """Without it the page is not shown; with it, as a password, the page and its controls work."""
    key = "s3cret-of-the-sandbox"
    with SandboxServer(access_key=key) as locked:
        send(locked, event("a"))
        browser.get(locked.url)
        assert browser.find_elements(By.ID, "counts") == []
        browser.get(locked.url.replace("//", f"//me:{key}@"))  # as if it was typed; the browser keeps it
        open_page(browser, locked.url)
        wait_for_text(browser, "#events", "a")
        click(browser, "#reset")
        click(browser, "#reset-yes")
        wait_for_text(browser, "#timeline-empty", "No events yet")
        browser.get("about:blank")


@pytest.mark.long
def test_screenshots_of_the_samples_are_saved(browser: Chrome) -> None:
    """In build/page, for a look at the page; it draws everything without an error."""
    templates = json.loads((ROOT / "samples/templates.json").read_bytes())["results"]
    plan = FaultPlan(script=[None, "http-502", "reset-after", "limited"], rate=0.1, seed=7)
    folder = ROOT / "build/page"
    folder.mkdir(parents=True, exist_ok=True)
    settings = SandboxSettings(templates=templates, faults=plan, limit=RequestLimit(110))
    with SandboxServer(settings=settings) as server:
        with TimelineClient("any-token", base_url=server.url, sleep=lambda _: None, rate_limit=None) as timeline:
            rows = read_files([str(ROOT / "samples/events.jsonl")], on_error=lambda _: None)
            assert timeline.send(row.event for row in rows if isinstance(row.event, Mapping)).created > 5_000
        for name, (tab, scheme, size) in SCREENSHOTS.items():
            prefer(browser, scheme)
            resize(browser, size)
            open_page(browser, server.url, tab)
            wait_until(browser, f"document.querySelector('#{tab}').querySelectorAll('li, meter, dd').length > 0")
            assert browser.save_screenshot(str(folder / f"{name}.png"))
            assert (folder / f"{name}.png").stat().st_size > 10_000
        assert errors_of(browser) == []
        browser.get("about:blank")
