"""Faults by patterns of event ids affect the requests, or the events, with such an id, and no others."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline_testing.sandbox import Fault, FaultPlan, StatusFault
from hubspot_timeline_testing.sandbox.faults.injector import event_ids
from tests.helpers.sandbox_calls import event, scripted, without
from tests.sandbox.test_fault_plan import JSON


def test_a_request_has_the_fault_of_its_event() -> None:
    """Each time that one id matches; other requests are not affected."""
    with scripted(events={"bad-*": "http-503"}) as sandbox:
        for _ in range(2):
            assert sandbox.post(event("good"), event("bad-1")).status_code == 503
        assert sandbox.store.count() == 0
        assert sandbox.post(event("good"), event("not-bad-1")).status_code == 201


def test_a_fault_after_the_operation_is_after_it() -> None:
    """The events are created, and the response is changed."""
    with scripted(events={"lost": "http-524-html-after", "half": Fault.EMPTY}) as sandbox:
        for name, status in [("lost", 524), ("half", 201)]:
            assert sandbox.send(event(name)).status_code == status
            assert sandbox.store.get("1000123", name)


def test_a_single_event_is_refused() -> None:
    """A 207 names it, and the others are created; a rule that it breaks takes precedence."""
    with scripted(events={"no-*": "refuse"}) as sandbox:
        response = sandbox.post(event("a"), event("no-1"), event("b"))
        invalid = sandbox.post(without("email", id="no-2"))
    assert response.status_code == 207
    assert [result["id"] for result in response.json()["results"]] == ["a", "b"]
    [error] = response.json()["errors"]
    assert (error["category"], error["context"]) == ("VALIDATION_ERROR", {"id": ["no-1"]})
    assert "identifies no record" in invalid.json()["errors"][0]["message"]


def test_a_batch_is_refused_without_naming_the_event() -> None:
    """The 400 has no context, and nothing is created."""
    with scripted(events={"poison": "refuse-batch"}) as sandbox:
        response = sandbox.post(event("a"), event("poison"))
        assert (response.status_code, sandbox.store.count()) == (400, 0)
    assert response.json()["category"] == "VALIDATION_ERROR"
    assert "poison" not in response.text
    assert "context" not in response.json()


def test_faults_of_requests_take_precedence() -> None:
    """Where the script has no fault, the request has that of its events."""
    with scripted("locked", "status-200", None, events={"a": "http-503"}) as sandbox:
        assert [sandbox.post(event("a")).status_code for _ in range(3)] == [423, 200, 503]


def test_events_are_refused_whatever_the_response() -> None:
    """A fault after the operation does not change which events are created."""
    with scripted("http-524-html-after", events={"no": "refuse"}) as sandbox:
        assert (sandbox.send(event("no")).status_code, sandbox.store.count()) == (524, 0)


def test_patterns_have_the_wildcards_of_file_names() -> None:
    """The first matching pattern applies, case-sensitively; of several events the first with a fault decides."""
    plan = FaultPlan(events={"A[12]": "refuse", "A?": "locked", "*": 404})
    assert [plan.refuses(name) for name in ("A1", "A3", "a1")] == [True, False, False]
    assert plan.fault_for_events(["A1"]) is None
    assert plan.fault_for_events(["A1", "A3", "b"]) is Fault.LOCKED
    assert plan.fault_for_events(["a1", "A3"]) == StatusFault(404)
    assert plan.fault_for_events([]) is None
    assert FaultPlan().fault_for_events(["a", "*"]) is None
    assert not FaultPlan().refuses("*")


@given(body=JSON | st.fixed_dictionaries({"inputs": JSON}))
def test_ids_are_read_from_any_body(body: Any) -> None:
    """A body that is not a batch has none."""
    assert all(isinstance(name, str) for name in event_ids(json.dumps(body).encode()))


@pytest.mark.parametrize("raw", [b"", b"\xff", b"[" * 100_000, b'{"inputs": [{"id": 1}, 2, {}]}'])
def test_hostile_bodies_have_no_ids(raw: bytes) -> None:
    """Invalid text and deep nesting are not an error here, and the request is rejected for its own reason."""
    assert event_ids(raw) == []
    with scripted(events={"*": "refuse-batch"}) as sandbox:
        assert "refused" not in sandbox.post_raw(raw).text
