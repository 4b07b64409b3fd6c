"""The name of each defect, as one sentence."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from schemathesis.core.failures import AcceptedNegativeData, Failure, MalformedJson, ServerError
from schemathesis.openapi.checks import (
    AuthScenario,
    EnsureResourceAvailability,
    IgnoredAuth,
    JsonSchemaError,
    MissingContentType,
    MissingHeaderNotRejected,
    RejectedPositiveData,
    UndefinedContentType,
    UnsupportedMethodResponse,
    UseAfterFree,
)

from hubspot_timeline_testing.contract.persistence_checks import NotShown
from hubspot_timeline_testing.contract.seen import SeenAnswer
from hubspot_timeline_testing.contract.redaction import HIDDEN, Secret, decoded, parsed, shown

_LONG = 200


def sentence(operation: str, failure: Failure, answer: SeenAnswer, secret: Secret) -> str:
    """Return what is wrong, in words that name the operation and what was found.

    The token is taken out before words are shortened, which might leave its beginning.
    """
    failure.message = secret.hidden_in(failure.message)
    if isinstance(failure, JsonSchemaError):
        return f"{operation} {_schema(failure, answer, secret)}"
    write = next((_SENTENCES[kind] for kind in type(failure).__mro__ if kind in _SENTENCES), _any)
    return f"{operation} {write(failure, answer)}"


def message_of(answer: SeenAnswer) -> str:
    """Return the message of an error body, else its text."""
    body = parsed(answer.body)
    message = body.get("message") if isinstance(body, dict) else None
    return message if isinstance(message, str) else decoded(answer.body)


def _schema(failure: Any, answer: SeenAnswer, secret: Secret) -> str:
    where = secret.hidden_in("/".join(str(step) for step in failure.instance_path))
    what = failure.validation_message
    if HIDDEN in secret.hidden_in(json.dumps(failure.instance)):  # of which a part may be quoted there
        what = f"{failure.schema_path[-1]}, by a text that holds the token"
    if failure.schema_path and failure.schema_path[-1] == "required":
        what = f"{what.partition(' is a required')[0].strip(chr(34))} is required"
    place = f"{where}: " if where else ""
    return f"answered {answer.status} with a body that is not the documented one: {shown(place + what, _LONG)}"


def _no_json(_: Any, answer: SeenAnswer) -> str:
    if not answer.body:
        return f"answered {answer.status} without a body where the document has one"
    return f"answered {answer.status} with a body that is no JSON: {shown(decoded(answer.body), 60)!r}"


def _content_type(_: Any, answer: SeenAnswer) -> str:
    found = answer.headers.get("content-type")
    said = f"as {shown(found, 80)}" if found else "without a content type"
    return f"answered {answer.status} {said}, which is not the documented content type"


def _server_error(_: Any, answer: SeenAnswer) -> str:
    return f"answered {answer.status}, a server error"


def _accepted(failure: Any, answer: SeenAnswer) -> str:
    _, _, detail = failure.message.partition("Invalid component: ")
    said = f": {shown(' '.join(detail.split()), _LONG)}" if detail else ""
    return f"accepted with {answer.status} a request that the document does not allow{said}"


def _rejected(_: Any, answer: SeenAnswer) -> str:
    return f"refused with {answer.status} a request that the document allows: {shown(message_of(answer), _LONG)}"


def _ignored(failure: Any, answer: SeenAnswer) -> str:
    what = "without a token" if failure.scenario is AuthScenario.NO_AUTH else "with a wrong token"
    return f"ignores authentication: it answered {answer.status} to a request {what}"


def _method(failure: Any, answer: SeenAnswer) -> str:
    if answer.status == 405:
        return f"answered 405 to {failure.method} without the header Allow"
    return f"answered {answer.status} to {failure.method}, a method that the document does not have there"


def _not_shown(failure: Any, answer: SeenAnswer) -> str:
    return f"answered {answer.status} {failure.message}"


def _used(_: Any, answer: SeenAnswer) -> str:
    return f"answered {answer.status} for what was deleted just before"


def _lost(_: Any, answer: SeenAnswer) -> str:
    return f"answered {answer.status} for what was made just before"


def _no_header(failure: Any, answer: SeenAnswer) -> str:
    return f"answered {answer.status}, not 401, to a request without {failure.header_name}"


def _any(failure: Failure, answer: SeenAnswer) -> str:
    detail = " ".join(failure.message.split())
    return f"answered {answer.status}; {shown(failure.title, 80)}: {shown(detail, _LONG)}"


_SENTENCES: Mapping[type, Callable[[Any, SeenAnswer], str]] = {
    AcceptedNegativeData: _accepted,
    EnsureResourceAvailability: _lost,
    IgnoredAuth: _ignored,
    MalformedJson: _no_json,
    MissingContentType: _content_type,
    MissingHeaderNotRejected: _no_header,
    NotShown: _not_shown,
    RejectedPositiveData: _rejected,
    ServerError: _server_error,
    UndefinedContentType: _content_type,
    UnsupportedMethodResponse: _method,
    UseAfterFree: _used,
}
