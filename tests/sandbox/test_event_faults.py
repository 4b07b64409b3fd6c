"""Faults that are told by patterns of ids meet the requests, or the events, that hold such an id, and no others."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline import TimelineClient
from hubspot_timeline_testing.sandbox import EventFault, Fault, FaultPlan, SandboxServer, SandboxSettings, StatusFault
from hubspot_timeline_testing.sandbox.faults.injector import event_ids
from tests.helpers.sandbox_calls import HEADERS, PATH, Sandbox, event, opened, without

JSON = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@contextmanager
def told(events: Mapping[str, Any], **plan: Any) -> Iterator[Sandbox]:
    with opened(SandboxSettings(faults=FaultPlan(events=events, **plan))) as sandbox:
        yield sandbox


def test_the_request_of_an_event_meets_its_fault() -> None:
    """One id that fits is enough, each time it comes, and others are created as ever."""
    with told({"bad-*": "http-503"}) as sandbox:
        for _ in range(2):
            assert sandbox.post(event("good"), event("bad-1")).status_code == 503
        assert sandbox.store.count() == 0
        assert sandbox.post(event("good"), event("not-bad-1")).status_code == 201


def test_a_fault_after_the_work_comes_after_it() -> None:
    """The events are created, and the answer is disturbed."""
    with told({"lost": "http-524-html-after", "half": Fault.EMPTY}) as sandbox:
        for name, status in [("lost", 524), ("half", 201)]:
            answer = sandbox.request("POST", PATH, headers=HEADERS, json={"inputs": [event(name)]})
            assert answer.status_code == status
            assert sandbox.store.get("1000123", name)


def test_an_event_is_refused_alone() -> None:
    """A 207 names it with VALIDATION_ERROR, and the others are created; a rule that it breaks is told instead."""
    with told({"no-*": "refuse"}) as sandbox:
        answer = sandbox.post(event("a"), event("no-1"), event("b"))
        other = sandbox.post(without("email") | {"id": "no-2"})
    assert answer.status_code == 207
    assert [result["id"] for result in answer.json()["results"]] == ["a", "b"]
    [error] = answer.json()["errors"]
    assert (error["category"], error["context"]) == ("VALIDATION_ERROR", {"id": ["no-1"]})
    assert "names no record" in other.json()["errors"][0]["message"]


def test_a_batch_is_refused_without_a_name() -> None:
    """The 400 says nothing of which event it was, and nothing is created."""
    with told({"poison": "refuse-batch"}) as sandbox:
        answer = sandbox.post(event("a"), event("poison"))
        assert (answer.status_code, sandbox.store.count()) == (400, 0)
    assert answer.json()["category"] == "VALIDATION_ERROR"
    assert "poison" not in answer.text
    assert "context" not in answer.json()


def test_the_client_finds_the_event_at_fault() -> None:
    """A client that halves refused batches creates all but the one that poisons them."""
    plan = FaultPlan(events={"e13": EventFault.REFUSE_BATCH, "e4?": EventFault.REFUSE})
    with (
        SandboxServer(settings=SandboxSettings(faults=plan)) as server,
        TimelineClient("any-token", base_url=server.url) as client,
    ):
        report = client.send([event(f"e{number}") for number in range(50)])
    assert (report.created, report.rejected) == (39, 11)


def test_faults_of_requests_come_first() -> None:
    """A request that the script has a fault for meets that one; what the script lets through meets its events'."""
    with told({"a": "http-503"}, script=["locked", "status-200", None]) as sandbox:
        assert [sandbox.post(event("a")).status_code for _ in range(3)] == [423, 200, 503]


def test_events_are_refused_whatever_becomes_of_the_answer() -> None:
    """A fault after the work changes nothing about which events are created."""
    with told({"no": "refuse"}, script=["http-524-html-after"]) as sandbox:
        assert sandbox.request("POST", PATH, headers=HEADERS, json={"inputs": [event("no")]}).status_code == 524
        assert sandbox.store.count() == 0


def test_patterns_are_those_of_file_names() -> None:
    """The first pattern that fits holds, letter case counts, and of several events the first with a fault decides."""
    plan = FaultPlan(events={"A[12]": "refuse", "A?": "locked", "*": 404})
    assert [plan.refuses(name) for name in ("A1", "A3", "a1")] == [True, False, False]
    assert plan.fault_for(["A1"]) is None
    assert plan.fault_for(["A1", "A3", "b"]) is Fault.LOCKED
    assert plan.fault_for(["a1", "A3"]) == StatusFault(404)
    assert plan.fault_for([]) is None


def test_without_patterns_nothing_is_special() -> None:
    """A plan that tells nothing of events has nothing for them."""
    assert FaultPlan().fault_for(["a", "*"]) is None
    assert not FaultPlan().refuses("*")


@given(body=JSON | st.fixed_dictionaries({"inputs": JSON}))
def test_ids_are_looked_for_in_any_body(body: Any) -> None:
    """What is no batch holds no ids, and is refused by whom it concerns."""
    assert all(isinstance(name, str) for name in event_ids(json.dumps(body).encode()))


@pytest.mark.parametrize("raw", [b"", b"\xff", b"[" * 100_000, b'{"inputs": [{"id": 1}, 2, {}]}'])
def test_hostile_bodies_hold_no_ids(raw: bytes) -> None:
    """Neither broken text nor deep nesting is an error here, and the request is answered as if nothing was told."""
    assert event_ids(raw) == []
    with told({"*": "refuse-batch"}) as sandbox:
        assert "refused" not in sandbox.post_raw(raw).text
