"""The delivery engine: how often it sends, how long it waits, how it splits, and when it ends a run."""

from collections.abc import Callable

import pytest

from hubspot_timeline import (
    Created,
    Rejected,
    RetryPolicy,
    Unconfirmed,
    Unsent,
)
from hubspot_timeline.apis import open_apis
from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.steps import Reply
from hubspot_timeline.errors import UnexpectedStatusError
from tests.helpers.model_service import Fault, ModelService, Refusal, drive, items, scripted_replies
from tests.helpers.replies import EXISTS, LOST, NOT_CONNECTED, NOT_FOUND, POLICY, TAKEN, unsolicited


def test_two_conflicts_settle_a_batch_that_is_atomic() -> None:
    """An event that is created now shows that the first request, whose response was hidden, created nothing."""
    both = open_apis("2026-09", None, None)

    run = drive(items("a", "b"), scripted_replies(TAKEN, EXISTS, EXISTS), POLICY, apis=both)

    assert run.outcome_types == {"a": Rejected, "b": Created}


def test_after_a_conflict_requests_use_new_connections() -> None:
    """On which a conflict needs no verification: in a second run of a file, each batch gets one."""
    both = open_apis("2026-09", None, None)
    service = ModelService(existing="ab")

    runs = [drive(items(name), service.reply, POLICY, apis=both) for name in "abcd"]

    assert [run.outcome_types for run in runs] == [{"a": Rejected}, {"b": Rejected}, {"c": Created}, {"d": Created}]
    assert [run.new_connections for run in runs] == [[False], [True], [True], [False]]


@pytest.mark.parametrize("version", ["v3", "2026-12"])
def test_a_path_that_does_not_exist_ends_the_run_with_the_first_batch(version: str) -> None:
    """A batch without events is refused too, so that no event of it is to blame."""
    run = drive(items("a", "b"), lambda _: NOT_FOUND, POLICY, apis=open_apis(version, None, None))

    assert (run.outcome_types, run.result.requests, run.result.retried) == ({"a": Unsent, "b": Unsent}, 2, 0)
    assert run.new_connections == [False, True]
    assert isinstance(run.abort_error, UnexpectedStatusError)
    assert run.abort_error.text == "<html>"
    assert str(run.abort_error) == (
        f"404: no route. The API {version} is not at this base URL: set api (--api) to a version that is, such as "
        "2026-09, or correct the base URL."
    )


@pytest.mark.parametrize("not_found", [NOT_FOUND, unsolicited(404)])
def test_a_404_for_an_event_is_a_refusal_like_any_other(not_found: Reply) -> None:
    """Its template or contact does not exist; the path is looked at once."""
    unknown = ModelService()

    def reply(batch: Batch) -> Reply:
        return not_found if "b" in [item.id for item in batch] else unknown.reply(batch)

    run = drive(items(*"abcd"), reply, POLICY)

    assert run.outcome_types == {"a": Created, "b": Rejected, "c": Created, "d": Created}
    assert unknown.requested_ids == [[], ["a"], ["c", "d"]]


@pytest.mark.parametrize(
    ("first", "second"), [(LOST, NOT_FOUND), (unsolicited(404), NOT_FOUND), (unsolicited(404), unsolicited(404))]
)
def test_what_may_exist_is_unconfirmed_where_the_path_has_gone(first: Reply, second: Reply) -> None:
    """The response of an earlier request was lost, or hidden by a 404."""
    run = drive(items("a"), scripted_replies(first, second, NOT_FOUND), POLICY)

    assert (run.outcome_types, run.result.requests) == ({"a": Unconfirmed}, 3)
    assert isinstance(run.abort_error, UnexpectedStatusError)


def test_the_path_is_looked_at_again_after_no_connection() -> None:
    """Otherwise a 404 of the path would count as one of the event."""
    replies = scripted_replies(NOT_FOUND, NOT_CONNECTED, NOT_FOUND, NOT_FOUND)

    run = drive(items("a"), replies, POLICY)

    assert (run.outcome_types, run.result.requests, len(run.waits)) == ({"a": Unsent}, 4, 1)


def test_a_404_that_may_be_unsolicited_is_verified_before_the_path_is() -> None:
    """The request that it is not for may have created the event."""
    service = ModelService()
    replies = iter([unsolicited(404)])

    run = drive(items("a"), lambda batch: next(replies, None) or service.reply(batch), POLICY)

    assert (run.outcome_types, service.requested_ids) == ({"a": Created}, [["a"]])


