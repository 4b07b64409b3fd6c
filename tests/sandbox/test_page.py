"""The page of a sandbox in a real browser: what it shows, what it controls, and that texts of senders never run."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import httpx
import pytest
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By

from hubspot_timeline.files import read_files
from hubspot_timeline_testing.sandbox import (
    AppEventSettings,
    Fault,
    FaultPlan,
    RequestLimit,
    SandboxServer,
    SandboxSettings,
)
from hubspot_timeline_testing.sandbox.admin.page.routes import FILES
from tests.helpers.app_events import app_event, event_type
from tests.helpers.browser import (
    DESKTOP,
    PHONE,
    errors_of,
    prefer,
    requested_urls,
    reset_browser,
    resize,
    text_of,
    wait_for_text,
    wait_until,
)
from tests.helpers.clients import TimelineClient
from tests.helpers.document import ROOT
from tests.helpers.sandbox_api import TEMPLATE
from tests.helpers.sandbox_calls import HEADERS, event, post

TABS = ["timeline", "requests", "limits", "faults"]
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
APP_EVENTS = "/integrators/timeline/2026-09/events/batch"
FRAME: dict[str, Any] = {"linkLabel": "Seat plan", "headerLabel": "Seats", "width": 800, "height": 600}
SCREENSHOTS = {
    "desktop-light": ("timeline", "light", DESKTOP),
    "desktop-dark": ("timeline", "dark", DESKTOP),
    "phone": ("timeline", "light", PHONE),
    "requests": ("requests", "light", DESKTOP),
    "limits": ("limits", "light", DESKTOP),
    "faults": ("faults", "dark", DESKTOP),
}


@pytest.fixture(scope="module")
def running() -> Any:
    with SandboxServer(settings=SETTINGS) as server:
        yield server


@pytest.fixture
def server(running: SandboxServer) -> SandboxServer:
    running.control.reset()
    return running


@pytest.fixture
def browser(chrome: Chrome) -> Chrome:
    reset_browser(chrome, DESKTOP)
    return chrome


def send(server: SandboxServer, *events: dict[str, Any]) -> int:
    return post(server.url, *events).status_code


def send_hostile(server: SandboxServer) -> None:
    """Send hostile texts in every field that accepts them, and a request with the same in its path."""
    frame = FRAME | {"linkLabel": HOSTILE, "headerLabel": HOSTILE, "url": "javascript:window.hit=3"}
    send(server, event(HOSTILE, eventTemplateId="2", email=HOSTILE, utk=HOSTILE, extraData={"who": HOSTILE}))
    send(server, event("another", eventTemplateId=HOSTILE, objectType=HOSTILE, objectId=HOSTILE))
    send(server, event("framed", eventTemplateId="2", timelineIFrame=frame, email="framed@example.com"))
    httpx.get(f"{server.url}/integrators/timeline/v3/events/{HOSTILE}/{HOSTILE}", headers=HEADERS)


def open_page(browser: Chrome, url: str, tab: str = "timeline") -> None:
    browser.get("about:blank")  # else another tab of the same page would not load it
    browser.get(f"{url}/#{tab}")
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


def test_an_empty_sandbox_shows_how_to_use_it(browser: Chrome, server: SandboxServer) -> None:
    """With its address; an event that is sent then appears."""
    open_page(browser, server.url)
    wait_for_text(browser, "#timeline-empty", f'TimelineClient("any-token", base_url="{server.url}")')
    send(server, event())
    wait_for_text(browser, "#events", "e1")
    assert text_of(browser, "#timeline-empty") == ""


def test_a_timeline_is_as_in_a_crm(browser: Chrome, server: SandboxServer) -> None:
    """The latest event first, by days, with the name of the template, its texts, and the link of the iframe."""
    frame = FRAME | {"url": "https://example.com/plan"}
    old, new = "2026-01-02T10:20:30.000Z", "2026-03-04T05:06:07.000Z"
    send(server, event("old", timestamp=old), event("new", timestamp=new, timelineIFrame=frame))
    open_page(browser, server.url)
    wait_for_text(browser, "#record", "ada@example.com")
    wait_for_text(browser, "#events", "old")
    parts = [text_of(browser, f"#events li:nth-child({number})") for number in (1, 2, 3, 4)]
    assert (parts[0], parts[2]) == ("Wednesday, 4 March 2026", "Friday, 2 January 2026")
    assert all(text in parts[1] for text in ("Webinar registration", "new", "05:06", "Registered for"))
    assert "old" in parts[3]
    link = browser.find_element(By.LINK_TEXT, "Seat plan")
    attributes = [link.get_attribute(name) for name in ("href", "target", "rel")]
    assert attributes == ["https://example.com/plan", "_blank", "noopener noreferrer"]


def test_app_events_are_on_the_same_timeline(browser: Chrome, server: SandboxServer) -> None:
    """With the name and the texts of their types; one of version 3 with the same key stays beside it."""
    send(server, event("same", eventTemplateId="webinar"))
    known = app_event("known", properties={"webinarName": "Launch"})
    unknown = app_event("same", eventTypeName="other")
    for batch in ([known, unknown], [app_event("same")]):
        assert httpx.post(server.url + APP_EVENTS, headers=HEADERS, json={"inputs": batch}).status_code == 200
    open_page(browser, server.url)
    wait_for_number(browser, ".card", 4)
    shown = text_of(browser, "#events")
    assert all(text in shown for text in ("Webinar registration", "Registered for Launch", "Event type other"))
    assert "The sandbox does not have its event type." in shown
    assert "Template webinar" in shown


def test_a_migration_is_shown(browser: Chrome, server: SandboxServer) -> None:
    """The time from which version 3 answers 401, before and after it."""
    open_page(browser, server.url)
    assert text_of(browser, "#migration") == ""
    server.control.migrate(after=3600)
    wait_for_text(browser, "#migration", "Version 3 will answer 401 from 2")
    server.control.migrate()
    wait_for_text(browser, "#migration", "Version 3 has answered 401 since 2")
    wait_for_text(browser, "#migration", "the app was migrated")
    server.control.reset()
    wait_until(browser, "document.querySelector('#migration').hidden")


def test_records_are_searched(browser: Chrome, server: SandboxServer) -> None:
    """The list has the matching records with the number of their events; choosing one shows its timeline."""
    send(server, event("a"), event("b"), event("c", email="zoe@example.org"))
    open_page(browser, server.url)
    browser.find_element(By.ID, "search").send_keys("ada")
    wait_for_number(browser, "#records button", 1)
    assert "2" in text_of(browser, "#records .count")
    click(browser, "#records button")
    wait_for_text(browser, "#record", "ada@example.com")
    wait_for_number(browser, ".card", 2)


def test_requests_are_listed_with_their_responses(browser: Chrome, server: SandboxServer) -> None:
    """With text for success, error and reset; the message of an error is in the details."""
    server.control.set_faults(FaultPlan(script=[None, None, Fault.RESET_AFTER]))
    send(server, event("a"), event("b"))
    send(server, {})
    with pytest.raises(httpx.TransportError):
        send(server, event("c"))
    open_page(browser, server.url, "requests")
    wait_for_number(browser, "#log li", 3)
    reset, rejected, created = (text_of(browser, f"#log li:nth-child({number})") for number in (1, 2, 3))
    assert "connection reset" in reset
    assert "reset-after" in reset
    assert "400 rejected" in rejected
    assert "201 created" in created
    click(browser, "#log li:nth-child(2) summary")
    wait_for_text(browser, "#log li:nth-child(2)", "eventTemplateId")


def test_limits_show_their_usage(browser: Chrome, server: SandboxServer) -> None:
    """The meter of an account grows with its requests, and recovers with time."""
    open_page(browser, server.url, "limits")
    wait_for_text(browser, "#limits-empty", "No rate limit is set")
    for number in range(20):
        send(server, event(str(number)))
    wait_for_text(browser, "#meters", "20 of 20")
    wait_for_text(browser, "#meters", "next request in ")
    assert wait_until(browser, "document.querySelector('meter').value") == 20
    server.control.advance(60)
    wait_for_text(browser, "#meters", "20 free now")


def test_faults_are_set_and_ended(browser: Chrome, server: SandboxServer) -> None:
    """They affect the next requests, and are in the plan until all faults are ended."""
    open_page(browser, server.url, "faults")
    wait_until(browser, "document.querySelector('#next-fault option')")
    browser.find_element(By.ID, "next-fault").send_keys("http-503")
    fill(browser, "next-times", "2")
    wait_for_text(browser, "#announcement", "http-503 for the next 2 requests")
    wait_for_text(browser, "#plan", "http-503")
    assert [send(server, event("a")) for _ in range(3)] == [503, 503, 201]
    wait_for_text(browser, "#fault-counts", "2")
    click(browser, "#faults-end")
    wait_for_text(browser, "#plan", "none")
    assert send(server, event("b")) == 201


def test_random_faults_and_latency_are_independent(browser: Chrome, server: SandboxServer) -> None:
    """A rate stays while a latency is set; an invalid latency is rejected with the message of the sandbox."""
    open_page(browser, server.url, "faults")
    wait_until(browser, "document.querySelector('#chance-kinds input')")
    click(browser, "#chance-form summary")
    click(browser, "#chance-kinds input[value=locked]")
    fill(browser, "chance-rate", "100")
    wait_for_text(browser, "#plan", "100% of requests")
    fill(browser, "latency", "0.01")
    wait_for_text(browser, "#plan", "0.01 s")
    assert send(server, event()) == 423
    fill(browser, "latency", "soon")
    wait_for_text(browser, "#announcement", "Rejected: ")


def test_a_reset_is_confirmed(browser: Chrome, server: SandboxServer) -> None:
    """The default button keeps everything."""
    send(server, event())
    open_page(browser, server.url)
    click(browser, "#reset")
    wait_until(browser, "document.activeElement.id === 'reset-no'")
    press(browser, Keys.ENTER)
    wait_until(browser, "!document.querySelector('dialog').open")
    assert server.control.counts()["events"] == 1
    click(browser, "#reset")
    click(browser, "#reset-yes")
    wait_for_text(browser, "#timeline-empty", "No events yet")
    assert server.control.counts()["events"] == 0


@pytest.mark.parametrize("path", ["/", *(f"/_sandbox/page/{name}" for name in FILES)])
def test_every_file_has_security_headers(server: SandboxServer, path: str) -> None:
    """Its type, a policy against loading or running anything else, and against frames."""
    headers = httpx.get(server.url + path).raise_for_status().headers
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
        assert httpx.get(f"{server.url}/_sandbox/page/{name}").status_code == 404


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


@pytest.mark.parametrize("tab", TABS)
def test_the_page_fits_on_a_phone(browser: Chrome, server: SandboxServer, tab: str) -> None:
    """At 360 pixels nothing overflows, however long the texts are."""
    resize(browser, PHONE)
    send_hostile(server)
    send(server, event("long" * 60, email=f"{'x' * 60}@example.com", extraData={"word": "y" * 500}))
    open_page(browser, server.url, tab)
    wait_until(browser, "document.querySelector('#records button, #log li, #meters li, #next-fault option')")
    open_details(browser)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= PHONE[0]


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
