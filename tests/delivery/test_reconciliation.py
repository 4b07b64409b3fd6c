"""An error of a partial answer reaches the event that it is about, in whatever way the answer names it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.json import encode as dumps

from hubspot_timeline import BadRequestError, ConflictError, Created, Outcome, Rejected, RetryPolicy, Unconfirmed
from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.reconciliation import reconcile
from hubspot_timeline.delivery.response import BatchResponse, parse_response
from hubspot_timeline.errors import ApiError
from tests.helpers.model_service import ModelService, drive, items
from tests.helpers.scripted_http import batch_result

INVALID: dict[str, Any] = {"category": "VALIDATION_ERROR"}
TAKEN: dict[str, Any] = {"category": "CONFLICT"}


def partial(created: Sequence[str], errors: Sequence[Mapping[str, Any]]) -> BatchResponse:
    return parse_response(207, dumps(batch_result([{"id": name} for name in created], errors=list(errors))))


def outcomes(batch: Batch, answer: BatchResponse) -> dict[str | None, Outcome]:
    service = ModelService()
    service.answer = lambda items: answer  # type: ignore[method-assign]
    driven = drive(batch, service, RetryPolicy(attempts=1)).delivered
    assert driven.requests == 1
    return {outcome.id: outcome for outcome in driven.outcomes}


def error_of(outcome: Outcome) -> ApiError:
    assert isinstance(outcome, Rejected)
    assert isinstance(outcome.error, ApiError)
    return outcome.error


@pytest.mark.parametrize(
    "named",
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
def test_an_error_is_that_of_the_event_that_it_names(named: dict[str, Any]) -> None:
    """By id or by index, at the top, in the context or in a detail; the error that names none is the other event's."""
    other = {"message": "other"} | INVALID
    found = outcomes(items("a", "b", "c"), partial(["a"], [other, {"message": "mine", **INVALID, **named}]))

    assert isinstance(found["a"], Created)
    assert error_of(found["b"]).message == "mine"
    assert error_of(found["c"]).message == "other"


@pytest.mark.parametrize(
    "nothing",
    [{"index": True}, {"index": -1}, {"index": 3}, {"index": 1.0}, {"index": "9" * 5_000}, {"id": "z"}, {"in": 5}],
)
def test_what_names_no_event_of_the_request_is_believed_of_all_that_are_left(nothing: dict[str, Any]) -> None:
    """Where there are as many errors as events, each was refused; which error is whose is not known."""
    loose = [{"message": "first", **INVALID, **nothing}, {"message": "second", **INVALID}]
    found = outcomes(items("a", "b", "c"), partial(["a"], loose))

    assert isinstance(found["a"], Created)
    for name in "bc":
        assert error_of(found[name]).message == "one or more of: first | second"


def test_the_only_error_of_an_event_is_told_as_it_came() -> None:
    """With all that the service said, and with the status of the answer that said it."""
    entry = {"message": "no", "correlationId": "c-1", "context": {"id": ["a"]}} | INVALID
    error = error_of(outcomes(items("a", "b"), partial(["b"], [entry]))["a"])

    assert type(error) is BadRequestError
    assert (error.status, error.body, error.correlation_id) == (207, entry, "c-1")


def test_several_errors_of_an_event_are_told_together() -> None:
    """Their messages in the text, and all of them in the body."""
    entries = [{"message": text, "context": {"id": ["a"]}} | INVALID for text in ("one", "two")]
    error = error_of(outcomes(items("a", "b"), partial(["b"], entries))["a"])

    assert type(error) is BadRequestError
    assert (error.status, error.message) == (207, "one or more of: one | two")
    assert error.body["errors"] == entries


@pytest.mark.parametrize(
    ("entries", "kind"),
    [([TAKEN], ConflictError), ([TAKEN, TAKEN], ConflictError), ([TAKEN, INVALID], BadRequestError)],
)
def test_an_event_exists_if_all_its_errors_say_so(entries: list[Mapping[str, Any]], kind: type[ApiError]) -> None:
    """Else what else is said could be what is wrong with it."""
    errors = [{"message": "no", "context": {"id": ["a"]}, **entry} for entry in entries]
    found = outcomes(items("a", "b"), partial(["b"], errors))["a"]

    assert type(error_of(found)) is kind
    assert isinstance(found, Rejected)
    assert found.is_duplicate == (kind is ConflictError)


def test_a_duplicate_is_one_if_every_message_says_so() -> None:
    """Also where errors name no event, so that each event left is told all of them."""
    taken, wrong = "Event ID already in use", "seats is no number"
    both = outcomes(items("a", "b"), partial([], [{"message": taken}, {"message": wrong}]))
    all_taken = outcomes(items("a", "b"), partial([], [{"message": taken}, {"message": taken}]))

    assert [is_duplicate(found) for found in (*both.values(), *all_taken.values())] == [False, False, True, True]


def is_duplicate(outcome: Outcome) -> bool:
    assert isinstance(outcome, Rejected)
    return outcome.is_duplicate


def test_an_event_that_is_both_created_and_refused_is_unconfirmed() -> None:
    """An answer that contradicts itself is not believed."""
    entry = {"message": "no", "context": {"id": ["a"]}} | INVALID
    found = outcomes(items("a", "b"), partial(["a", "b"], [entry]))

    assert isinstance(found["a"], Unconfirmed)
    assert "names the event neither as created nor as refused" in str(found["a"].error)
    assert isinstance(found["b"], Created)


@given(
    listed=st.sets(st.sampled_from("abcd")),
    named=st.lists(st.sampled_from("abcdz"), max_size=4),
    loose=st.integers(0, 4),
    ambiguous=st.booleans(),
)
def test_each_event_of_a_request_has_one_verdict(
    listed: set[str], named: list[str], loose: int, ambiguous: bool
) -> None:
    """Whatever the answer lists, names and leaves open."""
    errors = [{"message": "no", "id": name} for name in named] + [{"message": "no"}] * loose
    batch = items(*"abcd")

    said = reconcile(batch, partial(sorted(listed), errors), is_ambiguous=ambiguous)

    found = [*said.created, *(item for item, _ in said.refused), *said.unattributed, *said.missing]
    assert sorted(found, key=lambda item: item.position) == list(batch)
    assert {item.id for item in said.created} <= listed - set(named)
