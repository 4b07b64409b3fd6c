"""How far a run is: what it counts while it goes on, and the picture of it that a caller gets."""

import time
from collections.abc import Callable
from threading import Lock

from attrs import frozen

from hubspot_timeline.delivery.engine import Delivered
from hubspot_timeline.delivery.outcomes import Created, Outcome, Report


@frozen
class Progress:
    """A picture of a run; it does not change.

    `read` events were taken from the input; of these `in_flight` have no outcome yet, the others are `created`,
    `rejected`, `unconfirmed` or `unsent`; `resumed` of them had ended in an earlier run.
    `requests` counts all attempts for those that have ended, and `retried`
    those of them that carried events again. `waited` is in seconds: what all requests together waited for the rate
    limit and between attempts. `seconds` is the time since the run began.
    """

    read: int
    in_flight: int
    created: int
    rejected: int
    unconfirmed: int
    unsent: int
    resumed: int
    requests: int
    retried: int
    waited: float
    seconds: float

    @property
    def failed(self) -> int:
        """How many events have ended and are not known to be created."""
        return self.rejected + self.unconfirmed + self.unsent

    @property
    def rate(self) -> float:
        """How many events of this run have ended in a second, on average."""
        return (self.read - self.in_flight - self.resumed) / self.seconds if self.seconds else 0.0


class Activity:
    """What a run counts besides outcomes; several threads may count at once."""

    def __init__(self) -> None:
        self.read = 0
        self.waited = 0.0
        self._lock = Lock()

    def wait(self, seconds: float) -> None:
        """Count the seconds of a wait."""
        with self._lock:
            self.waited += seconds


class Tally:
    """Adds up what deliveries bring, and tells those who want to know."""

    def __init__(
        self,
        report: Report,
        on_outcome: Callable[[Outcome], object] | None,
        on_progress: Callable[[Progress], object] | None,
        clock: Callable[[], float] = time.monotonic,
        on_failure: Callable[[Outcome], object] | None = None,
    ) -> None:
        self.report = report
        self.activity = Activity()
        self._on_outcome = on_outcome
        self._on_progress = on_progress
        self._on_failure = on_failure
        self._clock = clock
        self._began = clock()

    def add(self, delivered: Delivered) -> None:
        """Count one delivery."""
        self.report.requests += delivered.requests
        self.report.resumed += len(delivered) * delivered.is_resumed
        self.report.retried += delivered.retried
        self.report.created += sum(map(len, delivered.confirmed))
        for outcome in delivered.single:
            self.report.add(outcome)
        if self._on_outcome:
            for outcome in delivered.outcomes:
                self._on_outcome(outcome)
        if self._on_failure:
            for outcome in delivered.single:
                if not isinstance(outcome, Created):
                    self._on_failure(outcome)
        self.report.seconds = self._clock() - self._began
        if self._on_progress:
            self._on_progress(self.progress())

    def progress(self) -> Progress:
        """Return a picture of the run."""
        report = self.report
        return Progress(
            read=self.activity.read,
            in_flight=self.activity.read - report.total,
            created=report.created,
            rejected=report.rejected,
            unconfirmed=report.unconfirmed,
            unsent=report.unsent,
            resumed=report.resumed,
            requests=report.requests,
            retried=report.retried,
            waited=self.activity.waited,
            seconds=report.seconds,
        )
