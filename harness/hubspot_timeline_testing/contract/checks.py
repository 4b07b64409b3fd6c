"""What the document promises in words, so that no schema and no check of Schemathesis sees it broken."""

from collections.abc import Callable, Iterator, Mapping

from attrs import frozen

from hubspot_timeline_testing.contract.batch_completeness import REPLACED, unaccounted
from hubspot_timeline_testing.contract.pointers import answer_pointer, path_values
from hubspot_timeline_testing.contract.seen import SeenAnswer, SeenRequest
from hubspot_timeline_testing.contract.redaction import parsed, shown
from hubspot_timeline_testing.openapi import document, operations

_NAMES: Mapping[str, Mapping[str, str]] = {
    "create_event": {"id": "id", "eventTemplateId": "eventTemplateId"},
    "get_event": {"id": "eventId", "eventTemplateId": "eventTemplateId"},
    "get_template": {"id": "eventTemplateId"},
    "update_template": {"id": "eventTemplateId"},
    "update_token": {"name": "tokenName"},
}
"""By operation: the fields of an answer that say what it is about, and where the request has them."""

_MEANT = dict.fromkeys(_NAMES, "asked for") | {"create_event": "sent"}


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
    return unaccounted(request, answer)


def _what_was_meant_comes_back(operation: str, request: SeenRequest, answer: SeenAnswer) -> str | None:
    said = parsed(answer.body)
    if operation not in _NAMES or answer.status not in (200, 201) or not isinstance(said, dict):
        return None
    sent = parsed(request.body) if operation == "create_event" else path_values(operation, request.url)
    for name, meant in _NAMES[operation].items():
        word = sent.get(meant) if isinstance(sent, dict) else None
        if isinstance(word, str) and REPLACED not in word and said.get(name) != word:
            return f"with another {name} than was {_MEANT[operation]}: {shown(str(said.get(name)), 80)!r}"
    return None


PROMISES: Mapping[str, Callable[[str, SeenRequest, SeenAnswer], str | None]] = {
    "declared_success": _declared_success,
    "events_accounted_for": _events_accounted_for,
    "meant_comes_back": _what_was_meant_comes_back,
}
"""The checks of this package, by their names; each returns how the answer breaks the promise, if it does."""
