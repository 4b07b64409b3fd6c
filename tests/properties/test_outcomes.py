"""Every event ends in exactly one outcome, and the outcome is true (G1, G2, G4)."""

from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.engine import Reply
from hubspot_timeline.delivery.outcomes import Created, Outcome, Rejected, Unconfirmed, Unsent
from hubspot_timeline.delivery.response import parse_response
from hubspot_timeline.delivery.retry import RetryPolicy
from hubspot_timeline.errors import ConnectionLostError, InvalidResponseError, ServerError, api_error
from tests.helpers.examples import examples
from tests.helpers.model_service import PASSING, Driven, Duplicates, Fault, ModelService, Refusal, drive, items

PATIENT = RetryPolicy(attempts=40, wait_total=10_000)


def kinds(outcomes: Iterable[Outcome]) -> dict[str, type[Outcome]]:
    return {str(outcome.id): type(outcome) for outcome in outcomes}


@given(
    faults=st.lists(st.sampled_from(Fault), max_size=30),
    count=st.integers(1, 12),
    bad=st.sets(st.integers(0, 11)),
    refusal=st.sampled_from(Refusal),
    duplicates=st.sampled_from(Duplicates),
    attempts=st.integers(1, 6),
    naming=st.booleans(),
)
@settings(max_examples=examples(1_000, 10_000))
def test_outcomes_are_complete_and_true_under_every_mix_of_faults(
    faults: list[Fault],
    count: int,
    bad: set[int],
    refusal: Refusal,
    duplicates: Duplicates,
    attempts: int,
    naming: bool,
) -> None:
    """Each event has one outcome; the created are there, the rejected and the unsent are not."""
    batch = items(*(f"e{n}" for n in range(count)))
    wrong = [f"e{n}" for n in bad]
    service = ModelService(faults, bad=wrong, refusal=refusal, duplicates=duplicates, naming=naming)

    outcomes = list(drive(batch, service, RetryPolicy(attempts=attempts, wait_total=10_000)).delivered.outcomes)

    assert sorted(outcome.position for outcome in outcomes) == list(range(count))
    for outcome in outcomes:
        assert outcome.event is batch[outcome.position].event
        if isinstance(outcome, Created):
            assert outcome.id in service.created
        if isinstance(outcome, Rejected | Unsent):
            assert outcome.id not in service.created


@given(
    faults=st.lists(st.sampled_from(PASSING), max_size=20),
    bad=st.sets(st.integers(0, 7)),
    refusal=st.sampled_from(Refusal),
    duplicates=st.sampled_from(Duplicates),
)
@settings(max_examples=examples(1_000, 10_000))
def test_patience_settles_every_event(
    faults: list[Fault], bad: set[int], refusal: Refusal, duplicates: Duplicates
) -> None:
    """Once the faults are over, the good events are created and the bad ones rejected.

    A bad one is Unconfirmed if an answer was lost before: its refusal could be the service's way to say "exists".
    """
    names = [f"e{n}" for n in range(8)]
    service = ModelService(faults, bad=[names[n] for n in bad], refusal=refusal, duplicates=duplicates)

    driven = drive(items(*names), service, PATIENT)

    found = kinds(driven.delivered.outcomes)
    assert [found[names[n]] for n in range(8) if n not in bad] == [Created] * (8 - len(bad))
    assert {found[names[n]] for n in bad} <= ({Rejected, Unconfirmed} if faults else {Rejected})
    assert driven.delivered.requests == len(service.requests)


