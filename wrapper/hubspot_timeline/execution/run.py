"""What stops a run, what everybody hears of it, and what those who share a rate limit do."""

import logging
from asyncio import CancelledError
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from attrs import define

from hubspot_timeline.delivery.engine import Delivered
from hubspot_timeline.delivery.retry import ErrorLimit, rate_limit_wait
from hubspot_timeline.errors import (
    JournalError,
    RateLimitError,
    RateLimitStoreError,
    StoppedError,
    TimelineError,
    TooManyErrorsError,
)
from hubspot_timeline.rate_limit import RateLimiter

if TYPE_CHECKING:
    from hubspot_timeline.journal.store import Journal

log = logging.getLogger(__name__)


class Stoppable(Protocol):
    """A run; `stopped` says why no further request begins."""

    stopped: StoppedError | None

    def halt(self, reason: BaseException) -> None:
        """Let no further request begin. The first reason stays."""
        ...


@define
class ErrorCount:
    """Counts the outcomes of a run against what it is allowed."""

    limit: ErrorLimit
    failed: int = 0
    ended: int = 0

    def passed(self, delivered: Delivered) -> TooManyErrorsError | None:
        """Count a delivery, and return the error of the run once the limit is passed.

        What an earlier run saw fail is its own affair: else a run that stopped so could never be resumed.
        """
        if delivered.is_resumed:
            return None
        self.ended += len(delivered)
        self.failed += len(delivered) - delivered.created
        if not self.limit.is_passed(self.failed, self.ended):
            return None
        return TooManyErrorsError(f"{self.failed} of {self.ended} events failed, more than were allowed")


def stopped(error: BaseException) -> StoppedError:
    """Return the error of the events that a stopped run did not send."""
    reason = StoppedError(f"Not sent, because the run had stopped: {error}")
    reason.__cause__ = error
    return reason


def halt(run: Stoppable, error: TimelineError) -> None:
    """Stop a run for a reason that somebody has to look at."""
    if not run.stopped:
        log.warning("Stopping: %s", error)
    run.halt(error)


def write_down_the_rest(journal: "Journal", deliveries: Iterable[Delivered]) -> None:
    """Write down what ended after nobody asked for it any more, so that the next run need not find out."""
    try:
        for delivered in deliveries:
            journal.end(delivered.outcomes)
    except (JournalError, CancelledError) as error:  # the next run finds out
        log.info("Not written down: %s", error)


def pause_if_limited(rate_limiter: RateLimiter, error: TimelineError, longest: float) -> None:
    """Let everybody who shares the limit wait after a 429, not only the one who was told.

    `longest` is in seconds: over a longer wait a run stops, and whoever comes later is to hear so from the service
    itself.
    """
    try:
        if isinstance(error, RateLimitError):
            rate_limiter.pause(min(rate_limit_wait(error), longest))
    except RateLimitStoreError as unheard:  # the next who asks hears of it, and stops
        log.warning("The others cannot be told of a rate limit that was reached (%s): %s", error, unheard)
