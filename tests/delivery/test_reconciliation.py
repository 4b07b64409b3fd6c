"""Reconciliation: each error of a partial response is attributed to its event, in whatever way it names the event."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.json import encode

from hubspot_timeline import BadRequestError, ConflictError, Created, Outcome, Rejected, RetryPolicy, Unconfirmed
from hubspot_timeline.delivery.reconciliation import reconcile
from hubspot_timeline.delivery.response import BatchResponse, parse_response
from hubspot_timeline.errors import ApiError
from tests.helpers.model_service import drive, items
from tests.helpers.scripted_http import batch_result

INVALID: dict[str, Any] = {"message": "no", "category": "VALIDATION_ERROR"}
EXISTS: dict[str, Any] = {"message": "no", "category": "CONFLICT"}
OF_A: dict[str, Any] = {"context": {"id": ["a"]}}


def partial(created: Sequence[str], errors: Sequence[Mapping[str, Any]]) -> BatchResponse:
    """Return a partial response that lists these events as created, and these errors."""
    return parse_response(207, encode(batch_result([{"id": name} for name in created], errors=list(errors))))


def outcomes_of(ids: str, response: BatchResponse) -> dict[str | None, Outcome]:
    """Return the outcomes of events by id, after one request with this response."""
    result = drive(items(*ids), lambda _: response, RetryPolicy(attempts=1)).result
    assert result.requests == 1
    return {outcome.id: outcome for outcome in result.outcomes}


def error_of(outcome: Outcome) -> ApiError:
    assert isinstance(outcome, Rejected)
    assert isinstance(outcome.error, ApiError)
    return outcome.error


@pytest.mark.parametrize(
    "name",
    [
        {"id": "b"},
        {"inputId": "b"},
        {"context": {"id": ["b"]}},
        {"context": {"eventIds": ["b"]}},
        {"errors": [{"context": {"ids": ["b"]}}]},
        {"index": 1},
        {"index": "1"},
        {"context": {"index": ["1"]}},
        {"context": {"inputIndex": [1]}},
        {"errors": [{"in": "inputs[1].tokens.seats"}]},
    ],
)
def test_an_error_belongs_to_the_event_that_it_names(name: dict[str, Any]) -> None:
    """By id or by index, at any level; an error that names none belongs to the one event that is left."""
    errors = [INVALID | {"message": "other"}, INVALID | {"message": "of b"} | name]
    outcomes = outcomes_of("abc", partial("a", errors))

    assert isinstance(outcomes["a"], Created)
    assert error_of(outcomes["b"]).message == "of b"
    assert error_of(outcomes["c"]).message == "other"


@pytest.mark.parametrize(
    "unusable",
    [{"index": True}, {"index": -1}, {"index": 3}, {"index": 1.0}, {"index": "9" * 5_000}, {"id": "z"}, {"in": 5}],
)
def test_as_many_unnamed_errors_as_events_are_left_reject_all_of_them(unusable: dict[str, Any]) -> None:
    """Each event gets all the errors, since it is not known which is its own."""
    errors = [INVALID | {"message": "first"} | unusable, INVALID | {"message": "second"}]
    outcomes = outcomes_of("abc", partial("a", errors))

    assert isinstance(outcomes["a"], Created)
    for name in "bc":
        assert error_of(outcomes[name]).message == "one or more of: first | second"


@pytest.mark.parametrize("messages", [["no"], ["one", "two"]])
def test_an_outcome_has_all_errors_of_its_event(messages: list[str]) -> None:
    """A single error as it is; several with all messages, and the errors in the body."""
    errors = [INVALID | OF_A | {"message": message, "correlationId": "c-1"} for message in messages]
    error = error_of(outcomes_of("ab", partial("b", errors))["a"])

    assert type(error) is BadRequestError
    assert error.status == 207
    if len(errors) == 1:
        assert (error.message, error.body, error.correlation_id) == ("no", errors[0], "c-1")
    else:
        assert (error.message, error.body["errors"]) == ("one or more of: one | two", errors)


@pytest.mark.parametrize(
    ("errors", "kind"),
    [([EXISTS], ConflictError), ([EXISTS, EXISTS], ConflictError), ([EXISTS, INVALID], BadRequestError)],
)
def test_an_event_is_a_duplicate_if_the_category_of_all_its_errors_is_conflict(
    errors: list[dict[str, Any]], kind: type[ApiError]
) -> None:
    """Any other error may be what is wrong with it."""
    outcome = outcomes_of("ab", partial("b", [error | OF_A for error in errors]))["a"]

    assert type(error_of(outcome)) is kind
    assert isinstance(outcome, Rejected)
    assert outcome.is_duplicate == (kind is ConflictError)


@pytest.mark.parametrize(("second", "is_duplicate"), [("Event ID already in use", True), ("seats is text", False)])
def test_an_event_is_a_duplicate_if_all_messages_say_so(second: str, is_duplicate: bool) -> None:
    """Also if the errors name no event, so that each event has all of them."""
    errors = [{"message": "Event ID already in use"}, {"message": second}]

    for outcome in outcomes_of("ab", partial("", errors)).values():
        assert isinstance(outcome, Rejected)
        assert outcome.is_duplicate is is_duplicate


def test_an_event_that_is_both_created_and_refused_is_unconfirmed() -> None:
    """A response that contradicts itself is not trusted."""
    outcomes = outcomes_of("ab", partial("ab", [INVALID | OF_A]))

    assert isinstance(outcomes["a"], Unconfirmed)
    assert "names the event neither as created nor as refused" in str(outcomes["a"].error)
    assert isinstance(outcomes["b"], Created)


@given(
    created=st.sets(st.sampled_from("abcd")),
    named=st.lists(st.sampled_from("abcdz"), max_size=4),
    unnamed=st.integers(0, 4),
    is_ambiguous=st.booleans(),
)
def test_each_event_of_a_request_is_in_one_group(
    created: set[str], named: list[str], unnamed: int, is_ambiguous: bool
) -> None:
    """Whatever the response lists, names and omits; only a listed event without an error is created."""
    errors = [{"message": "no", "id": name} for name in named] + [{"message": "no"}] * unnamed
    batch = items(*"abcd")

    groups = reconcile(batch, partial(sorted(created), errors), is_ambiguous=is_ambiguous)

    all_items = [*groups.created, *(item for item, _ in groups.refused), *groups.unattributed, *groups.missing]
    assert sorted(all_items, key=lambda item: item.position) == list(batch)
    assert {item.id for item in groups.created} == created - set(named)
