"""The bodies of answers, in the service's shape.

Events are joined as the JSON text that they were stored as: an event is written once, and one that is nested nearly
too deeply cannot fail in an answer after it was created.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from json import JSONEncoder
from typing import Any
from uuid import uuid4

from hubspot_timeline_testing.sandbox.errors import RefusedError
from hubspot_timeline_testing.sandbox.modes import NamingMode
from hubspot_timeline_testing.sandbox.times import rfc3339
from hubspot_timeline_testing.sandbox.validation.event_rules import Problem

encode = JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
"""Write a value as compact JSON."""


def with_fields(text: str, **fields: str) -> str:
    """Return a non-empty JSON object with further fields, whose values are given as JSON text."""
    return text[:-1] + "".join(f',"{name}":{value}' for name, value in fields.items()) + "}"


def json_list(texts: Sequence[str]) -> str:
    """Return JSON texts as one JSON array."""
    return f"[{','.join(texts)}]"


def event_result(event: str, object_type: str, created_at: datetime) -> str:
    """Return the result for an event, given as JSON text without the two fields that the service adds."""
    return event[:-1] + _fields_of_the_service(object_type, created_at)


@lru_cache(maxsize=16)  # most events of a batch share them
def _fields_of_the_service(object_type: str, created_at: datetime) -> str:
    return f',"objectType":{encode(object_type)},"createdAt":{encode(rfc3339(created_at))}}}'


def batch_result(
    results: Sequence[str], errors: Sequence[dict[str, Any]], started: datetime, completed: datetime
) -> str:
    """Return the body of a 201, or with errors of a 207, from event results as JSON text and batch errors."""
    body = {
        "status": "COMPLETE",
        "requestedAt": rfc3339(started),
        "startedAt": rfc3339(started),
        "completedAt": rfc3339(completed),
    }
    failed = {"numErrors": len(errors), "errors": errors} if errors else {}
    return with_fields(encode(body | failed), results=json_list(results))


def batch_error(problem: Problem, event_id: str, naming: NamingMode) -> dict[str, Any]:
    """Return the entry of a 207 for one refused event, which names that in the given way."""
    named: dict[str, dict[str, Any]] = {
        "context": {"context": {"id": [event_id]}},
        "id": {"id": event_id},
        "message": {"message": f"{problem.message} The event is {event_id}."},
        "nothing": {},
    }
    return {"status": "error", "category": problem.category, "message": problem.message} | named[naming]


def error_body(refusal: RefusedError) -> str:
    """Return the body of an answer that is not a success, under a fresh correlation id."""
    optional = {"category": refusal.category, "context": refusal.context, "errors": refusal.errors}
    given = {name: value for name, value in optional.items() if value is not None}
    return encode({"status": "error", "message": refusal.message, "correlationId": str(uuid4())} | given)


def limited_body(policy: str = "TEN_SECONDLY_ROLLING") -> str:
    """Return the body of a 429, which has other fields than other refusals; the policy names the limit."""
    return encode(
        {
            "status": "error",
            "message": f"You have reached your {policy.lower()} limit.",
            "errorType": "RATE_LIMIT",
            "correlationId": str(uuid4()),
            "policyName": policy,
            "groupName": "publicapi:sandbox",
        }
    )
