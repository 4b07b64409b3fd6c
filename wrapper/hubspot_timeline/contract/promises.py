"""What the document promises in words, so that no schema and no check of Schemathesis sees it broken."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import frozen

from hubspot_timeline.contract.pointers import answer_pointer
from hubspot_timeline.contract.seen import SeenAnswer, SeenRequest
from hubspot_timeline.contract.texts import parsed, shown
from hubspot_timeline.document import document, operations

_REPLACED = "{{uuid}}"


@frozen
class Broken:
    """A promise that an answer breaks: the check, the sentence, and where the document has it."""

    check: str
    message: str
    pointer: str | None


def broken_promises(operation: str, request: SeenRequest, answer: SeenAnswer) -> Iterator[Broken]:
    """Yield the promises that an answer to an operation breaks."""
    for check, find in PROMISES.items():
        said = find(operation, request, answer)
        if said:
            yield Broken(
                check, f"{operation} answered {answer.status} {said}", answer_pointer(operation, answer.status)
            )


def _declared_success(operation: str, _: SeenRequest, answer: SeenAnswer) -> str | None:
    method, path = operations()[operation]
    declared = document()["paths"][path][method.lower()]["responses"]
    if str(answer.status) in declared or answer.status >= 400:
        return None
    named = ", ".join(status for status in declared if status != "default")
    return f"where the document has {named}; its default is for refusals"


def _events_accounted_for(operation: str, request: SeenRequest, answer: SeenAnswer) -> str | None:
    if operation != "create_events" or answer.status not in (200, 201, 207):
        return None
    sent, body = _ids(parsed(request.body), "inputs"), parsed(answer.body)
    named = _ids(body, "results")
    if sent is None or named is None or any(_REPLACED in word for word in sent):
        return None
    if named - sent:
        return f"with the result of an event that was not sent: {shown(min(named - sent), 80)!r}"
    if sent - named and (answer.status != 207 or not body.get("errors")):
        return f"with results for {len(named)} of {len(sent)} events, and no error for the others"
    return None


def _event_comes_back(operation: str, request: SeenRequest, answer: SeenAnswer) -> str | None:
    sent, made = parsed(request.body), parsed(answer.body)
    if operation != "create_event" or answer.status != 201 or not isinstance(sent, dict) or not isinstance(made, dict):
        return None
    for name in ("id", "eventTemplateId"):
        if _REPLACED not in str(sent.get(name)) and sent.get(name) != made.get(name):
            return f"with another {name} than was sent: {shown(str(made.get(name)), 80)!r}"
    return None


PROMISES: Mapping[str, Callable[[str, SeenRequest, SeenAnswer], str | None]] = {
    "declared_success": _declared_success,
    "events_accounted_for": _events_accounted_for,
    "event_comes_back": _event_comes_back,
}
"""The checks of this package, by their names; each returns how the answer breaks the promise, if it does."""


def _ids(body: Any, name: str) -> set[str] | None:
    entries = body.get(name) if isinstance(body, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return None
    ids = [entry.get("id") for entry in entries]
    return {word for word in ids if isinstance(word, str)} if all(isinstance(word, str) for word in ids) else None