@pytest.mark.parametrize("fault", [Fault.NONE, Fault.STATUS_200, Fault.UNKNOWN_WORD, Fault.SHUFFLED])
def test_a_success_in_any_dress_is_reconciled_by_id(fault: Fault) -> None:
    """201, 200, an unknown status word and results in another order all create the events with one request."""
    driven = drive(items("a", "b", "c"), ModelService([fault]), PATIENT)

    assert kinds(driven.delivered.outcomes) == {"a": Created, "b": Created, "c": Created}
    assert driven.delivered.requests == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.EMPTY_BEFORE, InvalidResponseError),
        (Fault.EMPTY_AFTER, InvalidResponseError),
        (Fault.UNREADABLE_AFTER, InvalidResponseError),
        (Fault.WRONG_IDS, InvalidResponseError),
        (Fault.LOST_AFTER, ConnectionLostError),
        (Fault.HTML_520_AFTER, ServerError),
    ],
)
def test_an_answer_that_does_not_say_is_never_a_success(fault: Fault, error: type[Exception]) -> None:
    """Where no request is left to ask again, the events are Unconfirmed, with the reason."""
    [outcome] = drive(items("a"), ModelService([fault]), RetryPolicy(attempts=1)).delivered.outcomes

    assert isinstance(outcome, Unconfirmed)
    assert isinstance(outcome.error, error)


def test_only_the_events_that_an_answer_leaves_open_are_asked_again() -> None:
    """A partial answer is not thrown away: the second request carries the missing half."""
    service = ModelService([Fault.HALF_NAMED], duplicates=Duplicates.LAST_WINS)

    driven = drive(items("a", "b", "c", "d"), service, PATIENT)

    assert service.requests == [["a", "b", "c", "d"], ["b", "d"]]
    assert set(kinds(driven.delivered.outcomes).values()) == {Created}


def test_exists_already_confirms_what_a_lost_answer_left_open() -> None:
    """A conflict after an unclear attempt means created, with no answer to show."""
    [outcome] = drive(items("a"), ModelService([Fault.LOST_AFTER]), PATIENT).delivered.outcomes

    assert isinstance(outcome, Created)
    assert outcome.raw is None
    assert outcome.result is None
    assert outcome.attempts == 2


def test_exists_already_on_the_first_attempt_is_a_rejection() -> None:
    """Without an unclear attempt before it, a conflict is somebody else's event."""
    service = ModelService()
    service.hold("a")

    assert kinds(drive(items("a", "b"), service, PATIENT).delivered.outcomes) == {"a": Rejected, "b": Created}


@pytest.mark.parametrize("bad", [1, 2, 5])
def test_a_refused_batch_is_halved_until_the_bad_events_stand_alone(bad: int) -> None:
    """Finding k bad events of n costs at most 2 k log2 n + k requests and takes no other with them (G3)."""
    names = [f"e{n}" for n in range(128)]
    wrong = names[3 :: 128 // bad][:bad]
    service = ModelService(bad=wrong, refusal=Refusal.WHOLE)

    driven = drive(items(*names), service, PATIENT)

    assert {name for name, kind in kinds(driven.delivered.outcomes).items() if kind is Rejected} == set(wrong)
    assert set(service.created) == set(names) - set(wrong)
    assert driven.delivered.requests <= 2 * bad * 7 + bad


def test_a_refusal_that_names_its_events_costs_one_request_more() -> None:
    """What a 400 or a 409 for the whole batch names is set aside, and the others are sent again together."""
    service = ModelService(naming=True)
    service.hold("b", "d")

    driven = drive(items("a", "b", "c", "d"), service, PATIENT)

    assert kinds(driven.delivered.outcomes) == {"a": Created, "b": Rejected, "c": Created, "d": Rejected}
    assert service.requests == [["a", "b", "c", "d"], ["a", "c"]]


def test_too_large_is_halved_by_bytes() -> None:
    """A 413 cuts where half of the bytes are, so that a large event soon stands alone; one too large is rejected."""
    names = ["huge-" + "x" * 300, "small-1", "small-2", "large-" + "x" * 200]
    service = ModelService(largest=220)

    driven = drive(items(*names), service, PATIENT)

    assert [len(ids) for ids in service.requests] == [4, 1, 3, 2, 1]
    assert [name for name, kind in kinds(driven.delivered.outcomes).items() if kind is Rejected] == names[:1]


def test_connection_refused_to_the_end_stops_the_run() -> None:
    """Where no connection can be made in all the time allowed, the events are Unsent and the run halts."""
    service = ModelService([Fault.UNCONNECTED] * 9)

    driven = drive(items("a"), service, RetryPolicy(attempts=3))

    assert kinds(driven.delivered.outcomes) == {"a": Unsent}
    assert driven.halted
    assert driven.delivered.requests == 3


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"results": 5, "errors": {}}',
        b'{"results": [null, 5, {"id": 5}, {"id": null}, {"id": ["a"]}, {"id": "\\ud800"}, {"id": "b"}]}',
        b'{"results": [], "errors": [null, 5, {}, {"message": 5}, {"context": {"id": ["a"]}}]}',
    ],
)
def test_an_answer_without_meaning_leaves_the_event_unconfirmed(body: bytes) -> None:
    """Whatever JSON it is, nothing in it says what became of the event."""
    service = ModelService()
    service.answer = lambda items: parse_response(201, body)  # type: ignore[method-assign]

    [outcome] = drive(items("a"), service, RetryPolicy(attempts=2)).delivered.outcomes

    assert isinstance(outcome, Unconfirmed)
    assert isinstance(outcome.error, InvalidResponseError)


