"""An outcome holds the event itself, how often it was sent, and the reason that says most of why it is not created."""

from collections.abc import Sequence

import pytest
from msgspec.json import encode as dumps

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
from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.engine import Reply
from hubspot_timeline.delivery.response import BatchResponse, parse_response
from hubspot_timeline.errors import api_error
from tests.helpers.model_service import Driven, ModelService, drive, items
from tests.helpers.scripted_http import batch_result

LOST, BUSY, LIMITED = ConnectionLostError("lost"), api_error(503), api_error(429)
STOPPED, TAKEN, INVALID = StoppedError("enough"), api_error(409), api_error(400, {"message": "no"})
NOT_MADE = NotConnectedError("refused")


def driven(batch: Batch, replies: Sequence[Reply], attempts: int = 9) -> Driven:
    """Drive a delivery by these replies; what comes after them is created."""
    service, left = ModelService(), iter(replies)
    works = service.answer
    service.answer = lambda items: next(left, None) or works(items)  # type: ignore[method-assign]
    return drive(batch, service, RetryPolicy(attempts=attempts))


@pytest.mark.parametrize(
    ("replies", "kind", "attempts"),
    [
        ([], Created, 1),
        ([BUSY, BUSY], Created, 3),
        ([LOST, TAKEN], Created, 2),
        ([INVALID], Rejected, 1),
        ([LIMITED, INVALID], Rejected, 2),
        ([LOST, INVALID], Unconfirmed, 2),
        ([LOST, LOST, LOST], Unconfirmed, 3),
        ([LIMITED, NOT_MADE, LIMITED], Unsent, 3),
        ([api_error(403)], Unsent, 1),
        ([STOPPED], Unsent, 0),
        ([LIMITED, STOPPED], Unsent, 1),
        ([LOST, STOPPED], Unconfirmed, 1),
    ],
)
def test_every_outcome_has_its_event_and_how_often_it_was_sent(
    replies: list[Reply], kind: type[Outcome], attempts: int
) -> None:
    """The very object that was given, whatever became of it."""
    batch = items("a")
    [outcome] = driven(batch, replies, attempts=3).delivered.outcomes

    assert type(outcome) is kind
    assert (outcome.position, outcome.id, outcome.attempts) == (0, "a", attempts)
    assert outcome.event is batch[0].event


def test_a_created_event_has_what_the_answer_says_of_it() -> None:
    """Its own entry, as JSON."""
    entries = [{"id": name, "tokens": {"of": name}} for name in "ab"]
    answer = parse_response(201, dumps(batch_result(entries)))
    found = {outcome.id: outcome for outcome in driven(items("a", "b"), [answer]).delivered.outcomes}

    for name in "ab":
        outcome = found[name]
        assert isinstance(outcome, Created)
        assert outcome.raw is not None
        assert outcome.raw["tokens"] == {"of": name}


def test_an_event_is_created_whatever_else_stands_in_the_answer() -> None:
    """Something beside the ids that nobody can read leaves it without an entry to show."""
    content = dumps(batch_result([{"id": "a"}]))[:-1] + b',"count":' + b"9" * 5_000 + b"}"
    [outcome] = driven(items("a"), [BatchResponse(frozenset("a"), content=content)]).delivered.outcomes

    assert isinstance(outcome, Created)
    assert (outcome.raw, outcome.result) == (None, None)


