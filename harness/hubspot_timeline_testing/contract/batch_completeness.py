"""Whether the answer to a batch accounts for each event that was sent, by ids."""

from collections import Counter
from typing import Any

from attrs import frozen

from hubspot_timeline_testing.contract.seen import SeenAnswer, SeenRequest
from hubspot_timeline_testing.contract.redaction import parsed, shown

REPLACED = "{{uuid}}"
"""What the service puts another text for, so that an id with it does not come back."""


@frozen
class _Batch:
    """`sent`: by its id, the template of each event. `is_all`: whether no error, and nothing later, is to be about one.

    How an error names its event is undocumented, and one may be about several.
    """

    sent: dict[str, Any]
    results: list[dict[str, Any]]
    is_all: bool


def unaccounted(request: SeenRequest, answer: SeenAnswer) -> str | None:
    """Return how the answer to a batch fails to account for its events, if it does."""
    batch = _batch(parsed(request.body), parsed(answer.body), answer.status)
    return (_of_results(batch) or _of_others(batch)) if batch else None


def _batch(sent: Any, body: Any, status: int) -> _Batch | None:
    inputs, results = _entries(sent, "inputs"), _entries(body, "results")
    if inputs is None or results is None or any(REPLACED in one["id"] for one in inputs):
        return None
    if len({one["id"] for one in inputs}) < len(inputs):  # which of them is meant cannot be told
        return None
    has_errors = status == 207 and bool(body.get("errors"))
    is_done = body.get("status", "COMPLETE") == "COMPLETE"
    return _Batch({one["id"]: one.get("eventTemplateId") for one in inputs}, results, is_done and not has_errors)


def _entries(body: Any, name: str) -> list[dict[str, Any]] | None:
    entries = body.get(name) if isinstance(body, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return None
    return entries if all(isinstance(entry.get("id"), str) for entry in entries) else None


def _of_results(batch: _Batch) -> str | None:
    told = Counter(result["id"] for result in batch.results)
    if foreign := told.keys() - batch.sent.keys():
        return f"with the result of an event that was not sent: {shown(min(foreign), 80)!r}"
    if twice := [word for word, count in told.items() if count > 1]:
        return f"with {told[min(twice)]} results for one event: {shown(min(twice), 80)!r}"
    for result in batch.results:
        if result.get("eventTemplateId") != batch.sent[result["id"]]:
            return f"with another eventTemplateId than was sent: {shown(str(result.get('eventTemplateId')), 80)!r}"
    return None


def _of_others(batch: _Batch) -> str | None:
    if batch.is_all and len(batch.results) < len(batch.sent):
        return f"with results for {len(batch.results)} of {len(batch.sent)} events, and no error for the others"
    return None
