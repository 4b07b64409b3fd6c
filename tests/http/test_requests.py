"""Every request that leaves is valid against the document and means what was given (G10)."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubspot_timeline import AsyncTimelineClient, BatchLimits, Created, TimelineClient
from hubspot_timeline_api.models import TimelineEvent, TimelineEventBatch
from hubspot_timeline_testing.sandbox import SandboxServer
from hubspot_timeline_testing.strategies import event_payloads
from tests.helpers.document import PATH, document, validator
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, created, inputs

events_in_wire_names = event_payloads()


def meaning(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event with its timestamp as an instant, of which there are several spellings."""
    told = dict(event)
    if "timestamp" in told:
        told["timestamp"] = datetime.fromisoformat(told["timestamp"].upper())
    return told


@given(
    events=st.lists(events_in_wire_names, min_size=1, max_size=8, unique_by=lambda event: event["id"]),
    as_models=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_the_server_receives_what_was_meant(events: list[dict[str, Any]], as_models: bool) -> None:
    """Arbitrary valid events, as mappings and as generated models, threads and coroutines; compared as parsed JSON."""
    given_as = [TimelineEvent.from_dict(event) for event in events] if as_models else events
    limits = BatchLimits(max_events=3)
    scripts = Script(), Script()
    with TimelineClient("t", httpx_args=scripts[0].httpx_args, batch=limits) as timeline:
        outcomes = list(timeline.stream(given_as))

    async def send() -> None:
        async with AsyncTimelineClient("t", httpx_args=scripts[1].httpx_args, batch=limits) as timeline:
            await timeline.send(given_as)

    asyncio.run(send())
    assert [type(outcome) for outcome in outcomes] == [Created] * len(events)
    for script in scripts:
        received = [event for request in script.requests for event in inputs(request)]
        assert sorted(map(meaning, received), key=by_id) == sorted(map(meaning, events), key=by_id)
        for request in script.requests:
            assert (request.method, request.url.path) == ("POST", PATH)
            assert request.headers["Content-Type"] == "application/json"
            validator("TimelineEventBatch").validate({"inputs": inputs(request)})


def by_id(event: Mapping[str, Any]) -> str:
    return str(event["id"])


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@given(event=events_in_wire_names)
@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_the_sandbox_keeps_what_was_meant(sandbox: SandboxServer, event: dict[str, Any]) -> None:
    """Through a real HTTP server that checks against the document, and read back from it."""
    with TimelineClient("t", base_url=sandbox.url) as timeline:
        [outcome] = timeline.stream([event])

    stored = sandbox.store.get(event["eventTemplateId"], event["id"])
    kept = json.loads(stored.result) if stored else None
    if isinstance(outcome, Created):
        assert kept is not None
        assert meaning({name: kept[name] for name in event}) == meaning(event)
        validator("TimelineEventResult").validate(kept)
    else:
        assert kept is not None, outcome  # an id that an earlier example has used already


def test_the_request_of_the_captured_page_goes_through() -> None:
    """Every field of it arrives in the sandbox as it stands on the page."""
    operation = document()["paths"][PATH]["post"]
    captured = operation["requestBody"]["content"]["application/json"]["examples"]["captured"]["value"]
    with SandboxServer() as server, TimelineClient("t", base_url=server.url) as timeline:
        report = timeline.send(captured["inputs"])
        stored = server.store.get("<string>", "<string>")
        kept = json.loads(stored.result) if stored else None

    assert report.created == report.total == 1
    assert kept is not None
    assert {name: kept[name] for name in captured["inputs"][0]} == captured["inputs"][0]


def test_a_body_is_what_the_generated_model_writes() -> None:
    """The events' own bytes, laid together, are the same JSON as the generated batch."""
    event = {"eventTemplateId": "1", "id": "a", "tokens": {"t": "ü"}, "email": "a@example.com"}
    script = Script()
    with TimelineClient("t", httpx_args=script.httpx_args) as timeline:
        timeline.send([event])

    batch = TimelineEventBatch([TimelineEvent.from_dict(event)])
    assert httpx.Response(200, content=script.requests[0].content).json() == batch.to_dict()


def test_a_request_keeps_to_what_was_set_meanwhile() -> None:
    """By a caller on the generated client, and by an answer as a cookie, also where it takes that back."""
    cookies = iter(["s=1; Path=/", "s=; Max-Age=0; Path=/"])

    def answer(request: httpx.Request) -> httpx.Response:
        found = created(request)
        found.headers.update({"Set-Cookie": cookie} if (cookie := next(cookies, None)) else {})
        return found

    script = Script(*[answer] * 4)
    limits = BatchLimits(max_events=1)
    with TimelineClient("t", httpx_args=script.httpx_args, batch=limits, max_in_flight=1) as timeline:
        timeline.send(numbered(3))
        http = timeline.api.get_httpx_client()
        http.headers["X-Set"], http.params, http.timeout = "late", {"x": "1"}, httpx.Timeout(1.5)
        timeline.send(numbered(1))

    assert [request.headers.get("Cookie") for request in script.requests] == [None, "s=1", None, None]
    last = script.requests[-1]
    assert (last.headers["X-Set"], last.url.query, last.extensions["timeout"]["read"]) == ("late", b"x=1", 1.5)
