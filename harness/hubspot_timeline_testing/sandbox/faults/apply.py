"""What each fault does to an answer, as values; nothing here does I/O."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta

from attrs import evolve

from hubspot_timeline_testing.sandbox.bodies import encode, error_body, limited_body
from hubspot_timeline_testing.sandbox.errors import RefusedError, invalid, missing_scope
from hubspot_timeline_testing.sandbox.faults import body_mutations as alterations
from hubspot_timeline_testing.sandbox.faults.kinds import AnyFault, EventFault, Fault, StatusFault
from hubspot_timeline_testing.sandbox.http.response import (
    Reply,
    Reset,
    Sent,
    error_reply,
    first_half,
    html_reply,
    json_reply,
    text_reply,
    without_body,
)
from hubspot_timeline_testing.sandbox.times import rfc3339, utc_now

OVERSIZED_BYTES = 20_000_000
"""How many bytes of whitespace an oversized answer has more than it needs."""

SLOW_PIECES = 20
"""In how many pieces a slow body is sent; `web.sending.PAUSE` says how long each is waited for."""

_SOON = {"retry-after": "1"}


def answer_instead(fault: AnyFault) -> Reply:
    """Return what a fault before the work answers. Raises LookupError for the others, which need a finished answer."""
    if isinstance(fault, StatusFault) and fault.is_before_work:
        return _any_status(fault)
    return _INSTEAD[fault]()


def disturb(fault: AnyFault | None, status: int, text: str, media_type: str = "application/json") -> Reply:
    """Return what is sent of a finished answer, given as its status and text; without a fault all of it."""
    answer = text_reply(status, text, media_type)
    if isinstance(fault, StatusFault):
        return _any_status(fault)
    if fault in _INSTEAD:
        return _INSTEAD[fault]()
    if fault in _AFTER:
        return _AFTER[fault](answer)
    return _OF_SUCCESS[fault](answer) if fault in _OF_SUCCESS and 200 <= status < 300 else answer


def _any_status(fault: StatusFault) -> Sent:
    reply = html_reply(fault.status) if fault.is_html else error_reply(fault.status)
    return without_body(reply) if fault.status in (204, 205, 304) else reply  # HTTP has none there


def _expired() -> Sent:
    context = {"expire time": [rfc3339(utc_now() - timedelta(minutes=1))]}
    message = "The OAuth token used to make this call expired 1 minute(s) ago."
    return json_reply(401, error_body(RefusedError(401, message, "EXPIRED_AUTHENTICATION", context)))


def _scopeless() -> Sent:
    return json_reply(403, error_body(missing_scope("timeline")))


def _altered(alter: Callable[[alterations.Body], alterations.Body]) -> Callable[[Sent], Sent]:
    def apply(answer: Sent) -> Sent:
        try:
            return evolve(answer, body=encode(alter(json.loads(answer.body))).encode())
        except (RecursionError, ValueError, LookupError):  # it could only just be created, so deep it is; or no batch
            return answer

    return apply


def _oversized(answer: Sent) -> Sent:
    """Put whitespace after the brace that opens the body, so that a reader meets it before all else."""
    if not answer.body.startswith(b"{"):
        return answer
    return evolve(answer, body=answer.body[:1] + b" " * OVERSIZED_BYTES + answer.body[1:])


_INSTEAD: Mapping[AnyFault | None, Callable[[], Reply]] = {
    Fault.HTTP_500: lambda: error_reply(500),
    Fault.HTTP_502: lambda: html_reply(502),
    Fault.HTTP_503: lambda: error_reply(503),
    Fault.LIMITED: lambda: json_reply(429, limited_body(), _SOON),
    Fault.LIMITED_DAILY: lambda: json_reply(429, limited_body("DAILY")),
    Fault.LOCKED: lambda: error_reply(423),
    Fault.MIGRATING: lambda: error_reply(477, _SOON),
    Fault.EXPIRED_TOKEN: _expired,
    Fault.MISSING_SCOPES: _scopeless,
    Fault.RESET_BEFORE: Reset,
    EventFault.REFUSE_BATCH: lambda: json_reply(400, error_body(invalid("The batch holds an event that is refused"))),
}
_AFTER: Mapping[AnyFault | None, Callable[[Sent], Reply]] = {
    Fault.HTTP_520_AFTER: lambda _: html_reply(520),
    Fault.RESET_AFTER: lambda _: Reset(),
    Fault.TRUNCATED: first_half,
    Fault.SLOW_BODY: lambda answer: evolve(answer, pieces=SLOW_PIECES),
}
_OF_SUCCESS: Mapping[AnyFault | None, Callable[[Sent], Sent]] = {
    Fault.EMPTY: lambda answer: evolve(answer, body=b""),
    Fault.NO_RESULTS: _altered(alterations.without_results),
    Fault.HTML_SUCCESS: lambda _: html_reply(201),
    Fault.HALF_NAMED: _altered(alterations.half_named),
    Fault.SHUFFLED: _altered(alterations.shuffled),
    Fault.STATUS_200: lambda answer: evolve(answer, status=200 if answer.status == 201 else answer.status),
    Fault.UNKNOWN_WORD: _altered(alterations.with_unknown_word),
    Fault.COMPLETED: _altered(alterations.with_word_completed),
    Fault.OVERSIZED: _oversized,
    Fault.WRONG_IDS: _altered(alterations.with_wrong_ids),
}
