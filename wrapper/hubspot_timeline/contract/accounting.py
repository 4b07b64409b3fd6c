"""Whether the answer to a batch accounts for each event that was sent, by ids."""

from collections import Counter
from typing import Any

from attrs import frozen

from hubspot_timeline.contract.seen import SeenAnswer, SeenRequest
from hubspot_timeline.contract.texts import parsed, shown

REPLACED = "{{uuid}}"
"""What the service puts another text for, so that an id with it does not come back."""

_NAMING = ("id", "ids", "eventId", "eventIds")
"""Keys of an error's context under which events are named, as far as that is known; a document says nothing of it."""


@frozen
class _Batch:
    """`sent`: by its id, the template of each event. `results`, `errors`: as they were answered."""

    sent: dict[str, Any]
    results: list[dict[str, Any]]
    errors: list[Any]


def unaccounted(request: SeenRequest, answer: SeenAnswer) -> str | None:
    """Return how the answer to a batch fails to account for its events, if it does."""
    batch = _batch(parsed(request.body), parsed(answer.body), answer.status)
    return (_of_results(batch) or _of_errors(batch)) if batch else None


def _batch(sent: Any, body: Any, status: int) -> _Batch | None:
    inputs, results = _entries(sent, "inputs"), _entries(body, "results")
    if inputs is None or results is None or any(REPLACED in one["id"] for one in inputs):
        return None
    if len({one["id"] for one in inputs}) < len(inputs):  # which of them is meant cannot be told
        return None
    errors = (body.get("errors") or []) if status == 207 else []
    return _Batch({one["id"]: one.get("eventTemplateId") for one in inputs}, results, errors)


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


def _of_errors(batch: _Batch) -> str | None:
    named = [_named(error) for error in batch.errors]
    if foreign := {word for error in batch.errors for word in _in_context(error)} - batch.sent.keys():
        return f"with an error about an event that was not sent: {shown(min(foreign), 80)!r}"
    open_ids = batch.sent.keys() - {result["id"] for result in batch.results}
    if not batch.errors and open_ids:
        return f"with results for {len(batch.results)} of {len(batch.sent)} events, and no error for the others"
    missing = open_ids.difference(*named)
    if missing and all(ids & open_ids for ids in named):  # one that names no event may be about any
        return f"with neither a result nor an error for an event: {shown(min(missing), 80)!r}"
    return None


def _named(error: Any) -> set[str]:
    """Return the ids that an error certainly is about; one that names them in its message only may be about any."""
    own = error.get("id") if isinstance(error, dict) else None
    return _in_context(error) | ({own} if isinstance(own, str) else set())


def _in_context(error: Any) -> set[str]:
    context = error.get("context") if isinstance(error, dict) else None
    if not isinstance(context, dict):
        return set()
    values = [context[name] for name in _NAMING if name in context]
    flat = [word for value in values for word in (value if isinstance(value, list) else [value])]
    return {word for word in flat if isinstance(word, str)}
