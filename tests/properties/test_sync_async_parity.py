"""Parity: for the same script of responses both clients make the same requests, waits and outcomes (G9)."""

from typing import Any

import httpx
import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from hubspot_timeline import BatchLimits, Created, Outcome, Progress, RateLimit, RetryPolicy
from tests.helpers.both_clients import AsyncRunner, ClientRunner, SyncRunner
from tests.helpers.examples import examples
from tests.helpers.fake_time import FakeTime
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Handler, Script, batch_result, broken, created, inputs, status


def partial(request: httpx.Request) -> httpx.Response:
    """Respond that the last event was refused, and the others created."""
    *events, last = inputs(request)
    refused = {"message": "no", "category": "VALIDATION_ERROR", "context": {"id": [last["id"]]}}
    return httpx.Response(207, json=batch_result(events, errors=[refused], numErrors=1))


RESPONSES: dict[str, Handler] = {
    "created": created,
    "partial": partial,
    "unknown status": lambda request: httpx.Response(201, json=batch_result(inputs(request), status="DONE")),
    "no results": status(201, {"status": "COMPLETE", "results": []}),
    "no body": lambda _: httpx.Response(204),
    "unreadable": status(201, "<html>fine</html>"),
    "400": status(400, {"message": "no", "category": "VALIDATION_ERROR"}),
    "401": status(401, {"message": "expired", "category": "EXPIRED_AUTHENTICATION"}),
    "403": status(403, {"message": "no", "errors": [{"context": {"requiredGranularScopes": ["timeline"]}}]}),
    "409": status(409, {"message": "exists", "category": "CONFLICT"}),
    "413": status(413),
    "429": status(429, {"message": "slow down"}, Retry_After="3"),
    "477": status(477, None, Retry_After="7"),
    "502": status(502),
    "520": status(520),
    "connection refused": broken(httpx.ConnectError),
    "reset": broken(httpx.ReadError),
    "timeout": broken(httpx.ReadTimeout),
}


@frozen
class Recording:
    """What can be observed of a run."""

    report: str
    outcomes: list[tuple[object, ...]]
    progress: list[Progress]
    requests: list[bytes]
    waits: list[float]


def unless_text(row: Any) -> Any:
    """Return a row as its event. Raises for one that is text."""
    if isinstance(row, str):
        raise KeyError(row)
    return row


def record(client: ClientRunner, responses: list[str], count: int, **options: Any) -> Recording:
    """Record a run that sends events in batches of three, and after them an invalid event and a row without one."""
    script, time = Script(*(RESPONSES[name] for name in responses)), FakeTime()
    outcomes: list[tuple[object, ...]] = []
    progress: list[Progress] = []
    rows = [*numbered(count), {"eventTemplateId": "1", "tokens": {}, "id": "identifies no record"}, "no event"]
    defaults = {"max_in_flight": 1, "batch": BatchLimits(max_events=3), "retry": RetryPolicy(attempts=4)}
    report = client.run(
        script,
        lambda timeline: timeline.send(
            rows,
            make=unless_text,
            on_outcome=lambda outcome: outcomes.append(fields_of(outcome)),
            on_progress=progress.append,
        ),
        time,
        **defaults | options,
    )
    return Recording(str(report), outcomes, progress, [request.content for request in script.requests], time.waits)


def fields_of(outcome: Outcome) -> tuple[object, ...]:
    """Return the fields of an outcome; errors have no equality but their text."""
    error = str(getattr(outcome, "error", ""))
    existed = isinstance(outcome, Created) and outcome.existed
    return type(outcome), outcome.position, outcome.id, outcome.attempts, existed, outcome.payload, error


@given(
    responses=st.lists(st.sampled_from(sorted(RESPONSES)), max_size=8),
    count=st.integers(0, 7),
    duplicates=st.sampled_from(["ok", "reject"]),
)
@settings(max_examples=examples(100, 2_000))
def test_both_clients_do_the_same_for_any_script_of_responses(
    responses: list[str], count: int, duplicates: str
) -> None:
    """Waits, outcomes, requests, reports and progress are equal, and each row has one outcome."""
    recording = record(SyncRunner(), responses, count, duplicates=duplicates)

    assert recording == record(AsyncRunner(), responses, count, duplicates=duplicates)
    assert sorted(position for _, position, *_ in recording.outcomes) == list(range(count + 2))  # type: ignore[type-var]


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_both_clients_do_the_same_for_a_response_that_repeats(name: str) -> None:
    """No response makes `send` raise, however often it comes."""
    assert record(SyncRunner(), [name] * 9, 5) == record(AsyncRunner(), [name] * 9, 5)


def test_both_clients_wait_equally_for_the_rate_limit() -> None:
    """Six requests at two in ten seconds need two waits."""
    limit = RateLimit(requests=2)
    recording = record(SyncRunner(), [], 18, rate_limit=limit)

    assert recording == record(AsyncRunner(), [], 18, rate_limit=limit)
    assert recording.waits == pytest.approx([10.2, 10.2], abs=0.01)
