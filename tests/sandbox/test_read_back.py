"""What the sandbox created can be read back, without a token, exactly as it was answered."""

from collections.abc import Iterator

import pytest

from tests.helpers.sandbox_calls import Sandbox, event, opened, without


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with opened() as sandbox:
        yield sandbox


def test_pages_list_the_events_in_their_order(sandbox: Sandbox) -> None:
    """Pages hold the results as they were answered, oldest first, and the number of all."""
    created = sandbox.post(*[event(f"e{number}") for number in range(5)]).json()["results"]
    assert sandbox.get("/_sandbox/events").json() == {"total": 5, "events": created}
    assert sandbox.get("/_sandbox/events", offset=1, limit=2).json() == {"total": 5, "events": created[1:3]}
    assert sandbox.get("/_sandbox/events", offset=9).json() == {"total": 5, "events": []}
    assert sandbox.get("/_sandbox/events", limit=0).json() == {"total": 5, "events": []}


@pytest.mark.parametrize("event_id", ["plain", "a/b?c#d%2F&=+ ", "../..", "", "naïve 😀\n\0", "'; DROP TABLE events"])
def test_one_event_is_found_by_any_id(sandbox: Sandbox, event_id: str) -> None:
    """Template and id may hold any character."""
    [created] = sandbox.post(event(event_id, eventTemplateId="t/1")).json()["results"]
    found = sandbox.get("/_sandbox/event", eventTemplateId="t/1", id=event_id)
    assert found.status_code == 200
    assert found.json() == created


def test_an_unknown_event_is_not_found(sandbox: Sandbox) -> None:
    """An event that was never created is a 404 in the service's shape."""
    response = sandbox.get("/_sandbox/event", eventTemplateId="1000123", id="e1")
    assert response.status_code == 404
    assert response.json()["correlationId"]


def test_refused_requests_count_as_requests(sandbox: Sandbox) -> None:
    """The counts hold the events that were created and every request to the operation."""
    sandbox.post(event("a"), event("b"))
    sandbox.post(without("id"))
    sandbox.post_raw(b"", {})
    assert sandbox.get("/_sandbox/counts").json() == {
        "events": 2,
        "requests": 3,
        "limited": 0,
        "records": 1,
        "templates": 0,
    }


@pytest.mark.parametrize(
    "query", [{"offset": "-1"}, {"limit": "x"}, {"limit": ""}, {"offset": "٣"}, {"limit": "9" * 30}]
)
def test_a_wrong_page_is_refused(sandbox: Sandbox, query: dict[str, str]) -> None:
    """An offset or a limit that is no whole number is a 400."""
    response = sandbox.get("/_sandbox/events", **query)
    assert response.status_code == 400
    assert next(iter(query)) in response.json()["message"]


def test_a_missing_key_is_refused(sandbox: Sandbox) -> None:
    """Asking for one event without saying which is a 400."""
    assert sandbox.get("/_sandbox/event", id="e1").status_code == 400