@pytest.mark.parametrize(
    ("replies", "kind", "error"),
    [
        ([LOST, LIMITED, LIMITED], Unconfirmed, LIMITED),
        ([LOST, LIMITED, STOPPED], Unconfirmed, LOST),
        ([LIMITED, LOST, STOPPED], Unconfirmed, LOST),
        ([LIMITED, STOPPED], Unsent, STOPPED),
    ],
)
def test_the_error_is_the_last_one_but_what_hid_the_answer_is_worth_more_than_a_stop(
    replies: list[Reply], kind: type[Outcome], error: Reply
) -> None:
    """Where an event may be there, that nothing more was sent explains nothing."""
    [outcome] = driven(items("a"), replies, attempts=3).delivered.outcomes

    assert type(outcome) is kind
    assert getattr(outcome, "error", None) is error


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (parse_response(200, b"<html>fine</html>"), "The 200 response is not JSON (17 bytes"),
        (parse_response(201, b"[]"), "The 201 response is not a JSON object"),
        (parse_response(201, b"{}"), "The response names the event neither as created nor as refused"),
        (None, "There was no response"),
    ],
)
def test_an_answer_that_says_nothing_is_the_error_that_tells_so(reply: Reply, words: str) -> None:
    """In what way it says nothing; no answer at all is none that says something."""
    service = ModelService()
    service.answer = lambda items: reply  # type: ignore[method-assign]
    [outcome] = drive(items("a"), service, RetryPolicy(attempts=1)).delivered.outcomes

    assert isinstance(outcome, Unconfirmed)
    assert str(outcome.error).startswith(words)


def test_events_that_an_answer_left_mixed_say_so_if_the_run_stops() -> None:
    """It refused one of them and did not say which; none of them may be called unsent."""
    unattributed = parse_response(207, dumps(batch_result([], errors=[{"message": "no"}])))
    outcomes = list(driven(items("a", "b"), [unattributed, STOPPED, STOPPED]).delivered.outcomes)

    assert [type(outcome) for outcome in outcomes] == [Unconfirmed, Unconfirmed]
    for outcome in outcomes:
        assert "refuses events without naming them" in str(getattr(outcome, "error", ""))


@pytest.mark.parametrize(
    ("replies", "kind", "words"),
    [
        ([TAKEN], Created, ""),
        ([INVALID], Unconfirmed, "no"),
        ([STOPPED], Unconfirmed, "An earlier run ended before the response for the event arrived"),
    ],
)
def test_what_an_earlier_run_left_open_is_open_from_the_beginning(
    replies: list[Reply], kind: type[Outcome], words: str
) -> None:
    """As if the answer had been lost in this one."""
    [outcome] = driven(items("a", is_ambiguous=True), replies).delivered.outcomes

    assert type(outcome) is kind
    assert words in str(getattr(outcome, "error", ""))


@pytest.mark.parametrize(
    ("replies", "halted"),
    [
        ([api_error(403)], True),
        ([NOT_MADE] * 3, True),
        ([BUSY] * 3, False),
        ([LIMITED] * 3, False),
        ([InvalidResponseError("empty")] * 3, False),
    ],
)
def test_a_run_is_stopped_by_what_no_request_can_pass(replies: list[Reply], halted: bool) -> None:
    """And its error is that of the events; trouble that only lasts for too long stops nobody else."""
    found = driven(items("a"), replies, attempts=3)
    [outcome] = found.delivered.outcomes

    assert found.halted is (replies[-1] if halted else None)
    assert getattr(outcome, "error", None) is replies[-1]


def renewable() -> AuthenticationError:
    error = AuthenticationError(401, {"category": "EXPIRED_AUTHENTICATION"})
    error.is_renewable = True
    return error


@pytest.mark.parametrize(
    ("replies", "kind", "requests"),
    [
        ([renewable()], Created, 2),
        ([renewable(), BUSY, renewable()], Created, 4),
        ([renewable(), renewable()], Unsent, 2),
        ([LOST, renewable(), renewable()], Unconfirmed, 3),
    ],
)
def test_a_token_that_is_refused_is_renewed_once_in_a_row(
    replies: list[Reply], kind: type[Outcome], requests: int
) -> None:
    """A new one that is refused too stops the run."""
    found = driven(items("a"), replies)
    [outcome] = found.delivered.outcomes

    assert (type(outcome), found.delivered.requests) == (kind, requests)
    assert found.halted is (replies[-1] if kind is not Created else None)
