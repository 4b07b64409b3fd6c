"""Properties of queues: under faults both are true to the service, and do the same (G1 to G4, G9)."""

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from hubspot_timeline import BatchLimits, Created, Outcome, Rejected, RetryPolicy, TimelineEvent, event
from tests.helpers.both_queues import done, entered
from tests.helpers.clients import AsyncTimelineClient, TimelineClient
from tests.helpers.examples import examples
from tests.helpers.fake_time import FakeTime
from tests.helpers.model_service import Duplicates, Fault, ModelService, Refusal
from tests.helpers.true_outcomes import Result, require_true


@frozen
class Row:
    """A row of a database: its event is valid, refused by the service, there from another sender, or cannot be made."""

    kind: str
    number: int

    @property
    def id(self) -> str:
        """The id of its event."""
        return f"e{self.number}"


def to_event(row: Row) -> TimelineEvent:
    """Return the event of a row. Raises for one of which none can be made."""
    if row.kind == "broken":
        raise KeyError(row.number)
    return event(1, {"n": row.number}, email="ada@example.com", id=row.id)


@frozen
class Recording:
    """What can be observed of a queue."""

    results: list[Result]
    requests: list[list[str]]
    waits: list[float]
    report: str


async def record(
    kind: Any, rounds: Sequence[tuple[list[Fault], list[Row]]], service: ModelService, option: str, attempts: int
) -> Recording:
    """Put the rows of each round and flush; check each outcome against the service, and return what was observed."""
    time, outcomes, rows = FakeTime(), list[Outcome](), [row for _, rows in rounds for row in rows]
    existing = set(service.created)
    options: dict[str, Any] = {"batch": BatchLimits(max_events=3), "max_in_flight": 1, "duplicates": option}
    timeline = kind(
        "t",
        clock=time.clock,
        sleep=time.sleep if kind is TimelineClient else time.async_sleep,
        chance=lambda: 0.5,
        httpx_args={"transport": httpx.MockTransport(service.respond)},
        retry=RetryPolicy(attempts=attempts, wait_total=10_000),
        **options,
    )
    async with (
        entered(timeline),
        entered(timeline.queue(make=to_event, flush_interval=1e9, on_outcome=outcomes.append)) as queue,
    ):
        for faults, put in rounds:
            service.faults += faults
            for row in put:
                await done(queue.put(row))
            await done(queue.flush())
    outcomes.sort(key=lambda outcome: outcome.position)
    assert [outcome.source for outcome in outcomes] == rows
    for outcome, row in zip(outcomes, rows, strict=True):
        assert row.kind != "broken" or isinstance(outcome, Rejected)
        require_true(outcome, service, existing, option)
    report = queue.report
    assert report.created + report.rejected + report.unconfirmed + report.unsent == report.total == len(rows)
    assert report.existing == sum(isinstance(outcome, Created) and outcome.existed for outcome in outcomes)
    return Recording([Result.of(outcome) for outcome in outcomes], service.requested_ids, time.waits, str(report))


@given(
    rounds=st.lists(
        st.tuples(
            st.lists(st.sampled_from(Fault), max_size=4),
            st.lists(st.sampled_from(["valid", "valid", "refused", "existing", "broken"]), max_size=7),
        ),
        max_size=4,
    ),
    refusal=st.sampled_from(Refusal),
    duplicates=st.sampled_from(Duplicates),
    option=st.sampled_from(["ok", "reject"]),
    attempts=st.integers(1, 4),
)
@settings(max_examples=examples(60, 1_500))
def test_both_queues_are_true_to_the_service_and_do_the_same(
    rounds: list[tuple[list[Fault], list[str]]], refusal: Refusal, duplicates: Duplicates, option: str, attempts: int
) -> None:
    """Each row that is put has one outcome, with the row; requests, waits and reports are equal."""
    numbers = iter(range(100))
    plan = [(faults, [Row(kind, next(numbers)) for kind in kinds]) for faults, kinds in rounds]
    rows = [row for _, put in plan for row in put]
    recordings = []
    for kind in (TimelineClient, AsyncTimelineClient):
        service = ModelService(
            invalid={row.id for row in rows if row.kind == "refused"}, refusal=refusal, duplicates=duplicates
        )
        for row in rows:
            if row.kind == "existing":
                service.created[row.id] = {"tokens": {"n": f"{row.number} of another sender"}}
        recordings.append(asyncio.run(record(kind, plan, service, option, attempts)))

    assert recordings[0] == recordings[1]
