"""A delivery sends and waits as often and as long as it takes to account for its events, and not more."""

import pytest

from hubspot_timeline import RetryPolicy
from tests.helpers.model_service import Duplicates, Fault, ModelService, Refusal, drive, items

PATIENT = RetryPolicy(wait_initial=1, wait_max=4, wait_total=100)


def test_each_wait_is_twice_the_one_before() -> None:
    """At the longest end of its jitter, up to the ceiling; an answer that says nothing is trouble like any other."""
    service = ModelService([Fault.HTML_502_BEFORE, Fault.EMPTY_BEFORE, *[Fault.LOST_BEFORE] * 2])

    driven = drive(items("a"), service, PATIENT)

    assert driven.waits == [1, 2, 4, 4]
    assert driven.delivered.requests == 5


@pytest.mark.parametrize(("total", "waits"), [(7, [1, 2, 4]), (6.9, [1, 2]), (0.9, [])])
def test_waits_may_use_up_all_their_time(total: float, waits: list[float]) -> None:
    """To the last second, and not one more."""
    policy = RetryPolicy(wait_initial=1, wait_max=4, wait_total=total)

    driven = drive(items("a"), ModelService([Fault.HTML_502_BEFORE] * 9), policy)

    assert driven.waits == waits
    assert driven.delivered.requests == len(waits) + 1


def test_requests_that_carry_events_again_are_counted() -> None:
    """Each of them, for whatever reason it was sent; the first one is none."""
    service = ModelService([Fault.HTML_502_BEFORE, Fault.LOST_BEFORE], bad=["d"], refusal=Refusal.WHOLE)

    delivered = drive(items(*"abcd"), service, PATIENT).delivered

    assert (delivered.requests, delivered.retried) == (7, 6)
    assert drive(items("a"), ModelService(), PATIENT).delivered.retried == 0


def test_what_a_stopped_run_does_not_send_is_no_request() -> None:
    """Its events are accounted for, and nothing else is counted."""
    driven = drive(items(*"abcd"), ModelService([Fault.SCOPELESS]), PATIENT)

    assert (driven.delivered.requests, driven.delivered.retried, len(driven.delivered)) == (1, 0, 4)


@pytest.mark.parametrize(
    ("bad", "sizes"), [("d", [4, 2, 2, 1, 1]), ("a", [4, 2, 1, 1, 2]), ("ad", [4, 2, 1, 1, 2, 1, 1])]
)
def test_a_refused_batch_is_cut_in_the_middle(bad: str, sizes: list[int]) -> None:
    """By the number of its events, whatever their sizes; the first half is sent first."""
    names = ["a" + "x" * 300, *"bcd"]
    service = ModelService(bad=[name for name in names if name[0] in bad], refusal=Refusal.WHOLE)

    drive(items(*names), service, PATIENT)

    assert [len(ids) for ids in service.requests] == sizes


def test_a_batch_that_an_answer_left_mixed_is_cut_in_the_middle() -> None:
    """Whatever the sizes of its events."""
    names = ["a" + "x" * 300, *"bcd"]
    service = ModelService([Fault.HALF_NAMED], bad=names, refusal=Refusal.ONE_FOR_ALL)

    drive(items(*names), service, PATIENT)

    assert [len(ids) for ids in service.requests][:3] == [4, 2, 1]


def test_a_batch_that_is_too_large_is_cut_where_half_of_its_bytes_are() -> None:
    """Two of equal size are cut between them."""
    service = ModelService(largest=20)

    drive(items("a" * 4, "b" * 4), service, PATIENT)

    assert [len(ids) for ids in service.requests] == [2, 1, 1]


def test_a_refusal_that_names_all_of_its_events_is_the_last_request() -> None:
    """Nothing is left to send, and nothing is created."""
    service = ModelService(naming=True)
    service.hold("a", "b")

    driven = drive(items("a", "b"), service, PATIENT)

    assert service.requests == [["a", "b"]]
    assert (driven.delivered.created, list(driven.delivered.created_batches)) == (0, [])


def test_an_answer_that_lists_nothing_confirms_nothing() -> None:
    """No picture of it is kept."""
    service = ModelService([Fault.EMPTY_AFTER], duplicates=Duplicates.CONFLICT)

    driven = drive(items("a"), service, PATIENT)

    assert (driven.delivered.created, list(driven.delivered.created_batches)) == (1, [])
