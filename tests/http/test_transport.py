"""Every request is valid against the OpenAPI document and carries the events that were passed in (G10)."""

import json
import ssl
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import count
from typing import Any
from unittest.mock import patch

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubspot_timeline import BatchLimits, Created, TimelineClient
from hubspot_timeline_api.models import TimelineEvent
from hubspot_timeline_testing.sandbox import SandboxServer
from hubspot_timeline_testing.strategies import event_payloads
from tests.helpers.both_clients import AsyncRunner, ClientRunner, SyncRunner
from tests.helpers.document import PATH, document, validator
from tests.helpers.examples import examples
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, created, inputs

EVENTS = event_payloads()
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much]


def parsed(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event with its timestamp as an instant, which has several notations."""
    fields = dict(event)
    if "timestamp" in fields:
        fields["timestamp"] = datetime.fromisoformat(fields["timestamp"].upper())
    return fields


def sorted_by_id(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(map(parsed, events), key=lambda event: str(event["id"]))


@pytest.mark.parametrize(
    ("url", "httpx_args", "is_loaded"),
    [
        ("http://127.0.0.1:9", {}, False),
        ("http://127.0.0.1:9", {"proxy": "https://127.0.0.1:9"}, True),
        ("https://127.0.0.1:9", {}, True),
    ],
)
def test_plain_http_loads_no_certificates(url: str, httpx_args: dict[str, Any], is_loaded: bool) -> None:
    """It takes most of the time in which a client is opened; unless an argument of httpx may need them."""
    with (
        patch("ssl.create_default_context", wraps=ssl.create_default_context) as load,
        TimelineClient("t", base_url=url, httpx_args=httpx_args),
    ):
        assert load.called is is_loaded


@given(
    events=st.lists(EVENTS, min_size=1, max_size=8, unique_by=lambda event: event["id"]),
    as_models=st.booleans(),
)
@settings(max_examples=examples(40, 1_000), suppress_health_check=SLOW)
def test_the_service_receives_the_events_unchanged(events: list[dict[str, Any]], as_models: bool) -> None:
    """Arbitrary valid events, as mappings and as generated models, from both clients; compared as parsed JSON."""
    source = [TimelineEvent.from_dict(event) for event in events] if as_models else events
    for client in (SyncRunner(), AsyncRunner()):
        script = Script()
        outcomes = client.run(script, lambda timeline: timeline.stream(source), batch=BatchLimits(max_events=3))

        assert [type(outcome) for outcome in outcomes] == [Created] * len(events)
        received = [event for request in script.requests for event in inputs(request)]
        assert sorted_by_id(received) == sorted_by_id(events)
        for request in script.requests:
            assert (request.method, request.url.path) == ("POST", PATH)
            assert request.headers["Content-Type"] == "application/json"
            assert json.loads(request.content).keys() == {"inputs"}
            validator("TimelineEventBatch").validate(json.loads(request.content))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@given(event=EVENTS)
@settings(max_examples=examples(20, 500), suppress_health_check=SLOW)
def test_the_sandbox_stores_the_events_unchanged(sandbox: SandboxServer, event: dict[str, Any]) -> None:
    """Through a real HTTP server that validates against the document."""
    with TimelineClient("t", base_url=sandbox.url) as timeline:
        [outcome] = timeline.stream([event])

    stored = sandbox.store.get(event["eventTemplateId"], event["id"])
    assert stored is not None, outcome
    result = json.loads(stored.result)
    if isinstance(outcome, Created):  # else an earlier example has used the id
        assert parsed({name: result[name] for name in event}) == parsed(event)
        validator("TimelineEventResult").validate(result)


def test_the_request_of_the_captured_page_is_accepted() -> None:
    """Every field of it arrives in the sandbox as it is on the page."""
    content = document()["paths"][PATH]["post"]["requestBody"]["content"]["application/json"]
    [event] = content["examples"]["captured"]["value"]["inputs"]
    with SandboxServer() as server, TimelineClient("t", base_url=server.url) as timeline:
        report = timeline.send([event])
        stored = server.store.get("<string>", "<string>")

    assert report.created == report.total == 1
    assert stored is not None
    result = json.loads(stored.result)
    assert {name: result[name] for name in event} == event


def test_later_settings_of_the_generated_client_are_used() -> None:
    """Headers, parameters and timeouts that the caller sets."""
    script = Script()
    with TimelineClient("t", httpx_args=script.httpx_args) as timeline:
        timeline.send(numbered(1))
        http = timeline.api.get_httpx_client()
        http.headers["X-Set"], http.params, http.timeout = "late", {"x": "1"}, httpx.Timeout(1.5)
        timeline.send(numbered(1))

    last = script.requests[-1]
    assert (last.headers["X-Set"], last.url.query, last.extensions["timeout"]["read"]) == ("late", b"x=1", 1.5)


def test_cookies_are_neither_kept_nor_sent(client: ClientRunner) -> None:
    """Every response sets another one; they would grow until the service refuses the header."""
    numbers = count()

    def respond(request: httpx.Request) -> httpx.Response:
        response = created(request)
        response.headers["Set-Cookie"] = f"c{next(numbers)}={'x' * 100}; Path=/"
        return response

    script = Script(*[respond] * 5)
    client.run(script, lambda timeline: timeline.send(numbered(5)), batch=BatchLimits(max_events=1), max_in_flight=1)

    assert len(script.requests) == 5
    assert not any("Cookie" in request.headers for request in script.requests)
