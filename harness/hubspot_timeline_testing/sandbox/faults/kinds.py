"""The faults: ways in which the service, or what stands before it, is known or feared to misbehave.

Nothing here does I/O. A further kind is a name in Fault and a row in one of the tables of `effects`.
"""

from enum import StrEnum
from typing import TypeAlias

from attrs import field, frozen
from attrs.validators import ge, instance_of, le


class Fault(StrEnum):
    """What happens to one request instead of a plain answer; `explained.SAYS` tells what each is."""

    # Instead of the work: nothing is created.
    HTTP_500 = "http-500"
    HTTP_502 = "http-502"
    HTTP_503 = "http-503"
    LIMITED = "limited"
    LIMITED_DAILY = "limited-daily"
    LOCKED = "locked"
    MIGRATING = "migrating"
    EXPIRED_TOKEN = "expired-token"  # noqa: S105 - a word for one
    MISSING_SCOPES = "missing-scopes"
    RESET_BEFORE = "reset-before"

    # After the work, whatever came of it.
    HTTP_520_AFTER = "http-520-after"
    RESET_AFTER = "reset-after"
    TRUNCATED = "truncated"
    SLOW_BODY = "slow-body"

    # After the work, if it was a success; a refusal is answered as it is.
    EMPTY = "empty"
    NO_RESULTS = "no-results"
    HTML_SUCCESS = "html-success"
    HALF_NAMED = "half-named"
    SHUFFLED = "shuffled"
    STATUS_200 = "status-200"
    UNKNOWN_WORD = "unknown-word"
    COMPLETED = "completed"
    OVERSIZED = "oversized"
    WRONG_IDS = "wrong-ids"

    @property
    def is_before_work(self) -> bool:
        """Whether nothing of the request is done."""
        return _ORDER.index(self) < _ORDER.index(Fault.HTTP_520_AFTER)


_ORDER = tuple(Fault)

NAMED_ONLY = frozenset(
    {
        Fault.COMPLETED,
        Fault.SLOW_BODY,
        Fault.OVERSIZED,
        Fault.EXPIRED_TOKEN,
        Fault.MISSING_SCOPES,
        Fault.LIMITED_DAILY,
    }
)
"""Faults that a plan draws only where it names them: they came later, and most end a run or take long."""

DRAWN = tuple(fault for fault in Fault if fault not in NAMED_ONLY)
"""Faults that a plan with a rate and no kinds draws from. Its order is part of what a seed means."""


class EventFault(StrEnum):
    """What happens to events whose id matches a pattern, beside the faults of requests."""

    REFUSE = "refuse"  # that event alone gets an error in a 207
    REFUSE_BATCH = "refuse-batch"  # the whole batch is a 400 that names nobody

    @property
    def is_before_work(self) -> bool:
        """Whether nothing of the request is done."""
        return self is EventFault.REFUSE_BATCH


@frozen
class StatusFault:
    """A request is answered with any status from 200 to 599. Raises ValueError for others.

    `is_html`: with a gateway's page instead of an error body of the service. `is_after_work`: when the work is done.
    As text it is the word for it, such as http-524-html-after.
    """

    status: int = field(validator=[instance_of(int), ge(200), le(599)])
    is_html: bool = field(default=False, kw_only=True)
    is_after_work: bool = field(default=False, kw_only=True)

    @property
    def is_before_work(self) -> bool:
        """Whether nothing of the request is done."""
        return not self.is_after_work

    def __str__(self) -> str:
        after = "-after" if self.is_after_work else ""
        # The short words that are names of Fault mean what they always did: two of them are pages.
        is_name = f"http-{self.status}{after}" in _ORDER
        form = "-html" if self.is_html else "-json" if is_name else ""
        return f"http-{self.status}{form}{after}"


RequestFault: TypeAlias = Fault | StatusFault
"""What can happen to a request as such."""

AnyFault: TypeAlias = RequestFault | EventFault
"""What can happen to a request as such, or because of an event in it."""
