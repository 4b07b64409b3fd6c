"""A source may reuse one object for each event: each event is sent and reported as it was when it was read."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest

from hubspot_timeline import BatchLimits, event
from tests.helpers.both_clients import AsyncRunner, ClientRunner, SyncRunner
from tests.helpers.scripted_http import Script, batch_result, inputs

EVENTS = 30
EXPECTED = {f"e{number}": str(number) for number in range(EVENTS)}


def one_mapping() -> Iterator[Any]:
    row: dict[str, Any] = {"eventTemplateId": "1", "email": "ada@example.com", "tokens": {}}
    for number in range(EVENTS):
        row["id"] = f"e{number}"
        row["tokens"]["n"] = number  # the nested object is reused too
        yield row


def one_model() -> Iterator[Any]:
    model = event("1", {"n": "0"}, email="ada@example.com")
    for number in range(EVENTS):
        model.id = f"e{number}"
        model.tokens["n"] = str(number)
        yield model


async def async_mapping() -> AsyncIterator[Any]:
    for row in one_mapping():
        yield row


def refuse_every_tenth(request: httpx.Request) -> httpx.Response:
    """Create all events but those whose id ends with 9."""
    valid = [each for each in inputs(request) if not each["id"].endswith("9")]
    refused = [each["id"] for each in inputs(request) if each["id"].endswith("9")]
    errors = [{"category": "VALIDATION_ERROR", "message": "no", "context": {"id": [name]}} for name in refused]
    return httpx.Response(207, json=batch_result(valid, errors=errors, numErrors=len(errors)))


@pytest.mark.parametrize(
    ("runner", "source"),
    [
        *((runner, source) for runner in (SyncRunner(), AsyncRunner()) for source in (one_mapping, one_model)),
        (AsyncRunner(), async_mapping),
    ],
)
def test_each_event_is_sent_and_reported_as_it_was_read(runner: ClientRunner, source: Callable[[], Any]) -> None:
    """A failure can be sent again from its payload."""
    script = Script(*[refuse_every_tenth] * 3)

    report = runner.run(script, lambda timeline: timeline.send(source()), batch=BatchLimits(max_events=10))

    sent = [each for request in script.requests for each in inputs(request)]
    assert len(sent) == EVENTS
    assert {each["id"]: each["tokens"]["n"] for each in sent} == EXPECTED
    payloads = [failure.payload for failure in report.failures]
    assert {payload["id"]: payload["tokens"]["n"] for payload in payloads} == {"e9": "9", "e19": "19", "e29": "29"}


def test_an_invalid_event_does_not_change_the_one_before_it(client: ClientRunner) -> None:
    """The invalid event has its id, and no payload."""

    def source() -> Iterator[Any]:
        row: dict[str, Any] = {"eventTemplateId": "1", "tokens": {}, "id": "e9", "email": "ada@example.com"}
        yield row
        row |= {"id": "e10", "email": None}
        yield row

    report = client.run(Script(refuse_every_tenth), lambda timeline: timeline.send(source()))

    payloads = {failure.id: failure.payload and failure.payload["id"] for failure in report.failures}
    assert payloads == {"e9": "e9", "e10": None}


def test_a_queue_reports_each_event_as_it_was_put() -> None:
    """Although outcomes come after the object was reused."""
    outcomes: list[Any] = []

    def put_all(timeline: Any) -> None:
        with timeline.queue(on_outcome=outcomes.append) as queue:
            for row in one_mapping():
                queue.put(row)

    SyncRunner().run(Script(), put_all)

    assert len(outcomes) == EVENTS
    assert {outcome.id: outcome.payload["tokens"]["n"] for outcome in outcomes} == EXPECTED
