"""What becomes of the events of an atomic batch whose response was lost, and how many requests that takes."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hubspot_timeline import Created, Rejected, RetryPolicy, Unconfirmed
from hubspot_timeline.apis import open_apis
from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.events.ids import NewId
from tests.helpers.model_service import DeliveryRun, Duplicates, Fault, ModelService, Refusal, drive, items

POLICY = RetryPolicy(attempts=3, wait_total=10_000)
LOST, LOST_BEFORE = Fault.RESET_AFTER_CREATION, Fault.RESET_BEFORE_CREATION
DOWN = [Fault.HTML_502] * 3


def fresh(*ids: str) -> Batch:
    """Return events whose ids this run has made."""
    return tuple(replace(item, id=NewId(item.id)) for item in items(*ids))


def deliver(
    batch: Batch,
    faults: Sequence[Fault],
    existing: Sequence[str] = (),
    invalid: Sequence[str] = (),
    duplicates: Literal["ok", "reject"] = "reject",
) -> tuple[DeliveryRun, ModelService]:
    """Deliver a batch, and check what is counted, and that all requests after the first use new connections."""
    service = ModelService(
        faults, existing=existing, invalid=invalid, refusal=Refusal.WHOLE_BATCH, duplicates=Duplicates.CONFLICT
    )
    run = drive(batch, service.reply, POLICY, apis=open_apis("2026-09", None, None), duplicates=duplicates)
    carried = Counter(event_id for ids in service.requested_ids for event_id in ids)
    assert Counter({outcome.id: outcome.attempts for outcome in run.result.outcomes}) == carried
    assert (run.result.requests, len(run.result)) == (len(service.requests), len(batch))
    assert run.result.retried == len(service.requests) - 1
    assert run.new_connections == [number > 0 for number in range(len(service.requests))]
    return run, service


def test_one_event_with_a_fresh_id_settles_a_batch_that_was_created() -> None:
    """The lost request, the same again, and one event alone, whatever the size of the batch."""
    ids = [f"e{n}" for n in range(50)]

    run, service = deliver(fresh(*ids), [LOST])

    assert all(isinstance(outcome, Created) and not outcome.existed for outcome in run.result.outcomes)
    assert [len(request) for request in service.requested_ids] == [50, 50, 1]


def test_a_batch_that_was_not_created_is_sent_again_as_a_whole() -> None:
    """No event has to be sent alone."""
    run, service = deliver(fresh("a", "b", "c"), [LOST_BEFORE])

    assert run.outcome_types == dict.fromkeys("abc", Created)
    assert [len(request) for request in service.requested_ids] == [3, 3]


def test_a_fresh_event_shows_that_an_older_one_kept_the_batch_from_being_created() -> None:
    """The lost request created nothing: the fresh event is created alone, and the others are sent together."""
    batch = (*items("old", "new"), *(replace(item, position=2) for item in fresh("fresh")))

    run, service = deliver(batch, [LOST], existing=["old"])

    assert run.outcome_types == {"old": Rejected, "new": Created, "fresh": Created}
    assert service.requested_ids == [["old", "new", "fresh"]] * 2 + [["fresh"], ["old", "new"], ["old"], ["new"]]


@pytest.mark.parametrize(("duplicates", "kind"), [("reject", Rejected), ("ok", Created)])
def test_given_ids_are_settled_one_by_one_until_an_event_is_created(
    duplicates: Literal["ok", "reject"], kind: type
) -> None:
    """Then the lost request had created nothing, so that what exists are duplicates; the rest goes together."""
    run, service = deliver(items("old", "a", "b", "older"), [LOST], existing=["old", "older"], duplicates=duplicates)

    assert run.outcome_types == {"old": kind, "a": Created, "b": Created, "older": kind}
    existed = {outcome.id for outcome in run.result.outcomes if isinstance(outcome, Created) and outcome.existed}
    assert existed == ({"old", "older"} if duplicates == "ok" else set())
    assert service.requested_ids[2:] == [["old"], ["a"], ["b", "older"], ["b"], ["older"]]


def test_what_was_split_off_before_is_delivered_on_its_own() -> None:
    """A refused batch is split; of its parts, one is settled."""
    run, service = deliver(items("bad", *"abcde"), [Fault.NONE] * 3 + [LOST], invalid=["bad"])

    assert run.outcome_types == {"bad": Rejected} | dict.fromkeys("abcde", Created)
    assert service.requested_ids[2:] == [["bad"], ["a", "b"], ["a", "b"], ["a"], ["b"], ["c", "d", "e"]]


def test_given_ids_that_all_exist_were_created_by_the_lost_request() -> None:
    """Nothing tells them from events of before; sending them again is certain to create nothing."""
    ids = ["a", "b", "c", "d"]

    run, service = deliver(items(*ids), [LOST])

    assert all(isinstance(outcome, Created) and not outcome.existed for outcome in run.result.outcomes)
    assert [len(request) for request in service.requested_ids] == [4, 4, 1, 1, 1, 1]


def test_an_event_that_was_lost_alone_shows_nothing_about_its_batch() -> None:
    """That it exists may come from the lost request that carried it alone; the next event settles the batch."""
    batch = (*fresh("a", "b"), *(replace(item, position=2) for item in items("old")))
    run, service = deliver(batch, [LOST, Fault.NONE, LOST], existing=["old"])

    assert run.outcome_types == {"a": Created, "b": Created, "old": Rejected}
    assert service.requested_ids[:5] == [["a", "b", "old"]] * 2 + [["a"], ["a"], ["b"]]


def test_an_invalid_event_is_certain_to_be_rejected_once_another_is_created() -> None:
    """The refusal of the batch may have been for an id that exists; the event that is created shows that it was not."""
    run, _ = deliver(items("bad", "good"), [LOST], invalid=["bad"])

    assert run.outcome_types == {"bad": Rejected, "good": Created}


def test_an_invalid_event_stays_unconfirmed_where_nothing_shows_what_was_created() -> None:
    """Its refusal could be how the service reports an id that exists."""
    run, _ = deliver(items("bad", "worse"), [LOST], invalid=["bad", "worse"])

    for outcome in run.result.outcomes:
        assert isinstance(outcome, Unconfirmed)
        assert "the batch has an invalid event" in str(outcome.error)


def test_what_is_not_settled_when_the_service_fails_for_good_is_unconfirmed() -> None:
    """Those that were found to exist are created."""
    run, service = deliver(items("a", "b", "c"), [LOST, Fault.NONE, Fault.NONE, *DOWN])

    assert run.outcome_types == {"a": Created, "b": Unconfirmed, "c": Unconfirmed}
    errors = [str(outcome.error) for outcome in run.result.outcomes if isinstance(outcome, Unconfirmed)]
    assert all(error.startswith("502") for error in errors)
    assert len(service.requests) == 6


def test_events_of_an_earlier_run_are_settled_one_by_one() -> None:
    """That run may have sent them with others, so that an event that is created now shows nothing about the next."""
    earlier = tuple(replace(item, opened_by="2026-09") for item in items("a", "b", "c"))

    run, service = deliver(earlier, [], existing=["b"])

    assert run.outcome_types == dict.fromkeys("abc", Created)
    assert service.requested_ids == [["a", "b", "c"], ["a"], ["b"], ["c"]]


def test_an_id_that_was_sent_before_is_not_fresh() -> None:
    """The event of an earlier run, sent again as it is: that it exists shows nothing about the others of its batch."""
    [again] = fresh("a")
    deliver((again,), [LOST])
    batch = (again, *(replace(item, position=n + 1) for n, item in enumerate(fresh("b", "c"))))

    run, service = deliver(batch, [LOST], existing=["a"])

    assert set(service.created) == {"a", "b", "c"}
    assert run.outcome_types == {"a": Rejected, "b": Created, "c": Created}


@given(
    size=st.integers(1, 12),
    is_fresh=st.booleans(),
    fault=st.sampled_from([LOST, LOST_BEFORE, Fault.HTML_520, Fault.NO_BODY]),
    existing=st.sets(st.integers(0, 11), max_size=3),
)
def test_the_number_of_requests_after_a_lost_response_is_bounded(
    size: int, is_fresh: bool, fault: Fault, existing: set[int]
) -> None:
    """Fresh ids: the batch, one event, and the others together. Given ids: the batch, each alone, and the others."""
    ids = [f"e{n}" for n in range(size)]
    known = [] if is_fresh else [ids[n] for n in existing if n < size]

    run, service = deliver((fresh if is_fresh else items)(*ids), [fault], existing=known)

    assert set(run.outcome_types) == set(ids)
    after = len(service.requests) - 1
    # Those that are duplicates for certain are then found by splitting, as without a lost response.
    splitting = 2 * len(known) * size.bit_length()
    assert after <= (3 if is_fresh else size + 2 + splitting)
