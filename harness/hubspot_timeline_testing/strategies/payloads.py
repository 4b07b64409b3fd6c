"""Strategies of what goes over the wire: events, requests, answers."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from hypothesis import strategies as st

from hubspot_timeline_testing.openapi.operation_objects import Body, operations_of
from hubspot_timeline_testing.strategies.schemas import Json
from hubspot_timeline_testing.strategies.valid_values import from_schema

_REFUSALS = [400, 401, 403, 404, 409, 413, 423, 429, 477, 500, 502, 503, 504]
_JSON = "application/json"


@frozen
class Answer:
    """An answer that the document allows: its status code, its media type, and its body.

    The body is parsed JSON, for text/html a text; where there is none, it is None, and the media type too.
    """

    status: int
    media_type: str | None
    body: Any


def wire_events() -> Json:
    """Return a strategy of events in wire names that are valid against the document and that the wrapper sends.

    They also keep what the document cannot say: a template and an id that are not empty, and a record to land on.
    """
    return from_schema("TimelineEvent").filter(_is_sendable)


def batches(*, max_events: int = 5) -> Json:
    """Return a strategy of bodies of create_events, each with 1 to `max_events` of wire_events(), whose ids differ."""
    events = st.lists(wire_events(), min_size=1, max_size=max_events, unique_by=lambda event: event["id"])
    return events.map(lambda inputs: {"inputs": inputs})


def answers(
    operation_id: str = "create_events", *, status: str | None = None, document: Mapping[str, Any] | None = None
) -> st.SearchStrategy[Answer]:
    """Return a strategy of every answer to an operation that the document allows, refusals among them.

    With `status`, a status code or `default` as the document names it, only of those that it allows there. Objects hold
    fields that the document does not know, too, as a newer service's do. Raises LookupError for an operation or a
    status that the document does not have.
    """
    known = operations_of(document)
    if operation_id not in known:
        raise LookupError(f"the document has no operation {operation_id}; it has {', '.join(sorted(known)) or 'none'}")
    declared = known[operation_id].responses
    if status is not None and status not in declared:
        raise LookupError(f"{operation_id} has no answer {status} in the document; it has {', '.join(declared)}")
    wanted = {status: declared[status]} if status is not None else declared
    return st.one_of(*(_answer(each, body, document) for each, body in wanted.items()))


def errors(*, document: Mapping[str, Any] | None = None) -> st.SearchStrategy[Answer]:
    """Return a strategy of refusals: a status code from 400 and the body that the document gives to errors."""
    return st.builds(
        Answer,
        st.sampled_from(_REFUSALS),
        st.just(_JSON),
        from_schema("ErrorBody", document=document, extra_fields=True),
    )


def _is_sendable(event: Mapping[str, Any]) -> bool:
    named = event["eventTemplateId"] and event["id"] and "{{uuid}}" not in event["id"]
    identities = ("objectId",) if event.get("customObjectTypeId") else ("objectId", "utk", "email")
    return bool(named and any(event.get(name) for name in identities))


def _answer(status: str, body: Body | None, document: Mapping[str, Any] | None) -> st.SearchStrategy[Answer]:
    codes = st.sampled_from(_REFUSALS) if status == "default" else st.just(int(status))
    if body is None:
        return st.builds(Answer, codes, st.none(), st.none())
    values = from_schema(body.schema, document=document, extra_fields=True)
    return st.builds(Answer, codes, st.just(body.media_type), values)
