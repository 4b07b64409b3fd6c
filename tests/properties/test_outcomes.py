"""Properties of outcomes: exactly one for each event, and each is true (G1, G2, G4); retries are bounded (G5)."""

from collections.abc import Iterator
from random import Random
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubspot_timeline import (
    BatchLimits,
    Created,
    Outcome,
    Rejected,
    RetryPolicy,
    TimelineEvent,
    Unconfirmed,
    Unsent,
)
from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.steps import Reply
from tests.helpers.both_clients import AsyncRunner, ClientRunner, SyncRunner
from tests.helpers.examples import examples
from tests.helpers.model_service import (
    TEMPORARY,
    DeliveryRun,
    Duplicates,
    Fault,
    ModelService,
    Refusal,
    drive,
    items,
)
from tests.helpers.numbered_events import numbered

IDS = [f"e{n}" for n in range(12)]


@given(
    faults=st.lists(st.sampled_from(Fault), max_size=30),
    count=st.integers(1, len(IDS)),
    invalid=st.sets(st.sampled_from(IDS)),
    refusal=st.sampled_from(Refusal),
    duplicates=st.sampled_from(Duplicates),
    names_duplicates=st.booleans(),
    existing=st.sets(st.sampled_from(IDS), max_size=3),
    option=st.sampled_from(["ok", "reject"]),
    attempts=st.integers(1, 6),
)
@settings(max_examples=examples(400, 10_000))
def test_outcomes_are_complete_and_true_under_every_mix_of_faults(
    faults: list[Fault],
    count: int,
    invalid: set[str],
    refusal: Refusal,
    duplicates: Duplicates,
    names_duplicates: bool,
    existing: set[str],
    option: Literal["ok", "reject"],
    attempts: int,
) -> None:
    """Each event has one outcome; the service has what is Created, and does not have what is Rejected or Unsent.

    Except for what it had before: that is Created with `existed`, or a duplicate, or not known to be from before.
    """
    batch = items(*IDS[:count])
    service = ModelService(
        faults,
        invalid=invalid,
        existing=existing,
        refusal=refusal,
        duplicates=duplicates,
        names_duplicates=names_duplicates,
    )

    run = drive(batch, service.reply, RetryPolicy(attempts=attempts, wait_total=10_000), duplicates=option)

    outcomes = sorted(run.result.outcomes, key=lambda outcome: outcome.position)
    assert [(outcome.position, outcome.id) for outcome in outcomes] == list(enumerate(IDS[:count]))
    for outcome, item in zip(outcomes, batch, strict=True):
        assert outcome.event is item.event
        assert not isinstance(outcome, Created) or outcome.id in service.created
        assert not isinstance(outcome, Rejected | Unsent) or outcome.id not in service.created or outcome.id in existing
        if isinstance(outcome, Created) and outcome.existed:
            assert (option, outcome.id in existing, outcome.raw) == ("ok", True, None)
        if isinstance(outcome, Rejected) and outcome.is_duplicate:
            assert (option, outcome.id in existing) == ("reject", True)


@given(
    runner=st.sampled_from([SyncRunner(), AsyncRunner()]),
    faults=st.lists(st.sampled_from(Fault), max_size=8),
    rows=st.lists(st.booleans(), max_size=9),
    invalid=st.sets(st.sampled_from(IDS), max_size=2),
)
@settings(max_examples=examples(60, 1_000))
def test_the_report_of_an_iterable_that_raises_is_complete_and_true(
    runner: ClientRunner, faults: list[Fault], rows: list[bool], invalid: set[str]
) -> None:
    """Each row that was read has one outcome, also those for which `make` raises (G1, G2, G3)."""
    service, outcomes, error = ModelService(faults, invalid=invalid), list[Outcome](), LookupError("gone")
    events = [event if is_valid else None for event, is_valid in zip(numbered(len(rows)), rows, strict=True)]

    def source() -> Iterator[int]:
        yield from range(len(rows))
        raise error

    def make(row: int) -> TimelineEvent:
        if event := events[row]:
            return event
        raise ValueError

    options: dict[str, Any] = {"batch": BatchLimits(max_events=3), "retry": RetryPolicy(attempts=2, wait_total=10_000)}
    with pytest.raises(LookupError):
        runner.run(service.respond, lambda t: t.send(source(), make=make, on_outcome=outcomes.append), **options)

    report = error.report  # type: ignore[attr-defined]
    assert sorted(outcome.source for outcome in outcomes) == list(range(len(rows)))  # type: ignore[type-var]
    assert report.created + report.rejected + report.unconfirmed + report.unsent == report.total == len(rows)
    for outcome in outcomes:
        assert outcome.source == outcome.position
        assert outcome.event is events[outcome.position]
        assert outcome.event or isinstance(outcome, Rejected)
        assert not isinstance(outcome, Created) or outcome.id in service.created
        assert not isinstance(outcome, Rejected | Unsent) or outcome.id not in service.created


@given(
    faults=st.lists(st.sampled_from(TEMPORARY), max_size=20),
    invalid=st.sets(st.sampled_from(IDS[:8])),
    refusal=st.sampled_from(Refusal),
    duplicates=st.sampled_from(Duplicates),
    existing=st.sets(st.sampled_from(IDS[:8])),
)
@settings(max_examples=examples(400, 10_000))
def test_enough_retries_settle_every_event(
    faults: list[Fault], invalid: set[str], refusal: Refusal, duplicates: Duplicates, existing: set[str]
) -> None:
    """After temporary faults the valid events are Created and the invalid ones Rejected; all if duplicates are ok.

    An invalid event is Unconfirmed if a response was lost before: its refusal could mean that it exists.
    """
    service = ModelService(faults, invalid=invalid, existing=existing - invalid, refusal=refusal, duplicates=duplicates)

    run = drive(items(*IDS[:8]), service.reply, RetryPolicy(attempts=40, wait_total=10_000), duplicates="ok")

    types = run.outcome_types
    assert {name for name in types if types[name] is Created} == set(IDS[:8]) - invalid
    assert {types[name] for name in invalid} <= ({Rejected, Unconfirmed} if faults else {Rejected})
    assert run.result.requests == len(service.requests)


@given(
    seed=st.integers(0, 2**32), fault=st.sampled_from([Fault.HTML_502, Fault.READ_TIMEOUT, Fault.CONNECTION_REFUSED])
)
@settings(max_examples=examples(150, 2_000))
def test_the_default_policy_outlasts_an_outage_of_a_minute(seed: int, fault: Fault) -> None:
    """However long the random waits are, the events are Created once the outage is over."""
    service, run = ModelService(), DeliveryRun()

    def reply(items: Batch) -> Reply:
        service.faults = [fault] if sum(run.waits) < 60 else []
        return service.reply(items)

    drive(items("a", "b"), reply, RetryPolicy(), chance=Random(seed).random, run=run)  # noqa: S311 - not a secret

    assert run.outcome_types == {"a": Created, "b": Created}


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("fault", [Fault.HTML_502, Fault.RESET_AFTER_CREATION, Fault.RATE_LIMITED, Fault.LOCKED])
def test_the_default_policy_bounds_requests_and_waits(fault: Fault, chance: float) -> None:
    """A fault that never ends is met by at most 24 requests, with waits of three minutes in all."""
    service = ModelService([fault] * 1_000)

    run = drive(items("a"), service.reply, RetryPolicy(), chance=lambda: chance)

    assert run.result.requests == len(service.requests) <= 24
    assert sum(run.waits) <= 180
