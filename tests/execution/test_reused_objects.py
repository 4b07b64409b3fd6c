"""A source may write each event into the same object: each is sent as it was when it was drawn, and told as that."""

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


def sent(script: Script) -> dict[str, str]:
    """Return the token n of each event that left, by its id."""
    bodies = [each for request in script.requests for each in inputs(request)]
    assert len(bodies) == EVENTS
    return {each["id"]: each["tokens"]["n"] for each in bodies}


def last_of_ten_is_refused(request: httpx.Request) -> httpx.Response:
    """Create all but the events whose number ends with a 9."""
    good = [each for each in inputs(request) if not each["id"].endswith("9")]
    errors = [
        {"status": "error", "category": "VALIDATION_ERROR", "message": "no", "context": {"id": [each["id"]]}}
        for each in inputs(request)
        if each["id"].endswith("9")
    ]
    return httpx.Response(207, json=batch_result(good, errors=errors, numErrors=len(errors)))


sources = pytest.mark.parametrize("source", [one_mapping, one_model, two_in_turn])


@both
@sources
def test_each_is_sent_as_it_was(say: Any, source: Callable[[], Iterator[Any]]) -> None:
    """None takes the place of another, by send."""
    script = Script()
    report = say(script, lambda timeline: timeline.send(source()))
    assert report.created == EVENTS
    assert sent(script) == {f"e{number}": str(number) for number in range(EVENTS)}


@both
@sources
def test_a_failure_tells_the_event_that_it_is_about(say: Any, source: Callable[[], Iterator[Any]]) -> None:
    """What the service refused can be sent again from the report, be it the last of its batch."""
    refusing, tens = Script(*[last_of_ten_is_refused] * 3), BatchLimits(max_events=10)
    report = say(refusing, lambda timeline: timeline.send(source()), batch=tens)
    told = [failure.event for failure in report.failures]
    told = [each if isinstance(each, dict) else each.to_dict() for each in told]
    assert [(each["id"], str(each["tokens"]["n"])) for each in told] == [("e9", "9"), ("e19", "19"), ("e29", "29")]


@both
def test_a_failure_before_sending_does_too(say: Any) -> None:
    """A mapping of which nothing was made, since it could not be sent, is kept as it was."""

    def source() -> Iterator[Any]:
        row: dict[str, Any] = {"eventTemplateId": "1", "tokens": {}}
        for number in range(EVENTS):
            row |= {"id": f"e{number}", "email": None if number % 10 == 3 else "ada@example.com"}
            yield row

    report = say(Script(), lambda timeline: timeline.send(source()))
    assert [failure.event["id"] for failure in report.failures] == ["e3", "e13", "e23"]


def test_what_is_awaited_may_be_one_object_too() -> None:
    """By an asynchronous iterable."""

    async def source() -> AsyncIterator[Any]:
        for row in one_mapping():
            yield row

    script = Script()
    assert in_a_loop(script, lambda timeline: timeline.send(source())).created == EVENTS
    assert sent(script) == {f"e{number}": str(number) for number in range(EVENTS)}


@both
def test_what_was_good_before_it_was_bad_is_told_as_good(say: Any) -> None:
    """An event that is refused at the end changes none before it."""

    def source() -> Iterator[Any]:
        row: dict[str, Any] = {"eventTemplateId": "1", "tokens": {}, "id": "e9", "email": "ada@example.com"}
        yield row
        row |= {"id": "e10", "email": None}
        yield row

    report = say(Script(last_of_ten_is_refused), lambda timeline: timeline.send(source()))
    assert sorted((failure.position, failure.event["id"]) for failure in report.failures) == [(0, "e9"), (1, "e10")]


@both
def test_a_field_beyond_the_document_does_no_harm(say: Any) -> None:
    """Not even one that no model could be made of again."""

    def source() -> Iterator[Any]:
        model = event("1", email="ada@example.com", id="e0")
        model.additional_properties = {"timestamp": "yesterday"}
        yield model
        model.id = "e1"
        yield model

    assert say(Script(), lambda timeline: timeline.send(source())).created == 2


@both
def test_an_object_that_is_given_twice_unchanged_is_told_as_it_is(say: Any) -> None:
    """Nothing was written into it."""
    rows: list[Any] = [{"eventTemplateId": "1", "id": f"e{n}", "email": "a@example.com", "tokens": {}} for n in (1, 9)]
    report = say(Script(last_of_ten_is_refused), lambda timeline: timeline.send([*rows, rows[0], rows[1]]))
    assert all(failure.event is rows[1] for failure in report.failures)


def test_the_queue_tells_each_as_it_was() -> None:
    """Though its outcomes come later."""
    told: list[Any] = []

    def put_all(timeline: Any) -> None:
        with timeline.queue(on_outcome=told.append) as queue:
            for row in one_mapping():
                queue.put(row)

    in_threads(Script(), put_all)
    assert sorted((outcome.id, outcome.event["tokens"]["n"]) for outcome in told) == sorted(
        (f"e{number}", str(number)) for number in range(EVENTS)
    )


@both
def test_of_distinct_objects_each_is_told_as_it_was_given(say: Any) -> None:
    """An outcome has the very object."""
    rows = [{"eventTemplateId": "1", "id": f"e{n}", "email": "a@example.com", "tokens": {}} for n in range(EVENTS)]
    report = say(Script(last_of_ten_is_refused), lambda timeline: timeline.send(rows))
    assert all(failure.event is rows[failure.position] for failure in report.failures)
    assert len(report.failures) == 3
