"""TimelineClient: the threaded driver."""

import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import TYPE_CHECKING, Self

from hubspot_timeline.base import BaseClient, ErrorCount, refuse_what_is_no_iterable_of_events, stopped
from hubspot_timeline.batching import Batch
from hubspot_timeline.delivery import Delivered, Halt, Reply, Send, Step, Wait, deliver, undelivered
from hubspot_timeline.errors import JournalError, RateStoreError, RefreshError, StoppedError, TimelineError
from hubspot_timeline.intake import Intake
from hubspot_timeline.outcomes import EventLike, Outcome, Report
from hubspot_timeline.progress import Activity, Progress, Tally
from hubspot_timeline.transport import Transport
from hubspot_timeline_api import AuthenticatedClient

if TYPE_CHECKING:
    from hubspot_timeline.journal import Journal

log = logging.getLogger(__name__)


class TimelineClient(BaseClient):
    """Sends timeline events in batches and accounts for every single one; its calls block.

    Use it as a context manager, or close it. Several threads may share one. The options are those of BaseClient.
    """

    def _open(self) -> None:
        self._transport = Transport(self._connection, self._pace.learn)

    @property
    def api(self) -> AuthenticatedClient:
        """The generated client, for use with the functions of `hubspot_timeline_api`; its errors are ours too."""
        return self._transport.api

    def send(
        self,
        events: Iterable[EventLike],
        *,
        on_outcome: Callable[[Outcome], object] | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        keep_failures: int | None = None,
        journal: str | Path | None = None,
    ) -> Report:
        """Send all events and return the sum of what became of them. Raises nothing over a single event.

        `on_outcome` is called with each outcome as it becomes known, `on_progress` with a picture of the run, both
        in this thread. `keep_failures` bounds how many outcomes other than Created the report holds (None: all).
        `journal` names a file that keeps what became of each event: a run that ended early, however it did, goes on
        where it was when the same events are sent with the same journal. Raises JournalError for one that is another
        run's.
        """
        tally = Tally(Report(keep=keep_failures), on_outcome, on_progress)
        for delivered in self._deliveries(events, tally.activity, journal):
            tally.add(delivered)
        return tally.report

    def stream(self, events: Iterable[EventLike], *, journal: str | Path | None = None) -> Iterator[Outcome]:
        """Yield the outcome of each event as it becomes known, in no promised order.

        Lazy: an event is taken from the iterable, in this thread, only when a request can be made of it. To stop
        early, close the iterator: what is under way is finished and nothing more is sent. `journal` is that of `send`.
        """
        for delivered in self._deliveries(events, Activity(), journal):
            yield from delivered.outcomes

    def close(self) -> None:
        """Finish the requests under way, send nothing more, close the connections."""
        self._closed = True
        self.stop("the client was closed")
        for run in list(self._runs):
            wait(run.under_way)
        self._transport.close()
        self._pace.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _deliveries(
        self, events: Iterable[EventLike], activity: Activity, journal: str | Path | None
    ) -> Iterator[Delivered]:
        refuse_what_is_no_iterable_of_events(events)
        run = _Run(self._in_flight, activity, self._open_journal(journal))
        self._runs.add(run)
        if self._closed:
            run.halt(StoppedError("the client is closed"))
        try:
            errors = ErrorCount(self._errors)
            for delivered in self._drive(events, run):
                if too_many := errors.passed(delivered):
                    run.halt(too_many)
                self._write_down(delivered, run)
                yield delivered
        finally:
            run.halt(StoppedError("the caller took no more outcomes"))
            run.close()
            self._runs.discard(run)

    def _drive(self, events: Iterable[EventLike], run: "_Run") -> Iterator[Delivered]:
        intake = Intake(self._limits, run.journal)
        failure = None
        try:
            for event in events:
                taken = intake.take(event)
                run.activity.read = intake.read
                if isinstance(taken, Delivered):
                    yield taken
                elif taken:
                    self._begin(taken, run)
                    yield from run.ended(block=run.is_full)
            intake.ended(early=run.stopped is not None)
        except Exception as error:  # noqa: BLE001 - the iterable's own; raised below, once all is accounted for
            failure = error
            run.halt(error)
        if rest := intake.rest():
            self._begin(rest, run)
        while run.under_way:
            yield from run.ended(block=True)
        if failure is not None:
            raise failure

    def _begin(self, batch: Batch, run: "_Run") -> None:
        try:
            if run.journal and not run.stopped:
                run.journal.begin(batch)
        except JournalError as error:  # what is not written down is not sent
            self._halt(run, error)
        run.begin(self._deliver, batch)

    def _write_down(self, delivered: Delivered, run: "_Run") -> None:
        try:
            if run.journal and not delivered.is_recalled:
                run.journal.end(delivered.outcomes)
        except JournalError as error:  # the outcomes are known all the same
            self._halt(run, error)

    def _deliver(self, batch: Batch, run: "_Run") -> Delivered:
        try:
            return self._steps(batch, run)
        except Exception as error:  # noqa: BLE001 - a transport of the user's, a log handler: no event may be lost to it
            return undelivered(batch, error)

    def _steps(self, batch: Batch, run: "_Run") -> Delivered:
        steps = deliver(batch, self._retry, self._chance)
        reply: Reply = None
        while True:
            try:
                step = steps.send(reply)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return] # StopIteration does not say what it carries
            reply = self._take(step, run)

    def _take(self, step: Step, run: "_Run") -> Reply:
        match step:
            case Send(items):
                return self._send(items, run)
            case Wait(seconds, error):
                log.info("Waiting %.1f s: %s", seconds, error)
                self._pause(seconds, run)
            case Halt(error):
                self._halt(run, error)
        return None

    def _send(self, batch: Batch, run: "_Run") -> Reply:
        try:
            if not run.stopped:  # a permit would grow old while a token is fetched
                self._transport.prepare()
            while not run.stopped and (seconds := self._pace.ask()):
                self._pause(seconds, run)
            return run.stopped or self._transport.send(batch)
        except (RefreshError, RateStoreError) as error:  # nothing was sent, and nothing can be
            self._halt(run, error)
            return run.stopped
        except TimelineError as error:
            self._hold_if_limited(error)
            return error

    def _pause(self, seconds: float, run: "_Run") -> None:
        run.activity.wait(seconds)
        (self._sleep or run.stop.wait)(seconds)


