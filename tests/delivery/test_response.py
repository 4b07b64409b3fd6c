"""Responses of the batch operation: read from raw JSON, and never a success without the ids of events (G4)."""

import pytest
from msgspec.json import encode

from hubspot_timeline import Created, InvalidResponseError, RetryPolicy, Unconfirmed
from hubspot_timeline.delivery.response import BatchResponse, parse_response
from hubspot_timeline.delivery.steps import Reply
from tests.helpers.model_service import Fault, ModelService, drive, items
from tests.helpers.scripted_http import batch_result

ONE_ATTEMPT = RetryPolicy(attempts=1)


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (parse_response(200, b"<html>fine</html>"), "The 200 response is not JSON (17 bytes"),
        (parse_response(201, b""), "The 201 response is not JSON (0 bytes"),
        (parse_response(201, b"\xff\xfe"), "The 201 response is not JSON"),
        (parse_response(201, b"[" * 100_000), "The 201 response is not JSON"),
        (parse_response(201, b"null"), "The 201 response is not a JSON object"),
        (parse_response(201, b"[]"), "The 201 response is not a JSON object"),
        *(
            (parse_response(201, body), "The response names the event neither as created nor as refused")
            for body in (
                b"{}",
                b'{"results": 5, "errors": {}}',
                b'{"results": [null, 5, {"id": 5}, {"id": null}, {"id": ["a"]}, {"id": "\\ud800"}, {"id": "b"}]}',
                b'{"results": [], "errors": [null, 5, {}, {"message": 5}, {"context": {"id": ["a"]}}]}',
            )
        ),
        (None, "There was no response"),
    ],
)
def test_a_response_without_the_event_leaves_it_unconfirmed(reply: Reply, message: str) -> None:
    """Whatever its JSON is; the error says what is wrong with it."""
    for attempts in (1, 2):
        [outcome] = drive(items("a"), lambda _: reply, RetryPolicy(attempts=attempts)).result.outcomes

        assert isinstance(outcome, Unconfirmed)
        assert isinstance(outcome.error, InvalidResponseError)
        assert str(outcome.error).startswith(message)
        assert outcome.attempts == attempts


@pytest.mark.parametrize("fault", [Fault.NONE, Fault.STATUS_200, Fault.UNKNOWN_STATUS, Fault.SHUFFLED_RESULTS])
def test_a_success_of_any_form_is_reconciled_by_id(fault: Fault) -> None:
    """Status 200 or 201, an unknown `status` and any order of the results create all events with one request."""
    run = drive(items("a", "b", "c"), ModelService([fault]).reply, ONE_ATTEMPT)

    assert run.outcome_types == {"a": Created, "b": Created, "c": Created}
    assert run.result.requests == 1


def test_a_created_event_has_its_own_result() -> None:
    """As JSON, with all fields."""
    response = parse_response(201, encode(batch_result([{"id": name, "tokens": {"of": name}} for name in "ab"])))

    for outcome in drive(items("a", "b"), lambda _: response, ONE_ATTEMPT).result.outcomes:
        assert isinstance(outcome, Created)
        assert outcome.raw
        assert outcome.raw["tokens"] == {"of": outcome.id}


def test_an_unreadable_field_beside_the_ids_does_not_hide_that_events_are_created() -> None:
    """The events are Created without a result."""
    content = encode(batch_result([{"id": "a"}]))[:-1] + b',"count":' + b"9" * 5_000 + b"}"
    response = BatchResponse(frozenset("a"), content=content)
    [outcome] = drive(items("a"), lambda _: response, ONE_ATTEMPT).result.outcomes

    assert isinstance(outcome, Created)
    assert (outcome.raw, outcome.result) == (None, None)
