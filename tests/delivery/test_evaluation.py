"""What follows from the replies to the requests of a delivery: the outcome of each event."""

import json
from collections.abc import Callable

import pytest

from hubspot_timeline import (
    AuthenticationError,
    Created,
    InvalidResponseError,
    Outcome,
    Rejected,
    RetryPolicy,
    Unconfirmed,
    Unsent,
)
from hubspot_timeline.delivery.response import parse_response
from hubspot_timeline.delivery.steps import Reply
from hubspot_timeline.errors import api_error
from tests.helpers.model_service import Duplicates, Fault, ModelService, Refusal, drive, items, scripted_replies
from tests.helpers.replies import (
    EXISTS,
    INVALID,
    LOST,
    NO,
    NO_ACCESS,
    NOT_CONNECTED,
    NOT_FOUND,
    POLICY,
    STOPPED,
    TAKEN,
    unsolicited,
)

ONE_ATTEMPT = RetryPolicy(attempts=1)
BUSY, LIMITED, FORBIDDEN = api_error(503), api_error(429), api_error(403)
IN_USE = api_error(400, {"message": "Event ID already in use"})
CONFLICT_OF_207 = parse_response(207, b'{"results": [], "errors": [{"message": "no", "category": "CONFLICT"}]}')
CONFLICTS_OF_207 = parse_response(
    207, json.dumps({"results": [], "errors": [{"message": "no", "category": "CONFLICT"}] * 2}).encode()
)
EMPTY = InvalidResponseError("empty")
UNATTRIBUTED = parse_response(207, b'{"results": [], "errors": [{"message": "no"}]}')
EXPIRED = AuthenticationError(401, {"category": "EXPIRED_AUTHENTICATION"})
EXPIRED.is_refreshable = True
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