class _Run:
    """One call of send or stream: its threads, the deliveries under way, and why it has stopped."""

    def __init__(self, in_flight: int, activity: Activity, journal: "Journal | None") -> None:
        self.journal = journal
        self.activity = activity
        self.pool = ThreadPoolExecutor(in_flight, "hubspot-timeline")
        self.under_way: set[Future[Delivered]] = set()
        self.stop = Event()
        self.stopped: StoppedError | None = None
        self._in_flight = in_flight

    @property
    def is_full(self) -> bool:
        return len(self.under_way) >= self._in_flight

    def begin(self, deliver_batch: Callable[[Batch, "_Run"], Delivered], batch: Batch) -> None:
        try:
            self.under_way.add(self.pool.submit(deliver_batch, batch, self))
        except RuntimeError as error:  # the interpreter is ending, or there are no threads left
            self.halt(error)
            unsent: Future[Delivered] = Future()
            unsent.set_result(deliver_batch(batch, self))
            self.under_way.add(unsent)

    def ended(self, *, block: bool) -> Iterator[Delivered]:
        """Yield the deliveries that have ended; with `block`, wait for one if there is none."""
        done, self.under_way = wait(self.under_way, None if block else 0, FIRST_COMPLETED)
        for future in done:
            yield future.result()

    def close(self) -> None:
        """Wait for what is under way."""
        self.pool.shutdown()
        if self.journal:
            self.journal.close()

    def halt(self, reason: BaseException) -> None:
        """Let no further request begin. The first reason stays."""
        self.stopped = self.stopped or stopped(reason)
        self.stop.set()
