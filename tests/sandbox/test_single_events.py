"""Events that break a rule outside the document are refused one by one, and the rest of their batch is created."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.helpers.sandbox_calls import Sandbox, event, opened, without


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with opened() as sandbox:
        yield sandbox


def filled(size: int) -> dict[str, Any]:
    """Return an event that is so many bytes long as compact JSON."""
    empty = '{"eventTemplateId":"1000123","id":"e1","tokens":{},"email":"ada@example.com","extraData":{"x":""}}'
    return event(extraData={"x": "x" * (size - len(empty))})


BROKEN = {
    "no record": without("email"),
    "an empty record": event(email="", utk="", objectId=""),
    "a custom object without its id": event(customObjectTypeId="2-345"),
    "a long id": event("é" * 250 + "x"),
    "a long token": event(tokens={"a": "é" * 255_000 + "x"}),
    "a long event": filled(1_000_001),
}
FITTING = {
    "the longest id": event("é" * 250),
    "the longest token": event(tokens={"a": "é" * 255_000}),
    "the longest event": filled(1_000_000),
    "a contact by utk": without("email") | {"utk": "cookie"},
    "a custom object": without("email") | {"customObjectTypeId": "2-345", "objectId": "7"},
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_rule_refuses_one_event(sandbox: Sandbox, broken: dict[str, Any]) -> None:
    """A 207 lists what was created, and an error that names the refused event by its id."""
    response = sandbox.post(event("good"), broken, event("fine"))
    assert response.status_code == 207
    body = response.json()
    assert [result["id"] for result in body["results"]] == ["good", "fine"]
    assert body["numErrors"] == 1
    [entry] = body["errors"]
    assert entry["context"] == {"id": [broken["id"]]}
    assert (entry["status"], entry["category"]) == ("error", "VALIDATION_ERROR")
    assert entry["message"]
    assert sandbox.store.count() == 2
    assert sandbox.store.get("1000123", broken["id"]) is None


@pytest.mark.parametrize("fitting", FITTING.values(), ids=FITTING)
def test_what_just_fits_is_created(sandbox: Sandbox, fitting: dict[str, Any]) -> None:
    """The limits are inclusive and counted in bytes of UTF-8."""
    assert sandbox.post(fitting).status_code == 201


def test_a_batch_of_refused_events_is_still_a_mixture(sandbox: Sandbox) -> None:
    """If every event breaks a rule, the answer is a 207 with errors only."""
    response = sandbox.post(without("email"), without("email") | {"id": "e2"})
    assert response.status_code == 207
    assert response.json()["results"] == []
    assert [entry["context"]["id"] for entry in response.json()["errors"]] == [["e1"], ["e2"]]


def test_an_error_names_the_id_that_was_sent(sandbox: Sandbox) -> None:
    """A refused event keeps its placeholder, so that the sender can recognise it."""
    response = sandbox.post(without("email") | {"id": "{{uuid}}"})
    assert response.json()["errors"][0]["context"] == {"id": ["{{uuid}}"]}
