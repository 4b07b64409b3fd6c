"""Properties of requests: each one validates against the document; what cannot be made valid is Rejected (G10)."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from attrs import fields
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubspot_timeline import AsyncTimelineClient, BatchLimits, Created, Outcome, Rejected
from hubspot_timeline.events.payload import V3
from hubspot_timeline_api.models import TimelineEvent
from hubspot_timeline_testing.strategies import Constraint, any_json, constraints, event_payloads, from_schema, invalid
from tests.helpers.both_clients import AsyncRunner, ClientRunner, SyncRunner
from tests.helpers.documented_requests import operation_of
from tests.helpers.examples import examples
from tests.helpers.scripted_http import created, inputs

SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]

NORMALIZED = {
    "$: required id",  # an event without an id gets one, as does one whose id is null
    "$.tokens.*: type string",  # numbers and booleans become text
    "$.timestamp: type string",  # epoch milliseconds
    "$.timestamp: format date-time",  # the other forms of ISO 8601
}
"""The constraints that an event may violate and still be sent."""

NAIVE = datetime(2026, 3, 10)  # noqa: DTZ001 - invalid on purpose
not_json = st.sampled_from(
    [
        *(math.nan, math.inf, 10**400, 1j, Decimal("1.5"), Decimal("NaN"), NAIVE, NAIVE.replace(tzinfo=UTC)),
        *("\ud800", {"\ud800": 1}, b"bytes", {1, 2}, {1: 2}, {None: 1}, range(2), object(), len),
    ]
)


def with_attribute(event: dict[str, Any], name: str, value: Any) -> TimelineEvent:
    """Return a model with an attribute of any value, since generated models validate nothing."""
    model = TimelineEvent.from_dict(event)
    setattr(model, name, value)
    return model


valid_mappings = event_payloads() | from_schema("TimelineEvent", extra_fields=True)
invalid_mappings = invalid("TimelineEvent").map(lambda example: example.value)
odd_mappings = st.builds(
    lambda event, name, value: event | {name: value},
    event_payloads(),
    st.sampled_from(V3.fields),
    not_json | any_json(),
)
odd_models = st.builds(
    with_attribute,
    event_payloads(),
    st.sampled_from([attribute.name for attribute in fields(TimelineEvent)]),
    not_json | any_json(),
)
anything = valid_mappings | invalid_mappings | odd_mappings | odd_models | any_json() | not_json


class ValidatingService:
    """Creates the events of valid requests, which `received` lists; `errors` are those of all other requests."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.errors: list[BaseException] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Validate a request, and respond that its events were created."""
        try:
            assert operation_of(request) == ("create_events", {})
            self.received += inputs(request)
        except BaseException as error:
            self.errors.append(error)
            raise
        return created(request)


def send(timeline: Any, events: list[Any], outcomes: list[Outcome]) -> Any:
    """Send events in one run."""
    return timeline.send(events, on_outcome=outcomes.append)


def queue(timeline: Any, events: list[Any], outcomes: list[Outcome]) -> Any:
    """Put events into a queue."""
    queue = timeline.queue(on_outcome=outcomes.append)
    if isinstance(timeline, AsyncTimelineClient):
        return queue_async(queue, events)
    with queue:
        for event in events:
            queue.put(event)
    return None


async def queue_async(queue: Any, events: list[Any]) -> None:
    """Put events into an asynchronous queue."""
    async with queue:
        for event in events:
            await queue.put(event)


def outcomes_of(
    service: ValidatingService,
    events: list[Any],
    client: ClientRunner = SyncRunner(),  # noqa: B008 - without a state
    method: Callable[..., Any] = send,
) -> list[Outcome]:
    """Send events in batches of three, and return their outcomes."""
    outcomes: list[Outcome] = []
    client.run(service, lambda timeline: method(timeline, events, outcomes), batch=BatchLimits(max_events=3))
    return outcomes


@pytest.mark.parametrize("method", [send, queue])
@pytest.mark.parametrize("runner", [SyncRunner(), AsyncRunner()], ids=["sync", "async"])
@given(events=st.lists(anything, max_size=8))
@settings(max_examples=examples(40, 1000), suppress_health_check=SLOW)
def test_every_request_is_valid_whatever_the_events_are(
    runner: ClientRunner, method: Callable[..., Any], events: list[Any]
) -> None:
    """Each event is Created or Rejected with a message, and what is Created was in a valid request."""
    service = ValidatingService()

    outcomes = outcomes_of(service, events, runner, method)

    assert not service.errors
    assert len(outcomes) == len(events)
    assert {type(outcome) for outcome in outcomes} <= {Created, Rejected}
    assert len(service.received) == sum(isinstance(outcome, Created) for outcome in outcomes)
    assert all(str(outcome.error) for outcome in outcomes if isinstance(outcome, Rejected))


@pytest.mark.parametrize("constraint", constraints("TimelineEvent"), ids=lambda constraint: constraint.name)
def test_an_event_that_violates_a_constraint_is_normalized_or_rejected(constraint: Constraint) -> None:
    """The wrapper accepts more than the document in a few places only."""

    @given(constraint.violations.map(with_undocumented_requirements))
    @settings(max_examples=examples(10, 300), suppress_health_check=SLOW)
    def check(event: Any) -> None:
        service = ValidatingService()

        [outcome] = outcomes_of(service, [event])

        assert not service.errors
        has_null_id = isinstance(event, dict) and event.get("id", "") is None
        assert isinstance(outcome, Rejected) or constraint.name in NORMALIZED or has_null_id, event

    check()


def with_undocumented_requirements(event: Any) -> Any:
    """Give an event what no schema requires: ids that are not empty, and a record."""
    if not isinstance(event, dict):
        return event
    ids = {name: "1" for name in ("eventTemplateId", "id") if event.get(name) == ""}
    return {"objectId": "1"} | event | ids
