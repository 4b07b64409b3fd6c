"""The faults: ways in which the service, or a gateway in front of it, is known or expected to misbehave.

A new fault is a member of Fault, and a row in one of the tables of `apply`.
"""

from enum import StrEnum
from typing import Self, TypeAlias

from attrs import field, frozen
from attrs.validators import ge, instance_of, le


class _DescribedFault(StrEnum):
    """Members that are a word in plans, and have a description for people."""

    description: str

    def __new__(cls, word: str, description: str = "") -> Self:
        member = str.__new__(cls, word)
        member._value_ = word
        member.description = description
        return member


class Fault(_DescribedFault):
    """What happens to one request instead of its normal response."""

    # Instead of the operation: nothing is created.
    HTTP_500 = "http-500", "500 with an error body of the service"
    HTTP_502 = "http-502", "502 with an HTML page of a gateway"
    HTTP_503 = "http-503", "503 with an error body of the service"
    LIMITED = "limited", "429 in the vendor's shape, with Retry-After: 1"
    LIMITED_DAILY = "limited-daily", "429 of the daily limit, which lasts until midnight"
    LOCKED = "locked", "423"
    MIGRATING = "migrating", "477, with Retry-After: 1"
    EXPIRED_TOKEN = "expired-token", "401 EXPIRED_AUTHENTICATION"
    MISSING_SCOPES = "missing-scopes", "403 MISSING_SCOPES"
    RESET_BEFORE = "reset-before", "the connection is reset without a response, nothing is created"

    # After the operation, whatever its response.
    HTTP_520_AFTER = "http-520-after", "520 with an HTML page of a gateway, although the events are created"
    RESET_AFTER = "reset-after", "the connection is reset without a response, although the events are created"
    TRUNCATED = "truncated", "the headers and half of the body, then the connection closes"
    SLOW_BODY = "slow-body", "the whole body, in small pieces with a pause before each"
    SLOW_HEADERS = "slow-headers", "the headers, in small pieces with a pause before each, and then the body"

    # After the operation, if it succeeded; an error response stays as it is.
    EMPTY = "empty", "a success without a body"
    NO_RESULTS = "no-results", "a success with neither results nor errors"
    HTML_SUCCESS = "html-success", "a success with an HTML page"
    MISSING_RESULTS = "missing-results", "only every second result"
    SHUFFLED = "shuffled", "the results in reverse order"
    STATUS_200 = "status-200", "200 instead of 201"
    UNKNOWN_STATUS = "unknown-status", "the batch status FINISHED, which the document does not have"
    COMPLETED = "completed", "the batch status COMPLETED instead of COMPLETE"
    OVERSIZED = "oversized", "the same JSON, with 20 MB of whitespace in it"
    WRONG_IDS = "wrong-ids", "results with ids that were not sent"

    @property
    def is_instead(self) -> bool:
        """Whether it takes the place of the operation: nothing is created."""
        return _ORDER.index(self) < _ORDER.index(Fault.HTTP_520_AFTER)


_ORDER = tuple(Fault)

NAMED_ONLY = frozenset(
    map(
        Fault,
        ("completed", "slow-body", "slow-headers", "oversized", "expired-token", "missing-scopes", "limited-daily"),
    )
)
"""Faults that a plan draws only where it names them: most of them end a run or take long."""

DRAWN = tuple(fault for fault in Fault if fault not in NAMED_ONLY)
"""Faults that a plan with a rate and without kinds draws from. A seed depends on their order."""


class EventFault(_DescribedFault):
    """What happens to events whose id matches a pattern, beside the faults of requests."""

    REFUSE = "refuse", "of events: that event gets an error in a 207, or a 400 where a batch is created as a whole"
    REFUSE_BATCH = "refuse-batch", "of events: the whole batch gets a 400 that names no event"

    @property
    def is_instead(self) -> bool:
        """Whether it takes the place of the operation: nothing is created."""
        return self is EventFault.REFUSE_BATCH


@frozen
class StatusFault:
    """A response with any status from 200 to 599. Raises ValueError for others.

    `is_html`: with a gateway's page instead of an error body of the service. `is_after_work`: after the operation.
    As text it is the word in plans, such as http-524-html-after.
    """

    status: int = field(validator=[instance_of(int), ge(200), le(599)])
    is_html: bool = field(default=False, kw_only=True)
    is_after_work: bool = field(default=False, kw_only=True)

    @property
    def is_instead(self) -> bool:
        """Whether it takes the place of the operation: nothing is created."""
        return not self.is_after_work

    def __str__(self) -> str:
        after = "-after" if self.is_after_work else ""
        # Words that are members of Fault keep their meaning there: two of them are pages.
        is_member = f"http-{self.status}{after}" in _ORDER
        form = "-html" if self.is_html else "-json" if is_member else ""
        return f"http-{self.status}{form}{after}"


RequestFault: TypeAlias = Fault | StatusFault
"""A fault of a request, whatever its events are."""

AnyFault: TypeAlias = RequestFault | EventFault
"""A fault of a request, or because of an event in it."""
