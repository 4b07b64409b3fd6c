"""Strategies for request payloads (events, batches) and for responses."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from hypothesis import strategies as st

from hubspot_timeline_testing.openapi import OperationObject, operation_objects
from hubspot_timeline_testing.openapi.documents import Document
from hubspot_timeline_testing.strategies.schemas import JsonStrategy
from hubspot_timeline_testing.strategies.valid_values import from_schema

_ERROR_STATUSES = [400, 401, 403, 404, 409, 413, 423, 429, 477, 500, 502, 503, 504]


@frozen
class Response:
    """A response that the document allows: status code, media type and body.

    The body is parsed JSON, or a string for text/html; without a body both `media_type` and `body` are None.
    """

    status: int
    media_type: str | None
    body: Any


def event_payloads() -> JsonStrategy:
    """Return a strategy for event payloads that are valid against the document and that the wrapper sends.

    They also meet the rules that the document cannot state: a non-empty template and id, a record to attach to, and an
    email with one @.
    """
    return from_schema("TimelineEvent").map(_with_address).filter(_is_sendable)


def batches(*, max_events: int = 5) -> JsonStrategy:
    """Return a strategy for payloads of create_events: 1 to `max_events` of event_payloads() with distinct ids."""
    events = st.lists(event_payloads(), min_size=1, max_size=max_events, unique_by=lambda event: event["id"])
    return events.map(lambda inputs: {"inputs": inputs})


def responses(
    operation_id: str = "create_events", *, status: str | None = None, document: Document | None = None
) -> st.SearchStrategy[Response]:
    """Return a strategy for every response to an operation that the document allows, including errors.

    `status`, a status code, `4XX` or `default` as in the document, restricts it to one response. Objects also have
    fields that the document does not name, as in responses of a newer service. Raises LookupError for an unknown
    operation or status.
    """
    operations = operation_objects(document)
    if operation_id not in operations:
        names = ", ".join(sorted(operations)) or "none"
        raise LookupError(f"the document has no operation {operation_id}; it has {names}")
    operation = operations[operation_id]
    if status is not None and status not in operation.responses:
        names = ", ".join(operation.responses)
        raise LookupError(f"{operation_id} has no response {status} in the document; it has {names}")
    selected = operation.responses if status is None else [status]
    return st.one_of(*(_response(operation, key, document) for key in selected))


def errors(*, document: Document | None = None) -> st.SearchStrategy[Response]:
    """Return a strategy for error responses: a status code of at least 400, and the document's error body."""
    bodies = from_schema("ErrorBody", document=document, extra_fields=True)
    return st.builds(Response, st.sampled_from(_ERROR_STATUSES), st.just("application/json"), bodies)


def _with_address(event: Any) -> Any:
    """Return an event with its email, if it has one, as the first part of an address."""
    email = event.get("email")
    return {**event, "email": f"{email.replace('@', '') or 'ada'}@example.com"} if email else event


def _is_sendable(event: Mapping[str, Any]) -> bool:
    has_ids = event["eventTemplateId"] and event["id"] and "{{uuid}}" not in event["id"]
    identifiers = ("objectId",) if event.get("customObjectTypeId") else ("objectId", "utk", "email")
    return bool(has_ids and any(event.get(name) for name in identifiers))


def _response(operation: OperationObject, key: str, document: Document | None) -> st.SearchStrategy[Response]:
    """Return a strategy for the responses that a key describes; a range describes what no status code does."""
    described = [status for status in _ERROR_STATUSES if operation.response_key(status) == key]
    statuses = st.just(int(key)) if key.isdecimal() else st.sampled_from(described)
    body = operation.responses[key]
    if body is None:
        return st.builds(Response, statuses, st.none(), st.none())
    values = from_schema(body.schema, document=document, extra_fields=True)
    return st.builds(Response, statuses, st.just(body.name), values)