def test_events_that_an_answer_left_mixed_are_unconfirmed_if_given_up() -> None:
    """They may be created and only not listed; found by the property above."""
    service = ModelService([Fault.HALF_NAMED, Fault.LIMITED, Fault.LIMITED], bad=["c"], refusal=Refusal.NAMELESS)

    driven = drive(items("a", "b", "c"), service, RetryPolicy(attempts=1))

    assert set(service.created) == {"a", "b"}
    assert kinds(driven.delivered.outcomes) == {"a": Created, "b": Unconfirmed, "c": Unconfirmed}


def test_a_page_of_an_edge_server_is_no_refusal_of_a_mixed_event() -> None:
    """It may be created and only not listed; found by the property above."""
    service = ModelService([Fault.HALF_NAMED, Fault.NONE, Fault.HTML_404_BEFORE], bad=["c"], refusal=Refusal.NAMELESS)

    driven = drive(items("a", "b", "c", "d"), service, RetryPolicy(attempts=1))

    for outcome in driven.delivered.outcomes:
        assert not isinstance(outcome, Rejected) or outcome.id not in service.created


def test_a_refusal_after_a_lost_answer_is_not_taken_for_a_rejection() -> None:
    """The service may say in other words that the id exists: what is created would be reported as rejected."""
    service = ModelService([Fault.LOST_AFTER])
    lost = service.answer
    service.answer = lambda items: api_error(400, {"message": "a duplicate"}) if service.requests else lost(items)  # type: ignore[method-assign]

    assert kinds(drive(items("a"), service, PATIENT).delivered.outcomes) == {"a": Unconfirmed}


@given(seed=st.integers(0, 2**32), fault=st.sampled_from([Fault.HTML_502_BEFORE, Fault.LOST_AFTER, Fault.UNCONNECTED]))
@settings(max_examples=500)
def test_the_default_policy_outlasts_an_outage_of_a_minute(seed: int, fault: Fault) -> None:
    """However the random waits fall, the events are created once it is over; and waiting has an end (G5)."""
    service, driven = ModelService(), Driven()
    works = service.answer

    def answer(items: Batch) -> Reply:
        service.faults = [fault] if sum(driven.waits) < 60 else []
        return works(items)

    service.answer = answer  # type: ignore[method-assign]
    chance = Random(seed).random  # noqa: S311 - for no secret
    drive(items("a", "b"), service, RetryPolicy(), chance=chance, driven=driven)

    assert kinds(driven.delivered.outcomes) == {"a": Created, "b": Created}


@pytest.mark.parametrize("fault", [Fault.HTML_502_BEFORE, Fault.LOST_AFTER, Fault.LIMITED, Fault.LOCKED])
@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_patience_has_an_end(fault: Fault, chance: float) -> None:
    """In requests and in seconds, whatever is asked for."""
    driven = drive(items("a"), ModelService([fault] * 1_000), RetryPolicy(), chance=lambda: chance)

    assert driven.delivered.requests <= 24
    assert sum(driven.waits) <= 180
