"""The delivery engine: how often it sends, how long it waits, how it splits, and what it concludes from the replies."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from hubspot_timeline import (
    AuthenticationError,
    ConnectionLostError,
    Created,
    InvalidResponseError,
    NotConnectedError,
    Outcome,
    Rejected,
    RetryPolicy,
    StoppedError,
    Unconfirmed,
    Unsent,
)
from hubspot_timeline.apis import open_apis
from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.response import parse_response
from hubspot_timeline.delivery.steps import Reply
from hubspot_timeline.errors import UnexpectedStatusError, api_error
from tests.helpers.model_service import Duplicates, Fault, ModelService, Refusal, drive, items, scripted_replies

POLICY = RetryPolicy(wait_initial=1, wait_max=4, wait_total=100)
ONE_ATTEMPT = RetryPolicy(attempts=1)

LOST, NOT_CONNECTED = ConnectionLostError("lost"), NotConnectedError("refused")
BUSY, LIMITED, FORBIDDEN = api_error(503), api_error(429), api_error(403)
NOT_FOUND = api_error(404, {"message": "no route"}, text="<html>")
STOPPED, EXISTS, INVALID = StoppedError("enough"), api_error(409), api_error(400, {"message": "no"})
IN_USE = api_error(400, {"message": "Event ID already in use"})
CONFLICT_OF_207 = parse_response(207, b'{"results": [], "errors": [{"message": "no", "category": "CONFLICT"}]}')
CONFLICTS_OF_207 = parse_response(
    207, json.dumps({"results": [], "errors": [{"message": "no", "category": "CONFLICT"}] * 2}).encode()
)
EMPTY = InvalidResponseError("empty")
UNATTRIBUTED = parse_response(207, b'{"results": [], "errors": [{"message": "no"}]}')
EXPIRED = AuthenticationError(401, {"category": "EXPIRED_AUTHENTICATION"})
EXPIRED.is_refreshable = True


def unsolicited(status: int, body: dict[str, Any] | None = None) -> Reply:
    """Return a refusal that may belong to another request."""
    if status == 207:
        return parse_response(207, json.dumps(body).encode(), may_be_unsolicited=True)
    error = api_error(status, body)
    error.may_be_unsolicited = True
    return error


NO, NO_ACCESS, TAKEN = unsolicited(400, {"message": "no"}), unsolicited(403), unsolicited(409)
NO_RESULT = unsolicited(207, {"results": [], "errors": [{"message": "no"}]})
NAMED_409 = unsolicited(409, {"context": {"id": ["a"]}})
NAMED_207 = unsolicited(207, {"results": [], "errors": [{"message": "no", "context": {"id": "a"}}]})
LISTED_207 = unsolicited(207, {"results": [{"id": "a"}], "errors": [{"message": "no"}]})
NO_ID = unsolicited(207, {"results": [{}]})
TWO_ERRORS = {"results": [], "errors": [{"message": "no"}, {"message": "neither"}]}
MIXED_207 = parse_response(
    207, b'{"results": [], "errors": [{"message": "no"}, {"message": "exists", "category": "CONFLICT"}]}'
)
DAILY = unsolicited(429, {"policyName": "DAILY"})


@pytest.mark.parametrize(
    ("replies", "kinds", "new_connections"),
    [
        # the service had created the events, or creates them now
        ([NO], {Created}, [False, True]),
        ([NO_ACCESS], {Created}, [False, True]),
        ([NO_RESULT], {Created}, [False, True]),
        ([DAILY], {Created}, [False, True]),
        ([NO, EXISTS, EXISTS, EXISTS], {Created}, [False, True, True, True]),
        # it repeats its refusal
        ([NO, INVALID, INVALID, EXISTS], {Rejected}, [False, True, True, True]),
        ([NO_RESULT, UNATTRIBUTED, INVALID, INVALID], {Rejected}, [False, True, True, True]),
        (
            [unsolicited(207, TWO_ERRORS), parse_response(207, json.dumps(TWO_ERRORS).encode())],
            {Rejected},
            [False, True],
        ),
        ([NO_ACCESS, FORBIDDEN], {Unsent}, [False, True]),
        ([NO, NO, NO, NO], {Rejected}, [False, True, True, True]),  # a transport that reuses it all the same
        # it had created one event, which exists now
        ([NO, MIXED_207, INVALID, EXISTS], {Rejected, Created}, [False, True, True, True]),
        # what exists now may have been created by the first request
        ([TAKEN, EXISTS, EXISTS, EXISTS], {Created}, [False, True, True, True]),
        ([TAKEN, EXISTS, EXISTS], {Created}, [False, True, True, True]),
        ([TAKEN, CONFLICTS_OF_207, EXISTS, EXISTS], {Created}, [False, True, True, True]),
        ([TAKEN, EXISTS, INVALID, EXISTS], {Unconfirmed, Created}, [False, True, True, True]),
        # it does not
        ([NO, STOPPED], {Unconfirmed}, [False, True]),
        ([NO, FORBIDDEN], {Unconfirmed}, [False, True]),
        # the response names an event of the request
        ([NAMED_409, EXISTS], {Rejected}, [False, True]),
        ([NAMED_207, INVALID], {Rejected, Unconfirmed}, [False, True]),
        ([LISTED_207], {Rejected, Created}, [False]),
        # the reply refuses nothing: it may have hidden that the events were created
        ([NO_ID, INVALID, INVALID, INVALID], {Unconfirmed}, [False, True, True, True]),
        ([unsolicited(503), INVALID, INVALID, INVALID], {Unconfirmed}, [False, True, True, True]),
    ],
)
def test_a_refusal_that_may_be_unsolicited_is_verified(
    replies: list[Reply], kinds: set[type[Outcome]], new_connections: list[bool]
) -> None:
    """By a request on a new connection, unless the ids in it show that it belongs to this request."""
    run = drive(items("a", "b"), scripted_replies(*replies), RetryPolicy(attempts=2))

    assert {type(outcome) for outcome in run.result.outcomes} == kinds
    assert run.new_connections == new_connections


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
        f"404: no route. There is no API {version} at this base URL: set api (--api) to a version that there is, such "
        "as 2026-09, or correct the base URL."
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


@pytest.mark.parametrize(
    ("replies", "kind", "attempts", "error", "aborts"),
    [
        ([], Created, 1, None, False),
        ([BUSY, BUSY], Created, 3, None, False),
        ([LOST, EXISTS], Created, 2, None, False),
        ([TAKEN, EXISTS], Created, 2, None, False),
        ([EXISTS], Rejected, 1, EXISTS, False),
        ([INVALID], Rejected, 1, INVALID, False),
        ([LIMITED, INVALID], Rejected, 2, INVALID, False),
        ([LOST, INVALID], Unconfirmed, 2, INVALID, False),
        ([LOST, LOST, LOST], Unconfirmed, 3, LOST, False),
        ([EMPTY, EMPTY, EMPTY], Unconfirmed, 3, EMPTY, False),
        ([BUSY, BUSY, BUSY], Unconfirmed, 3, BUSY, False),
        ([LOST, LIMITED, LIMITED], Unconfirmed, 3, LIMITED, False),
        ([LIMITED, LIMITED, LIMITED], Unsent, 3, LIMITED, False),
        ([LIMITED, NOT_CONNECTED, LIMITED], Unsent, 3, LIMITED, False),
        # no request of the run can succeed
        ([NOT_CONNECTED, NOT_CONNECTED, NOT_CONNECTED], Unsent, 3, NOT_CONNECTED, True),
        ([FORBIDDEN], Unsent, 1, FORBIDDEN, True),
        # the run was stopped: that does not explain an event that may have been created
        ([STOPPED], Unsent, 0, STOPPED, False),
        ([LIMITED, STOPPED], Unsent, 1, STOPPED, False),
        ([LOST, STOPPED], Unconfirmed, 1, LOST, False),
        ([LOST, LIMITED, STOPPED], Unconfirmed, 2, LOST, False),
        # stopped before the path was looked at
        ([NOT_FOUND, STOPPED], Unsent, 1, STOPPED, False),
        ([LOST, NOT_FOUND, STOPPED], Unconfirmed, 2, LOST, False),
        ([LIMITED, LOST, STOPPED], Unconfirmed, 2, LOST, False),
        ([NO, STOPPED], Unconfirmed, 1, NO, False),
        # an access token is refreshed once in a row
        ([EXPIRED], Created, 2, None, False),
        ([EXPIRED, BUSY, EXPIRED], Created, 4, None, False),
        ([EXPIRED, EXPIRED], Unsent, 2, EXPIRED, True),
        ([LOST, EXPIRED, EXPIRED], Unconfirmed, 3, EXPIRED, True),
    ],
)
def test_an_outcome_follows_from_the_replies(
    replies: list[Reply], kind: type[Outcome], attempts: int, error: Reply, aborts: bool
) -> None:
    """After a lost response a refusal is ambiguous, and "exists already" is a confirmation."""
    batch = items("a")
    run = drive(batch, scripted_replies(*replies), RetryPolicy(attempts=3))
    [outcome] = run.result.outcomes

    assert type(outcome) is kind
    assert (outcome.position, outcome.id, outcome.attempts) == (0, "a", attempts)
    assert outcome.event is batch[0].event
    assert getattr(outcome, "error", None) is error
    assert run.abort_error is (error if aborts else None)
    assert run.result.requests == attempts


@pytest.mark.parametrize(
    ("replies", "kind", "existed"),
    [
        ([EXISTS], Created, True),
        ([LIMITED, EXISTS], Created, True),
        ([IN_USE], Created, True),
        ([CONFLICT_OF_207], Created, True),
        ([LOST, EXISTS], Created, False),
        ([LOST, LIMITED, EXISTS], Created, False),
        ([], Created, False),
        ([INVALID], Rejected, None),
        ([LOST, INVALID], Unconfirmed, None),
    ],
)
def test_an_event_that_existed_is_created_if_duplicates_are_ok(
    replies: list[Reply], kind: type[Outcome], existed: bool | None
) -> None:
    """After a lost response it may have been created by this run; so `existed` is only what is certain."""
    run = drive(items("a"), scripted_replies(*replies), RetryPolicy(attempts=3), duplicates="ok")
    [outcome] = run.result.outcomes

    assert type(outcome) is kind
    assert getattr(outcome, "existed", None) is existed
    assert not existed or (isinstance(outcome, Created) and outcome.raw is None)


@pytest.mark.parametrize(
    ("existing", "invalid", "requested"),
    [("b", "c", [["a", "b", "c"], ["b"], ["c"]]), ("", "bc", [["a", "b", "c"]])],
)
def test_existing_and_invalid_events_are_told_apart_if_duplicates_are_ok(
    existing: str, invalid: str, requested: list[list[str]]
) -> None:
    """Errors without names would reject both, though one of them says that its event exists; else both are invalid."""
    service = ModelService(existing=existing, invalid=invalid, refusal=Refusal.UNNAMED, duplicates=Duplicates.PER_EVENT)

    run = drive(items(*"abc"), service.reply, POLICY, duplicates="ok")

    assert service.requested_ids == requested
    assert run.outcome_types == {name: Rejected if name in invalid else Created for name in "abc"}


@pytest.mark.parametrize(
    ("replies", "kind", "error"),
    [
        ([EXISTS], Created, ""),
        ([INVALID], Unconfirmed, "no"),
        ([STOPPED], Unconfirmed, "An earlier run ended before the response for the event arrived"),
    ],
)
def test_an_event_of_an_interrupted_run_is_ambiguous_from_the_first_request(
    replies: list[Reply], kind: type[Outcome], error: str
) -> None:
    """As if its response had been lost in this run."""
    [outcome] = drive(items("a", is_ambiguous=True), scripted_replies(*replies), POLICY).result.outcomes

    assert type(outcome) is kind
    assert error in str(getattr(outcome, "error", ""))


def test_an_event_that_is_confirmed_by_exists_already_has_no_result() -> None:
    """The response that had the result was lost."""
    service = ModelService([Fault.RESET_AFTER_CREATION])
    [outcome] = drive(items("a"), service.reply, POLICY).result.outcomes

    assert isinstance(outcome, Created)
    assert (outcome.raw, outcome.result, outcome.attempts) == (None, None, 2)


def test_only_events_that_a_response_does_not_account_for_are_sent_again() -> None:
    """A partial response is used as far as it goes."""
    service = ModelService([Fault.MISSING_RESULTS], duplicates=Duplicates.LAST_WINS)

    run = drive(items(*"abcd"), service.reply, POLICY)

    assert service.requested_ids == [["a", "b", "c", "d"], ["b", "d"]]
    assert run.outcome_types == dict.fromkeys("abcd", Created)


def test_errors_without_names_are_attributed_by_splitting_after_a_lost_response() -> None:
    """As many errors as events would reject all of them, but one may say that the lost request created its event."""
    service = ModelService(
        [Fault.RESET_AFTER_CREATION], invalid="b", refusal=Refusal.UNNAMED, duplicates=Duplicates.PER_EVENT
    )

    run = drive(items("a", "b"), service.reply, POLICY)

    assert service.requested_ids == [["a", "b"], ["a", "b"], ["a"], ["b"]]
    assert run.outcome_types == {"a": Created, "b": Unconfirmed}


@pytest.mark.parametrize(
    ("faults", "ids", "unconfirmed"),
    [([Fault.RATE_LIMITED] * 2, "abc", "bc"), ([Fault.NONE, Fault.HTML_404], "abcd", "c")],
)
def test_an_unattributed_event_is_rejected_only_by_the_service_itself(
    faults: list[Fault], ids: str, unconfirmed: str
) -> None:
    """It may be created and only not be listed; the page of an edge server is not a refusal."""
    service = ModelService([Fault.MISSING_RESULTS, *faults], invalid="c", refusal=Refusal.UNNAMED)

    run = drive(items(*ids), service.reply, ONE_ATTEMPT)

    assert set(service.created) == set(ids) - {"c"}
    assert run.outcome_types == {name: Unconfirmed if name in unconfirmed else Created for name in ids}


def test_unattributed_events_are_unconfirmed_if_the_run_stops() -> None:
    """One of them was refused, and it is not known which; so none is Unsent."""
    run = drive(items("a", "b"), scripted_replies(UNATTRIBUTED, STOPPED, STOPPED), POLICY)

    for outcome in run.result.outcomes:
        assert isinstance(outcome, Unconfirmed)
        assert "refuses events without naming them" in str(outcome.error)


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


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        (ModelService, Created),
        (lambda: ModelService([Fault.RESET_AFTER_CREATION]), Created),
        (lambda: ModelService(invalid="a"), Rejected),
        (lambda: ModelService([Fault.RESET_AFTER_CREATION] * 99), Unconfirmed),
        (lambda: ModelService([Fault.CONNECTION_REFUSED] * 99), Unsent),
    ],
)
def test_an_outcome_has_the_payload_that_was_sent(service: Callable[[], ModelService], expected: type[Outcome]) -> None:
    """Whatever the outcome is."""
    [item] = items("a")
    [outcome] = drive((item,), service().reply, POLICY).result.outcomes

    assert type(outcome) is expected
    assert outcome.payload == json.loads(item.body)
