"""Progress of a run: its counters, and the snapshot that callbacks get."""

import time
from collections.abc import Callable
from threading import Lock
from types import TracebackType
from typing import Self

from attrs import frozen

from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.observation import Notifier, Observation
from hubspot_timeline.delivery.outcomes import Created, Outcome, Report
from hubspot_timeline.delivery.steps import Delivery, DeliveryResult
from hubspot_timeline.errors import TimelineError, counted


@frozen
class Progress:
    """A snapshot of a run.

    `read` events were read from the input; `in_flight` of them have no outcome yet, the others are `created`,
    `rejected`, `unconfirmed` or `unsent`; an earlier run settled `resumed` of them. `requests` and `retried` are those
    of settled events, as in Report. `waited` is how many seconds all requests together waited for the rate limit and
    between attempts, `seconds` the time since the run began.
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
        """How many settled events are not known to be created."""
        return self.rejected + self.unconfirmed + self.unsent

    @property
    def rate(self) -> float:
        """Events settled by this run per second, on average."""
        return (self.read - self.in_flight - self.resumed) / self.seconds if self.seconds else 0.0


class RunCounters:
    """What a run counts besides outcomes, and its `observation`; safe to use from several threads."""

    def __init__(self) -> None:
        self.read: int = 0
        self.waited: float = 0.0
        self.observation: Observation | None = None
        self._lock = Lock()

    def wait(self, seconds: float, error: TimelineError | None) -> None:
        """Add the seconds of a wait after an error; None for the rate limit."""
        with self._lock:
            self.waited += seconds
        if self.observation:
            self.observation.wait(seconds, error)

    def observed(self, batch: Batch, steps: Delivery) -> Delivery:
        """Return the delivery of a batch, reported to the observer if there is one."""
        return self.observation.delivery(batch, steps) if self.observation else steps


class ReportBuilder:
    """Adds delivery results to the report of a run, and calls the callbacks."""

    def __init__(
        self,
        report: Report,
        on_outcome: Callable[[Outcome], object] | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
        on_failure: Callable[[Outcome], object] | None = None,
        *,
        began: float | None = None,
    ) -> None:
        self.report = report
        self.counters: RunCounters = RunCounters()
        self._on_outcome = on_outcome
        self._on_progress = on_progress
        self._on_failure = on_failure
        self._clock = clock
        self.began: float = clock() if began is None else began

    def add(self, result: DeliveryResult) -> None:
        """Add the result of one delivery."""
        self.report.requests += result.requests
        self.report.resumed += len(result) * result.is_resumed
        self.report.retried += result.retried
        self.report.fallback_api = result.fallback_api or self.report.fallback_api
        self.report.created += sum(map(len, result.created_batches))
        for outcome in result.others:
            self.report.add(outcome)
        if self.counters.observation:
            self.counters.observation.count(result)
        if self._on_outcome:
            for outcome in result.outcomes:
                self._on_outcome(outcome)
        if self._on_failure:
            for outcome in result.others:
                if not isinstance(outcome, Created):
                    self._on_failure(outcome)
        self.report.seconds = self._clock() - self.began
        if self._on_progress:
            self._on_progress(self.progress())

    def running(self, notify: Notifier | None) -> Self:
        """Return this, to be entered while the run goes on, which is reported to the observer if there is one."""
        if notify:
            self.counters.observation = Observation.of_run(notify, self.report)
        return self

    def __enter__(self) -> Self:
        if self.counters.observation:
            self.counters.observation.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, Exception | KeyboardInterrupt):  # the caller may have closed its iterator
            error = None
        if error:
            self.attach_to(error)
        if self.counters.observation:
            self.counters.observation.end(self.counters.read, error)

    def attach_to(self, error: BaseException) -> None:
        """Give an error that ends the run its report, as the attribute `report` and in words, as a note.

        Both are written past `__setattr__`, which a frozen error refuses; an attribute of this name that the error has
        for something else stays.
        """
        report, attributes = self.report, vars(error)
        if isinstance(attributes.get("report", report), Report):
            attributes["report"] = report
        read = max(self.counters.read, report.total)
        existing = f" ({report.existing:,} of them existed before)" if report.existing else ""
        note = (
            f"{counted(read, 'event')} read before this error: {report.created:,} created{existing}, "
            f"{report.rejected:,} rejected, {report.unconfirmed:,} unconfirmed, {report.unsent:,} unsent"
        )
        if read > report.total:
            note += f", {read - report.total:,} without an outcome"
        if isinstance(notes := attributes.setdefault("__notes__", []), list):
            notes.append(note)

    def progress(self) -> Progress:
        """Return a snapshot of the run."""
        report = self.report
        return Progress(
            read=self.counters.read,
            in_flight=self.counters.read - report.total,
            created=report.created,
            rejected=report.rejected,
            unconfirmed=report.unconfirmed,
            unsent=report.unsent,
            resumed=report.resumed,
            requests=report.requests,
            retried=report.retried,
            waited=self.counters.waited,
            seconds=report.seconds,
        )
