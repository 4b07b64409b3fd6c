"""The option `make`: rows are sent as the events that it returns, and a row for which it raises is rejected alone."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from attrs import frozen

from hubspot_timeline import (
    BatchLimits,
    Created,
    EventError,
    OptionError,
    Outcome,
    Rejected,
    TimelineEvent,
    event,
)
from tests.helpers.both_clients import AsyncRunner, ClientRunner
from tests.helpers.both_queues import Gate, both_queues, done, entered, httpx_args
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, inputs


@frozen
class Row:
    """A row of a database."""

    number: int
    email: str | None = "ada@example.com"
    seats: int | None = 1


def to_event(row: Row) -> TimelineEvent:
    """Return the event of a row. Raises for a row without an email, and EventError for one without seats."""
    if row.email is None:
        raise KeyError("email")
    return event(1, {"seats": row.seats}, email=row.email, id=f"e{row.number}")  # type: ignore[dict-item]


ROWS = [Row(0), Row(1, email=None), Row(2, seats=None), Row(3), Row(4, email="n/a"), Row(5)]
TYPES = {0: Created, 1: Rejected, 2: Rejected, 3: Created, 4: Rejected, 5: Created}


def sent_by(client: ClientRunner, call: str, rows: Any, script: Script | None = None, **options: Any) -> list[Outcome]:
    """Return the outcomes of `send` or `stream`, in the order of the rows."""
    outcomes: list[Outcome] = []

    def run(timeline: Any) -> Any:
        if call == "stream":
            return timeline.stream(rows, **options)
        return timeline.send(rows, on_outcome=outcomes.append, **options)

    result = client.run(script or Script(), run, batch=BatchLimits(max_events=2))
    return sorted(result if call == "stream" else outcomes, key=lambda outcome: outcome.position)


@pytest.mark.parametrize("call", ["send", "stream"])
def test_a_row_for_which_make_raises_is_rejected_and_the_others_are_created(client: ClientRunner, call: str) -> None:
    """Each row has one outcome, with its position and itself (G1, G3)."""
    script = Script()

    outcomes = sent_by(client, call, ROWS, script, make=to_event)

    assert {outcome.position: type(outcome) for outcome in outcomes} == TYPES
    assert all(outcome.source is row for outcome, row in zip(outcomes, ROWS, strict=True))
    assert sorted(each["id"] for request in script.requests for each in inputs(request)) == ["e0", "e3", "e5"]


def test_the_error_of_a_rejected_row_is_an_event_error_with_its_cause(client: ClientRunner) -> None:
    """One that `make` raises itself, as event() does, stays what it is."""
    _, other, missing, *_ = sent_by(client, "send", ROWS, make=to_event)

    assert isinstance(other, Rejected)
    assert isinstance(other.error, EventError)
    assert str(other.error) == "cannot be made of its row (KeyError: 'email')"
    assert isinstance(other.error.__cause__, KeyError)
    assert isinstance(missing, Rejected)
    assert str(missing.error).startswith("tokens.seats: has no value")
    assert (other.event, other.id, other.attempts, other.payload) == (None, None, 0, None)


def test_the_event_of_an_outcome_is_what_make_returned(client: ClientRunner) -> None:
    """Also if it is invalid; the row is the source of the outcome."""
    valid = next(numbered(1))
    events: dict[str, Any] = {"valid": valid, "invalid": {"id": "b"}, "none": None}

    outcomes = sent_by(client, "send", list(events), make=events.get)

    assert [(type(outcome), outcome.source, outcome.id) for outcome in outcomes] == [
        (Created, "valid", "e0"),
        (Rejected, "invalid", "b"),
        (Rejected, "none", None),
    ]
    assert [outcome.event for outcome in outcomes] == list(events.values())


def test_without_make_the_source_of_an_outcome_is_the_event(client: ClientRunner) -> None:
    """It is the object that was given."""
    given = [next(numbered(1)), {"id": "invalid"}]

    for outcome, each in zip(sent_by(client, "send", given), given, strict=True):
        assert outcome.source is outcome.event is each


def test_an_asynchronous_iterable_of_rows_is_made_into_events() -> None:
    """As any other one."""

    async def rows() -> AsyncIterator[Row]:
        for row in ROWS:
            yield row

    outcomes = sent_by(AsyncRunner(), "send", rows(), make=to_event)

    assert {outcome.position: type(outcome) for outcome in outcomes} == TYPES


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_in_make_ends_the_run(client: ClientRunner, interrupt: type[BaseException]) -> None:
    """It says nothing about the row."""

    def make(_: Row) -> NoReturn:
        raise interrupt

    with pytest.raises(interrupt):
        sent_by(client, "send", ROWS, make=make)


def test_outcomes_that_a_journal_has_keep_their_row(client: ClientRunner, tmp_path: Path) -> None:
    """The second run sends nothing again."""
    script, options = Script(), {"make": to_event, "journal": tmp_path / "run.journal"}

    first = sent_by(client, "send", ROWS, script, **options)
    requests = len(script.requests)
    second = sent_by(client, "send", ROWS, script, **options)

    assert len(script.requests) == requests
    assert [(type(o), o.source, o.id) for o in first] == [(type(o), o.source, o.id) for o in second]


async def coroutine_function(_: object) -> TimelineEvent:
    """Return an event that nobody awaits."""
    return next(numbered(1))


def test_a_coroutine_function_is_refused(client: ClientRunner) -> None:
    """It would never be awaited."""
    for call in ("send", "stream"):
        with pytest.raises(OptionError, match="make is a coroutine function"):
            sent_by(client, call, ROWS, make=coroutine_function)


@both_queues
async def test_a_queue_rejects_a_row_for_which_make_raises(client: Any) -> None:
    """Putting it raises nothing, and the others are sent as they were when they were put."""
    script, outcomes = Script(), list[Outcome]()
    async with entered(client("t", httpx_args=httpx_args(client, script))) as timeline:
        async with entered(timeline.queue(make=to_event, on_outcome=outcomes.append)) as queue:
            for row in ROWS:
                await done(queue.put(row))
        with pytest.raises(OptionError, match="make is a coroutine function"):
            timeline.queue(make=coroutine_function)

    assert {outcome.position: type(outcome) for outcome in outcomes} == TYPES
    assert all(outcome.source is ROWS[outcome.position or 0] for outcome in outcomes)
    assert queue.report.rejected == 3


@both_queues
async def test_a_full_queue_drops_the_row(client: Any) -> None:
    """`on_drop` gets what was put, not the event."""
    gate, dropped = Gate(), list[Row]()
    async with entered(client("t", httpx_args=httpx_args(client, gate))) as timeline:
        queue = timeline.queue(make=to_event, on_full="drop", max_size=1, on_drop=dropped.append)
        for row in (ROWS[0], ROWS[3]):
            await done(queue.put(row))
        gate.opened.set()
        await done(queue.close())

    assert dropped == [ROWS[3]]