def test_each_wait_is_twice_the_one_before_up_to_the_maximum() -> None:
    """At the longest end of the jitter; a response without results is retried like any other error."""
    faults = [Fault.HTML_502, Fault.NO_RESULTS_BEFORE_CREATION, *[Fault.RESET_BEFORE_CREATION] * 2]

    run = drive(items("a"), ModelService(faults).reply, POLICY)

    assert (run.waits, run.result.requests) == ([1, 2, 4, 4], 5)


@pytest.mark.parametrize(("wait_total", "waits"), [(7, [1, 2, 4]), (6.9, [1, 2]), (0.9, [])])
def test_waits_never_exceed_their_total(wait_total: float, waits: list[float]) -> None:
    """The total may be used to the last second."""
    policy = RetryPolicy(wait_initial=1, wait_max=4, wait_total=wait_total)

    run = drive(items("a"), ModelService([Fault.HTML_502] * 9).reply, policy)

    assert (run.waits, run.result.requests) == (waits, len(waits) + 1)


@pytest.mark.parametrize(
    ("faults", "invalid", "requests", "retried"),
    [
        ([], "", 1, 0),
        ([Fault.HTML_502, Fault.RESET_BEFORE_CREATION], "d", 7, 6),
        ([Fault.MISSING_SCOPES], "", 1, 0),
    ],
)
def test_requests_and_retries_are_counted(faults: list[Fault], invalid: str, requests: int, retried: int) -> None:
    """A retry is a request with events of an earlier one; what an aborted run does not send is not a request."""
    service = ModelService(faults, invalid=invalid, refusal=Refusal.WHOLE_BATCH)

    result = drive(items(*"abcd"), service.reply, POLICY).result

    assert (result.requests, result.retried, len(result)) == (requests, retried, 4)
    assert len(service.requests) == requests


LONG = "a" + "x" * 300


@pytest.mark.parametrize(
    ("new_service", "ids", "sizes"),
    [
        (lambda: ModelService(invalid="d", refusal=Refusal.WHOLE_BATCH), [LONG, *"bcd"], [4, 2, 2, 1, 1]),
        (lambda: ModelService(invalid=[LONG], refusal=Refusal.WHOLE_BATCH), [LONG, *"bcd"], [4, 2, 1, 1, 2]),
        (lambda: ModelService(invalid=[LONG, "d"], refusal=Refusal.WHOLE_BATCH), [LONG, *"bcd"], [4, 2, 1, 1, 2, 1, 1]),
        (
            lambda: ModelService(invalid=[LONG, *"bcd"], refusal=Refusal.SINGLE_UNNAMED),
            [LONG, *"bcd"],
            [4, 2, 1, 1, 1, 1],  # the third and the fourth alone, after two that were refused
        ),
        # one alone after two that were refused, then twice as many after each that is created
        (lambda: ModelService(invalid="cd", refusal=Refusal.WHOLE_BATCH), [*"abcdefgh"], [8, 4, 2, 2, 1, 1, 1, 2, 1]),
        (lambda: ModelService(max_bytes=20), ["aaaa", "bbbb"], [2, 1, 1]),
        (lambda: ModelService(max_bytes=220), ["h" * 305, "small-1", "small-2", "l" * 206], [4, 1, 3, 2, 1]),
        (lambda: ModelService(existing="ab", names_duplicates=True), [*"ab"], [2]),
    ],
    ids=["last", "first", "both", "unattributed", "two in a row", "too large", "much too large", "all named"],
)
def test_a_refused_batch_is_split_in_the_middle_and_a_large_one_at_half_its_bytes(
    new_service: Callable[[], ModelService], ids: list[str], sizes: list[int]
) -> None:
    """The first half is sent first; an event that is too large alone is Rejected."""
    service = new_service()
    run = drive(items(*ids), service.reply, POLICY)

    assert [len(request) for request in service.requested_ids] == sizes
    assert set(run.outcome_types.values()) <= {Created, Rejected}


def test_batches_without_created_events_are_not_kept() -> None:
    """Neither of a refusal that names all events, nor of a response without results."""
    existing = ModelService(existing="ab", names_duplicates=True)
    lost = ModelService([Fault.NO_RESULTS_AFTER_CREATION])

    assert list(drive(items("a", "b"), existing.reply, POLICY).result.created_batches) == []
    confirmed = drive(items("a"), lost.reply, POLICY).result
    assert (confirmed.created, list(confirmed.created_batches)) == (1, [])
