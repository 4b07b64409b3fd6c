"""What the page of a sandbox shows, and what it controls, in a real browser."""

import httpx
import pytest
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By

from hubspot_timeline_testing.sandbox import (
    Fault,
    FaultPlan,
    SandboxServer,
)
from tests.helpers.app_events import app_event
from tests.helpers.browser import (
    text_of,
    wait_for_text,
    wait_until,
)
from tests.helpers.sandbox_calls import HEADERS, PLAIN, event
from tests.helpers.sandbox_page import FRAME, click, fill, open_page, press, send, wait_for_number

APP_EVENTS = "/integrators/timeline/2026-09/events/batch"


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
        assert (
            httpx.post(server.url + APP_EVENTS, headers=HEADERS, json={"inputs": batch}, verify=PLAIN).status_code
            == 200
        )
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


def test_a_request_shows_its_body_and_its_response_without_secrets(browser: Chrome, server: SandboxServer) -> None:
    """Headers and formatted bodies, of the token endpoint too; access tokens, keys and secrets are masked."""
    form = {"grant_type": "refresh_token", "client_id": "c", "client_secret": "s3cret", "refresh_token": "r3fresh"}
    issued = httpx.post(f"{server.url}/oauth/v1/token", data=form, verify=PLAIN).json()["access_token"]
    send(server, event("a", extraData={"note": "in the body"}))
    templates = f"{server.url}/integrators/timeline/v3/1/event-templates"
    httpx.get(templates, params={"hapikey": "s3cret"}, verify=PLAIN)
    open_page(browser, server.url, "requests")
    wait_for_number(browser, "#log li", 3)
    for number, texts in enumerate(
        [
            ("hapikey=***", "200 ok", '"results": ['),
            ("authorization: ***", '"note": "in the body"', "201 created", "content-type: application/json"),
            ("client_id=c", "client_secret=***", "refresh_token=***", '"access_token": "***"', "issue_access_token"),
        ],
        start=1,
    ):
        click(browser, f"#log li:nth-child({number}) summary")
        for text in texts:
            wait_for_text(browser, f"#log li:nth-child({number})", text)
    shown = text_of(browser, "#log")
    assert not [secret for secret in (issued, "s3cret", "r3fresh", "Bearer") if secret in shown]


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
