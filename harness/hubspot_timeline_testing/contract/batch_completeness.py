"""Whether the response to a batch has a result or an error for each event of the request."""

from collections import Counter
from typing import Any

from hubspot_timeline_testing.contract.checks import UUID_PLACEHOLDER
from hubspot_timeline_testing.contract.redaction import printable


def batch_completeness(request: Any, response: Any, status: int, *, is_atomic: bool = False) -> str | None:
    """Return what is missing or wrong in the parsed response to a parsed batch, or None.

    How an error names its event is undocumented, and one error may be about several events. `is_atomic`: a success has
    created each event, as in app events.
    """
    inputs, results = _entries(request, "inputs"), _entries(response, "results")
    if inputs is None or results is None or any(UUID_PLACEHOLDER in event["id"] for event in inputs):
        return None
    templates = {event["id"]: event.get("eventTemplateId") for event in inputs}
    if len(templates) < len(inputs):  # a result could be for either of two equal ids
        return None
    has_errors = status == 207 and bool(response.get("errors"))
    is_final = response.get("status", "COMPLETE") == "COMPLETE" and not has_errors
    problem = _wrong_result(templates, results)
    if problem is None and is_final and len(results) < len(inputs):
        reason = "although a batch is all or nothing" if is_atomic else "and no error for the others"
        return f"has results for {len(results)} of {len(inputs)} events, {reason}"
    if problem is None and is_atomic and response.get("errors"):
        return "has errors, although a batch is all or nothing"
    return problem


def _entries(body: Any, name: str) -> list[dict[str, Any]] | None:
    entries = body.get(name) if isinstance(body, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return None
    return entries if all(isinstance(entry.get("id"), str) for entry in entries) else None


def _wrong_result(templates: dict[str, Any], results: list[dict[str, Any]]) -> str | None:
    counts = Counter(result["id"] for result in results)
    if unknown := counts.keys() - templates.keys():
        return f"has the result of an event that was not sent: {printable(min(unknown), 80)!r}"
    if repeated := [event_id for event_id, count in counts.items() if count > 1]:
        return f"has {counts[min(repeated)]} results for one event: {printable(min(repeated), 80)!r}"
    for result in results:
        template = result.get("eventTemplateId")
        if template != templates[result["id"]]:
            return f"has another eventTemplateId than the request: {printable(str(template), 80)!r}"
    return None
