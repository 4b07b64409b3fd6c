"""The faults: ways in which the service, or what stands before it, is known or feared to misbehave.

Nothing here does I/O. A further kind is a name in Fault and a row in one of the three tables.
"""

import json
from collections.abc import Callable, Mapping
from enum import StrEnum

from attrs import evolve

from hubspot_timeline.sandbox.bodies import encode, limited_body
from hubspot_timeline.sandbox.faults import alterations
from hubspot_timeline.sandbox.web.replies import (
    Reply,
    Reset,
    Sent,
    error_reply,
    first_half,
    html_reply,
    json_reply,
    text_reply,
)

_SOON = {"retry-after": "1"}


class Fault(StrEnum):
    """What happens to one request instead of a plain answer."""

    # Instead of the work: nothing is created.
    HTTP_500 = "http-500"  # an error body of the service
    HTTP_502 = "http-502"  # an HTML page of a gateway
    HTTP_503 = "http-503"  # an error body of the service
    LIMITED = "limited"  # 429 in the vendor's shape, with Retry-After: 1, whether or not there is a rate window
    LOCKED = "locked"  # 423
    MIGRATING = "migrating"  # 477, with Retry-After: 1
    RESET_BEFORE = "reset-before"  # the connection is reset without a byte of an answer

    # After the work, whatever came of it.
    HTTP_520_AFTER = "http-520-after"  # an HTML page of a gateway
    RESET_AFTER = "reset-after"  # the connection is reset without a byte of an answer
    TRUNCATED = "truncated"  # the head and half of the body, then the connection breaks

    # After the work, if it was a success; a refusal is answered as it is.
    EMPTY = "empty"  # no body
    NO_RESULTS = "no-results"  # neither results nor errors
    HTML_SUCCESS = "html-success"  # 201 with an HTML page
    HALF_NAMED = "half-named"  # only every second result
    SHUFFLED = "shuffled"  # the results in reverse order
    STATUS_200 = "status-200"  # 200 where 201 belongs
    UNKNOWN_WORD = "unknown-word"  # the status word FINISHED
    WRONG_IDS = "wrong-ids"  # results under ids that nobody sent

    @property
    def is_before_work(self) -> bool:
        """Whether nothing of the request is done."""
        return self in _INSTEAD


def answer_instead(fault: Fault) -> Reply:
    """Return what a fault before the work answers. Raises LookupError for the others, which need a finished answer."""
    return _INSTEAD[fault]()


def disturb(fault: Fault | None, status: int, text: str, media_type: str = "application/json") -> Reply:
    """Return what is sent of a finished answer, given as its status and text; without a fault all of it."""
    answer = text_reply(status, text, media_type)
    if fault in _INSTEAD:
        return _INSTEAD[fault]()
    if fault in _AFTER:
        return _AFTER[fault](answer)
    return _OF_SUCCESS[fault](answer) if fault in _OF_SUCCESS and 200 <= status < 300 else answer


def _altered(alter: Callable[[alterations.Body], alterations.Body]) -> Callable[[Sent], Sent]:
    def apply(answer: Sent) -> Sent:
        try:
            return evolve(answer, body=encode(alter(json.loads(answer.body))).encode())
        except (
            RecursionError,
            ValueError,
            LookupError,
        ):  # nested so deeply that it could only just be created, or no batch
            return answer

    return apply


_INSTEAD: Mapping[Fault | None, Callable[[], Reply]] = {
    Fault.HTTP_500: lambda: error_reply(500),
    Fault.HTTP_502: lambda: html_reply(502),
    Fault.HTTP_503: lambda: error_reply(503),
    Fault.LIMITED: lambda: json_reply(429, limited_body(), _SOON),
    Fault.LOCKED: lambda: error_reply(423),
    Fault.MIGRATING: lambda: error_reply(477, _SOON),
    Fault.RESET_BEFORE: Reset,
}
_AFTER: Mapping[Fault | None, Callable[[Sent], Reply]] = {
    Fault.HTTP_520_AFTER: lambda _: html_reply(520),
    Fault.RESET_AFTER: lambda _: Reset(),
    Fault.TRUNCATED: first_half,
}
_OF_SUCCESS: Mapping[Fault | None, Callable[[Sent], Sent]] = {
    Fault.EMPTY: lambda answer: evolve(answer, body=b""),
    Fault.NO_RESULTS: _altered(alterations.without_results),
    Fault.HTML_SUCCESS: lambda _: html_reply(201),
    Fault.HALF_NAMED: _altered(alterations.half_named),
    Fault.SHUFFLED: _altered(alterations.shuffled),
    Fault.STATUS_200: lambda answer: evolve(answer, status=200 if answer.status == 201 else answer.status),
    Fault.UNKNOWN_WORD: _altered(alterations.with_unknown_word),
    Fault.WRONG_IDS: _altered(alterations.with_wrong_ids),
}
