"""Strategies for events, batches and responses generate what the document allows."""

from typing import Any

import pytest
from hypothesis import find, given, settings

from hubspot_timeline_testing.openapi import OperationObject, operation_objects
from hubspot_timeline_testing.strategies import Response, batches, errors, event_payloads, responses
from tests.helpers.document import DOCUMENTS, document, validator
from tests.helpers.examples import examples
from tests.strategies.supported_schemas import FIND, SLOW


@given(event_payloads(), batches(max_events=3), errors())
@settings(max_examples=examples(15, 300), suppress_health_check=SLOW)
def test_payloads_and_errors_are_valid(event: Any, batch: Any, error: Response) -> None:
    """Events, batches of the requested size with distinct ids, and errors with a status from 400."""
    validator("TimelineEvent").validate(event)
    validator("TimelineEventBatch").validate(batch)
    validator("ErrorBody").validate(error.body)
    assert 1 <= len({each["id"] for each in batch["inputs"]}) == len(batch["inputs"]) <= 3
    assert error.status >= 400


OPERATIONS = [(name, operation) for name in DOCUMENTS for operation in operation_objects(document(name)).values()]


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=lambda each: getattr(each, "id", ""))
def test_every_declared_response_is_generated(name: str, operation: OperationObject) -> None:
    """Each status code of each operation, each range, and for `default` a status that neither of them describes."""
    ranges = {"4XX": range(400, 500), "default": range(500, 600)}
    for key in operation.responses:
        find(
            responses(operation.id, document=document(name)),
            lambda response, key=key: operation.response_key(response.status) == key,  # type: ignore[misc]
            settings=FIND,
        )
        statuses = ranges[key] if key in ranges else [int(key)]
        one = find(responses(operation.id, status=key, document=document(name)), lambda _: True, settings=FIND)
        assert one.status in statuses


def test_an_unknown_operation_or_status_is_rejected() -> None:
    """The error lists those of the document."""
    with pytest.raises(LookupError, match="no operation nope; it has create_event"):
        responses("nope")
    with pytest.raises(LookupError, match="create_events has no response 418 in the document; it has 200, 201"):
        responses(status="418")
    with pytest.raises(LookupError, match="no operation create_events; it has none"):
        responses(document={})
