"""The page of a sandbox, in a real browser, shows what was sent and what became of it, and has switches for faults."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By

from hubspot_timeline_testing.sandbox import Fault, FaultPlan, RequestLimit, SandboxServer, SandboxSettings
from tests.helpers.browser import DESKTOP, running_browser, text_of, tidy, wait_for_text, wait_until
from tests.helpers.sandbox_api import TEMPLATE
from tests.helpers.sandbox_calls import HEADERS, PATH, event

TEMPLATES = [TEMPLATE | {"id": "1000123"}]
FRAME = {
    "linkLabel": "Seat plan",
    "headerLabel": "Seats",
    "url": "https://example.com/plan",
    "width": 800,
    "height": 600,
}
JANUARY, MARCH = "2026-01-02T10:20:30.000Z", "2026-03-04T05:06:07.000Z"


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    settings = SandboxSettings(templates=TEMPLATES, limit=RequestLimit(20, 60))
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


def send(server: SandboxServer, *events: dict[str, Any]) -> int:
    return httpx.post(server.url + PATH, headers=HEADERS, json={"inputs": events}).status_code


def show(browser: Chrome, server: SandboxServer, tab: str = "timeline") -> None:
    browser.get("about:blank")  # else a change of the tab alone would load nothing
    browser.get(f"{server.url}/#{tab}")
    wait_until(browser, f"document.querySelector('#counts dd') && !document.querySelector('#{tab}').hidden")


def click(browser: Chrome, selector: str) -> None:
    browser.find_element(By.CSS_SELECTOR, selector).click()


def write(browser: Chrome, field: str, text: str) -> None:
    """Put another text into a field, and press Enter."""
    browser.find_element(By.ID, field).clear()
    browser.find_element(By.ID, field).send_keys(text, Keys.ENTER)


def test_an_empty_sandbox_says_what_to_do(browser: Chrome, server: SandboxServer) -> None:
    """There is a line to copy, with the address of this sandbox in it; and an event that is sent then appears."""
    show(browser, server)
    wait_for_text(browser, "#timeline-empty", f'TimelineClient("any-token", base_url="{server.url}")')
    send(server, event())
    wait_for_text(browser, "#events", "e1")
    assert text_of(browser, "#timeline-empty") == ""


def test_a_timeline_is_shown_as_a_crm_does(browser: Chrome, server: SandboxServer) -> None:
    """The latest first under its day, with the template's name, its texts, and what the iframe links to."""
    send(server, event("old", timestamp=JANUARY), event("new", timestamp=MARCH, timelineIFrame=FRAME))
    show(browser, server)
    wait_for_text(browser, "#record", "ada@example.com")
    wait_for_text(browser, "#events", "old")
    parts = [text_of(browser, f"#events li:nth-child({place})") for place in (1, 2, 3, 4)]
    assert (parts[0], parts[2]) == ("Wednesday, 4 March 2026", "Friday, 2 January 2026")
    assert all(word in parts[1] for word in ("Webinar registration", "new", "05:06", "Registered for"))
    assert "old" in parts[3]
    link = browser.find_element(By.LINK_TEXT, "Seat plan")
    told = [link.get_attribute(name) for name in ("href", "target", "rel")]
    assert told == ["https://example.com/plan", "_blank", "noopener noreferrer"]


def test_records_are_found(browser: Chrome, server: SandboxServer) -> None:
    """The list has what is searched for only, with its number of events; choosing a record shows its timeline."""
    send(server, event("a"), event("b"), event("c", email="zoe@example.org"))
    show(browser, server)
    browser.find_element(By.ID, "search").send_keys("ada")
    wait_until(browser, "document.querySelectorAll('#records button').length === 1")
    assert "2" in text_of(browser, "#records .count")
    click(browser, "#records button")
    wait_for_text(browser, "#record", "ada@example.com")
    wait_until(browser, "document.querySelectorAll('.card').length === 2")


def test_requests_say_how_they_were_answered(browser: Chrome, server: SandboxServer) -> None:
    """Refused, broken and good ones are told apart in words, and what was wrong can be opened."""
    server.control.set_faults(FaultPlan(script=[None, None, Fault.RESET_AFTER]))
    send(server, event("a"), event("b"))
    send(server, {})
    with pytest.raises(httpx.TransportError):
        send(server, event("c"))
    show(browser, server, "requests")
    wait_until(browser, "document.querySelectorAll('#log li').length === 3")
    broken, refused, created = (text_of(browser, f"#log li:nth-child({place})") for place in (1, 2, 3))
    assert "connection reset" in broken
    assert "reset-after" in broken
    assert "400 rejected" in refused
    assert "201 created" in created
    click(browser, "#log li:nth-child(2) summary")
    wait_for_text(browser, "#log li:nth-child(2)", "eventTemplateId")


def test_limits_fill_and_empty(browser: Chrome, server: SandboxServer) -> None:
    """The meter of an account grows with its requests, says when a place is free, and empties with time."""
    show(browser, server, "limits")
    wait_for_text(browser, "#limits-empty", "No rate limit is set")
    for number in range(20):
        send(server, event(str(number)))
    wait_for_text(browser, "#meters", "20 of 20")
    wait_for_text(browser, "#meters", "next request in ")
    assert wait_until(browser, "document.querySelector('meter').value") == 20
    server.control.advance(60)
    wait_for_text(browser, "#meters", "20 free now")


def test_faults_are_switched_on_and_off(browser: Chrome, server: SandboxServer) -> None:
    """What is chosen meets the next requests; it stands in the plan until all faults are ended."""
    show(browser, server, "faults")
    wait_until(browser, "document.querySelector('#next-fault option')")
    browser.find_element(By.ID, "next-fault").send_keys("http-503")
    write(browser, "next-times", "2")
    wait_for_text(browser, "#announcement", "http-503 for the next 2 requests")
    wait_for_text(browser, "#plan", "http-503")
    assert [send(server, event("a")) for _ in range(3)] == [503, 503, 201]
    click(browser, "#faults-end")
    wait_for_text(browser, "#plan", "none")
    assert send(server, event("b")) == 201


def test_chance_and_latency_are_set_one_beside_the_other(browser: Chrome, server: SandboxServer) -> None:
    """A rate with chosen kinds stays while a latency is set; one that is none is refused in the sandbox's words."""
    show(browser, server, "faults")
    wait_until(browser, "document.querySelector('#chance-kinds input')")
    click(browser, "#chance-form summary")
    click(browser, "#chance-kinds input[value=locked]")
    write(browser, "chance-rate", "100")
    wait_for_text(browser, "#plan", "100% of requests")
    write(browser, "latency", "0.01")
    wait_for_text(browser, "#plan", "0.01 s")
    assert send(server, event()) == 423
    write(browser, "latency", "soon")
    wait_for_text(browser, "#announcement", "Rejected: ")


def test_a_reset_is_asked_for_twice(browser: Chrome, server: SandboxServer) -> None:
    """The first answer that is offered keeps everything; only the other one forgets it."""
    send(server, event())
    show(browser, server)
    click(browser, "#reset")
    wait_until(browser, "document.activeElement.id === 'reset-no'")
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    wait_until(browser, "!document.querySelector('dialog').open")
    assert server.control.counts()["events"] == 1
    click(browser, "#reset")
    click(browser, "#reset-yes")
    wait_for_text(browser, "#timeline-empty", "No events yet")
    assert server.control.counts()["events"] == 0
