"""A source may write each event into the same object: each is sent, and reported, as it was when it was read."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest

from hubspot_timeline import BatchLimits, event
from tests.helpers.both_clients import both, in_a_loop, in_threads
from tests.helpers.scripted_http import Script, batch_result, inputs

EVENTS = 30


def one_mapping() -> Iterator[Any]:
    row: dict[str, Any] = {"eventTemplateId": "1", "email": "ada@example.com", "tokens": {}}
    for number in range(EVENTS):
        row["id"] = f"e{number}"
        row["tokens"]["n"] = number  # also what is inside of it
        yield row


def one_model() -> Iterator[Any]:
    model = event("1", {"n": "0"}, email="ada@example.com")
    for number in range(EVENTS):
        model.id = f"e{number}"
        model.tokens["n"] = str(number)
        yield model


def two_in_turn() -> Iterator[Any]:
    rows: list[dict[str, Any]] = [{"eventTemplateId": "1", "email": "a@example.com", "tokens": {}} for _ in range(2)]
    for number in range(EVENTS):
        rows[number % 2] |= {"id": f"e{number}", "tokens": {"n": str(number)}}
        yield rows[number % 2]


async def awaited() -> AsyncIterator[Any]:
    for row in one_mapping():
        yield row


def sent(script: Script) -> dict[str, str]:
    """Return the token n of each event that was sent, by its id."""
    bodies = [each for request in script.requests for each in inputs(request)]
    assert len(bodies) == EVENTS
    return {each["id"]: each["tokens"]["n"] for each in bodies}


def last_of_ten_is_refused(request: httpx.Request) -> httpx.Response:
    """Create all but the events whose number ends with a 9."""
    valid = [each for each in inputs(request) if not each["id"].endswith("9")]
    errors = [
        {"status": "error", "category": "VALIDATION_ERROR", "message": "no", "context": {"id": [each["id"]]}}
        for each in inputs(request)
        if each["id"].endswith("9")
    ]
    return httpx.Response(207, json=batch_result(valid, errors=errors, numErrors=len(errors)))


@both
@pytest.mark.parametrize("source", [one_mapping, one_model, two_in_turn])
def test_each_event_is_sent_and_reported_as_it_was(say: Any, source: Callable[[], Iterator[Any]]) -> None:
    """A failure can be sent again from its payload, even the last of its batch."""
    script, tens = Script(*[last_of_ten_is_refused] * 3), BatchLimits(max_events=10)

    report = say(script, lambda timeline: timeline.send(source()), batch=tens)

    assert sent(script) == {f"e{number}": str(number) for number in range(EVENTS)}
    payloads = [failure.payload for failure in sorted(report.failures, key=lambda failure: failure.position)]
    assert [(payload["id"], payload["tokens"]["n"]) for payload in payloads] == [
        ("e9", "9"),
        ("e19", "19"),
        ("e29", "29"),
    ]


def test_an_asynchronous_source_may_reuse_its_object_too() -> None:
    """An asynchronous iterable is read one event at a time."""
    script = Script()
    assert in_a_loop(script, lambda timeline: timeline.send(awaited())).created == EVENTS
    assert sent(script) == {f"e{number}": str(number) for number in range(EVENTS)}


@both
def test_an_invalid_event_is_rejected_by_position_and_changes_none_before_it(say: Any) -> None:
    """It has no payload, since none could be made of it."""

    def source() -> Iterator[Any]:
        row: dict[str, Any] = {"eventTemplateId": "1", "tokens": {}, "id": "e9", "email": "ada@example.com"}
        yield row
        row |= {"id": "e10", "email": None}
        yield row

    report = say(Script(last_of_ten_is_refused), lambda timeline: timeline.send(source()))
    failures = sorted(report.failures, key=lambda failure: failure.position)
    assert [(failure.id, failure.payload and failure.payload["id"]) for failure in failures] == [
        ("e9", "e9"),
        ("e10", None),
    ]


def test_a_queue_reports_each_event_as_it_was_put() -> None:
    """Outcomes come later than the next put."""
    outcomes: list[Any] = []

    def put_all(timeline: Any) -> None:
        with timeline.queue(on_outcome=outcomes.append) as queue:
            for row in one_mapping():
                queue.put(row)

    in_threads(Script(), put_all)
    assert sorted((outcome.id, outcome.payload["tokens"]["n"]) for outcome in outcomes) == sorted(
        (f"e{number}", str(number)) for number in range(EVENTS)
    )


@both
def test_an_outcome_has_the_object_that_was_given(say: Any) -> None:
    """The very object, not a copy."""
    rows = [{"eventTemplateId": "1", "id": f"e{n}", "email": "a@example.com", "tokens": {}} for n in range(EVENTS)]
    report = say(Script(last_of_ten_is_refused), lambda timeline: timeline.send(rows))
    assert [failure.event is rows[failure.position] for failure in report.failures] == [True] * 3
