"""Whatever is sent, streamed or queued, each request that leaves is valid; what would make it invalid is Rejected."""

import asyncio
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

from hubspot_timeline import AsyncTimelineClient, BatchLimits, Created, Outcome, Rejected, TimelineClient
from hubspot_timeline.events.payload import EVENT_FIELDS
from hubspot_timeline_api.models import TimelineEvent
from hubspot_timeline_testing.strategies import Constraint, any_json, constraints, event_payloads, from_schema, invalid
from tests.helpers.documented_requests import operation_of
from tests.helpers.examples import examples
from tests.helpers.scripted_http import created, inputs

SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
MENDED = {
    "$: required id",  # it gets one, as does null
    "$.tokens.*: type string",  # numbers and booleans become text
    "$.timestamp: type string",  # epoch milliseconds
    "$.timestamp: format date-time",  # the other forms of ISO 8601
}

NAIVE = datetime(2026, 3, 10)  # noqa: DTZ001 - that is what is wrong with it
no_json = st.sampled_from(
    [
        *(math.nan, math.inf, 10**400, 1j, Decimal("1.5"), Decimal("NaN"), NAIVE, NAIVE.replace(tzinfo=UTC)),
        *("\ud800", {"\ud800": 1}, b"bytes", {1, 2}, {1: 2}, {None: 1}, range(2), object(), len),
    ]
)
attributes = st.sampled_from([field.name for field in fields(TimelineEvent)])


def changed_mapping(event: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    return event | {name: value}


def changed_model(event: dict[str, Any], name: str, value: Any) -> TimelineEvent:
    model = TimelineEvent.from_dict(event)
    setattr(model, name, value)
    return model


mappings = event_payloads() | from_schema("TimelineEvent", extra_fields=True)
broken = invalid("TimelineEvent").map(lambda found: found.value)
spoilt = st.builds(changed_mapping, event_payloads(), st.sampled_from(EVENT_FIELDS), no_json | any_json())
models = st.builds(changed_model, event_payloads(), attributes, no_json | any_json())
whatever = st.lists(mappings | broken | spoilt | models | any_json() | no_json, max_size=8)


class Service:
    """Takes what the document allows, and remembers it; fails the test over anything else."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.problems: list[BaseException] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer that all events were created."""
        try:
            assert operation_of(request) == ("create_events", {})
            self.sent += inputs(request)
        except BaseException as error:
            self.problems.append(error)
            raise
        return created(request)

    @property
    def options(self) -> dict[str, Any]:
        """Return options of a client that sends to it."""
        return {"httpx_args": {"transport": httpx.MockTransport(self.answer)}, "batch": BatchLimits(max_events=3)}


def sent(service: Service, events: list[Any]) -> list[Outcome]:
    found: list[Outcome] = []
    with TimelineClient("t", **service.options) as timeline:
        timeline.send(events, on_outcome=found.append)
    return found


def streamed(service: Service, events: list[Any]) -> list[Outcome]:
    with TimelineClient("t", **service.options) as timeline:
        return list(timeline.stream(events))


def queued(service: Service, events: list[Any]) -> list[Outcome]:
    found: list[Outcome] = []
    with TimelineClient("t", **service.options) as timeline, timeline.queue(on_outcome=found.append) as queue:
        for event in events:
            queue.put(event)
    return found


def sent_later(service: Service, events: list[Any]) -> list[Outcome]:
    found: list[Outcome] = []

    async def send() -> None:
        async with AsyncTimelineClient("t", **service.options) as timeline:
            await timeline.send(events, on_outcome=found.append)

    asyncio.run(send())
    return found


def queued_later(service: Service, events: list[Any]) -> list[Outcome]:
    found: list[Outcome] = []

    async def put() -> None:
        async with (
            AsyncTimelineClient("t", **service.options) as timeline,
            timeline.queue(on_outcome=found.append) as queue,
        ):
            for event in events:
                await queue.put(event)

    asyncio.run(put())
    return found


@pytest.mark.parametrize("way", [sent, streamed, queued, sent_later, queued_later])
@given(events=whatever)
@settings(max_examples=examples(40, 1000), suppress_health_check=SLOW)
def test_only_valid_requests_leave(way: Callable[[Service, list[Any]], list[Outcome]], events: list[Any]) -> None:
    """Given valid events, such as break one constraint, models with any attribute, any JSON, and what is no JSON."""
    service = Service()

    outcomes = way(service, events)

    assert not service.problems, service.problems
    assert len(outcomes) == len(events)
    assert {type(outcome) for outcome in outcomes} <= {Created, Rejected}
    assert len(service.sent) == sum(isinstance(outcome, Created) for outcome in outcomes)
    for outcome in outcomes:
        if isinstance(outcome, Rejected):
            assert str(outcome.error)


@given(event=event_payloads())
@settings(max_examples=examples(40, 1000), suppress_health_check=SLOW)
def test_what_is_valid_is_not_rejected(event: dict[str, Any]) -> None:
    """So that nothing is kept from leaving only to be on the safe side."""
    service = Service()

    [outcome] = sent(service, [event])

    assert isinstance(outcome, Created), outcome


@pytest.mark.parametrize("constraint", constraints("TimelineEvent"), ids=lambda constraint: constraint.name)
def test_what_breaks_a_constraint_is_mended_or_rejected(constraint: Constraint) -> None:
    """Mended is what the wrapper takes beyond the document: no id, scalars in tokens, times in other spellings."""

    @given(constraint.violations.map(with_all_else_right))
    @settings(max_examples=examples(10, 300), suppress_health_check=SLOW)
    def check(event: Any) -> None:
        service = Service()
        [outcome] = streamed(service, [event])

        assert not service.problems, service.problems
        is_mended = constraint.name in MENDED or (isinstance(event, dict) and event.get("id", "") is None)
        assert isinstance(outcome, Rejected) or is_mended, event

    check()


def with_all_else_right(event: Any) -> Any:
    """Give an event what no schema asks for: ids that are not empty, and a record to land on."""
    if not isinstance(event, dict):
        return event
    ids = {name: "1" for name in ("eventTemplateId", "id") if event.get(name) == ""}
    return {"objectId": "1"} | event | ids
