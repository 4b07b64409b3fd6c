"""What leaves the sandbox, as values: an answer, the beginning of one, or not a byte."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TypeAlias

from attrs import evolve, frozen

from hubspot_timeline_testing.sandbox.bodies import error_body
from hubspot_timeline_testing.sandbox.errors import RefusedError

# What http.HTTPStatus does not know.
_PHRASES = {
    477: "Migration in Progress",
    520: "Unknown Error",
    521: "Web Server Is Down",
    522: "Connection Timed Out",
    523: "Origin Is Unreachable",
    524: "A Timeout Occurred",
    525: "SSL Handshake Failed",
    526: "Invalid SSL Certificate",
}


@frozen
class Sent:
    """An HTTP answer; the names of its headers are in small letters.

    `is_whole`: False where the connection breaks after `body`, which is less than the header content-length announces.
    `pieces`: how many the body leaves in; if more than one, `sending` waits before each.
    """

    status: int
    body: bytes
    headers: Mapping[str, str]
    is_whole: bool = True
    pieces: int = 1


@frozen
class Reset:
    """The connection is reset, and not a byte is answered."""


Reply: TypeAlias = Sent | Reset


def json_reply(status: int, text: str, headers: Mapping[str, str] | None = None) -> Sent:
    """Return an answer with JSON text as its body."""
    return text_reply(status, text, "application/json", headers)


def text_reply(status: int, text: str, media_type: str, headers: Mapping[str, str] | None = None) -> Sent:
    """Return an answer with text as its body; a 204 has neither a body nor a type."""
    typed = {} if status == 204 else {"content-type": media_type}
    return Sent(status, text.encode(), typed | dict(headers or {}))


def error_reply(status: int, headers: Mapping[str, str] | None = None) -> Sent:
    """Return a refusal in the service's shape, with the phrase of its status as the message."""
    return json_reply(status, error_body(RefusedError(status, _phrase(status))), headers)


def html_reply(status: int) -> Sent:
    """Return a page such as a gateway in front of the service answers."""
    title = f"{status} {_phrase(status)}"
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    return Sent(status, page.encode(), {"content-type": "text/html"})


def first_half(answer: Sent) -> Sent:
    """Return the answer with the second half of its body missing."""
    length = len(answer.body)
    headers = {**answer.headers, "content-length": str(length)}
    return evolve(answer, body=answer.body[: length // 2], headers=headers, is_whole=False)


def without_body(answer: Sent) -> Sent:
    """Return the answer without a body and without what is said of it."""
    return evolve(answer, body=b"", headers={})


def _phrase(status: int) -> str:
    try:
        return _PHRASES.get(status) or HTTPStatus(status).phrase
    except ValueError:
        return "Unassigned"
