"""What stops a run, and what is recorded of it besides its report."""

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from hubspot_timeline.apis import Apis
from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.outcomes import Unconfirmed
from hubspot_timeline.delivery.retry import ErrorLimit
from hubspot_timeline.delivery.steps import DeliveryResult, Wait
from hubspot_timeline.errors import (
    AccessTokenError,
    JournalError,
    StoppedError,
    TimelineError,
    TooManyErrorsError,
    counted,
)

if TYPE_CHECKING:
    from hubspot_timeline.journal.store import Journal

_log = logging.getLogger(__name__)

HOPELESS_BATCHES = 3
"""How many batches a run sends to a service that never gives a usable response."""


class Abortable(Protocol):
    """A run, or what a run sends to one account; `stopped` is the reason why no further request begins."""

    stopped: StoppedError | None

    @property
    def account(self) -> str | None:
        """The account that requests are sent to, if it is only one of a run."""
        ...

    def abort(self, reason: BaseException) -> None:
        """Let no further request begin. The first reason stays."""
        ...


class ErrorCounter(Struct):
    """Counts the failed events of a run against its error limit.

    `hopeless_limit`: how many batches may end Unconfirmed for the same reason before any event has another outcome from
    the service (None: any number). So a run does not send all its events to a service that never gives a response.
    """

    limit: ErrorLimit
    hopeless_limit: int | None = None
    failed: int = 0
    settled: int = 0
    hopeless: int = 0
    reason: TimelineError | None = None

    def add(self, result: DeliveryResult) -> TooManyErrorsError | None:
        """Count the events of a delivery, and return the error that aborts the run once a limit is exceeded.

        Failures of an earlier run do not count: else a run that was aborted for them could never be resumed.
        """
        if result.is_resumed:
            return None
        self.settled += len(result)
        self.failed += len(result) - result.created
        if self.limit.is_passed(self.failed, self.settled):
            failed = f"{self.failed:,} of {counted(self.settled, 'event')} failed"
            return TooManyErrorsError(f"{failed}, more than error_limit allows; correct them, or allow more")
        if self.hopeless_limit is not None and result.requests and self._is_hopeless(result):
            return TooManyErrorsError(
                f"The first {self.hopeless} batches all ended without a usable response, and no event is known to be "
                f"created: {self.reason}"
            )
        return None

    def _is_hopeless(self, result: DeliveryResult) -> bool:
        unconfirmed = [outcome.error for outcome in result.others if isinstance(outcome, Unconfirmed)]
        self.reason = self.reason or next(iter(unconfirmed), None)
        if len(unconfirmed) == len(result) and all(type(error) is type(self.reason) for error in unconfirmed):
            self.hopeless += 1
        else:
            self.hopeless_limit = None  # the service does respond
        return self.hopeless_limit is not None and self.hopeless >= self.hopeless_limit


class RunJournal(Struct):
    """The journal of a run, which aborts the run when it cannot be written. Without a journal it does nothing."""

    run: Abortable
    journal: "Journal | None"
    apis: Apis

    def begin(self, batch: Batch) -> JournalError | None:
        """Write the events of a batch before they are sent; return the error if they must not be sent."""
        try:
            if self.journal and not self.run.stopped:
                self.journal.begin(batch, batch[0].opened_by or self.apis.current.version)
        except JournalError as error:
            return error
        return None

    def end(self, result: DeliveryResult) -> JournalError | None:
        """Write the outcomes of a delivery; return the error if that fails. The outcomes are known all the same."""
        try:
            if self.journal and not result.is_resumed:
                self.journal.end(result.outcomes)
        except JournalError as error:
            return error
        return None

    def close(self, results: Iterable[DeliveryResult]) -> None:
        """Write results that the caller no longer consumed, so that the next run need not find out, and close."""
        if not self.journal:
            return
        try:
            for result in results:
                if error := self.end(result):
                    _log.info("Not written to the journal: %s", error)
        finally:
            self.journal.close()


def stopped(reason: BaseException, account: str | None = None) -> StoppedError:
    """Return the error of events that were not sent, because the run, or the sending to their account, was aborted."""
    what = "the run" if account is None else f"sending to account {account}"
    error = StoppedError(f"Not sent, because {what} had stopped: {reason}")
    error.__cause__ = reason
    return error


def abort(run: Abortable, error: TimelineError) -> None:
    """Abort a run for a reason that needs attention, which is logged once."""
    if not run.stopped:
        _log.warning("Stopping%s: %s", _named(run.account), error)
    run.abort(error)


def switch(apis: Apis, error: TimelineError | None) -> None:
    """Let the fallback API take the place of the one that refuses the access token, which is logged once.

    Without an error only these events go through it, since an earlier run sent them there.
    """
    if error is not None and apis.switch() and apis.fallback:
        versions = apis.primary.version, apis.fallback.version
        _log.warning("%s refuses the access token, so the run goes on through %s: %s", *versions, error)


def log_wait(wait: Wait, account: str | None = None) -> None:
    """Log why a request waits: as a warning if the cause is in the application, since it may last."""
    level = logging.WARNING if isinstance(wait.error, AccessTokenError) else logging.INFO
    _log.log(level, "Sending again%s after %.1f s: %s", _named(account, "to "), wait.seconds, wait.error.brief)


def _named(account: str | None, preposition: str = "") -> str:
    return "" if account is None else f" {preposition}account {account}"
