"""TimelineClient: the threaded driver."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from hubspot_timeline.base_client import BaseClient, require_iterable_of_events
from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.engine import Delivered
from hubspot_timeline.delivery.outcomes import EventLike, Outcome, Report
from hubspot_timeline.delivery.progress import Activity, Progress, Tally
from hubspot_timeline.delivery.single_request import Call
from hubspot_timeline.errors import JournalError, StoppedError
from hubspot_timeline.execution.reader import EventReader, read_chunks
from hubspot_timeline.execution.run import ErrorCount, halt, write_down_the_rest
from hubspot_timeline.execution.sync import Courier, Run, SingleRun
from hubspot_timeline.execution.workers import Workers
from hubspot_timeline.http.transport import Transport
from hubspot_timeline.queue.options import OnFull, QueueOptions
from hubspot_timeline.queue.threaded import TimelineQueue
from hubspot_timeline.resources.threaded import Events, Templates
from hubspot_timeline.templates.validation import TemplateRules, Validate
from hubspot_timeline_api import AuthenticatedClient

if TYPE_CHECKING:
    from hubspot_timeline.journal.store import Journal

T = TypeVar("T")


class TimelineClient(BaseClient):
    """Sends timeline events in batches and accounts for every single one; its calls block.

    Use it as a context manager, or close it. Several threads may share one. The options are those of BaseClient.
    """

    def _open(self) -> None:
        self._transport = Transport(self._connection, self._rate_limiter.update)
        self._courier = Courier(
            self._transport, self._rate_limiter, self._retry, self._runtime.chance, self._runtime.sleep
        )

    @property
    def api(self) -> AuthenticatedClient:
        """The generated client, for use with the functions of `hubspot_timeline_api`; its errors are ours too."""
        return self._transport.api

    @property
    def templates(self) -> Templates:
        """The templates of the app, `app_id`."""
        return Templates(self._make, self._app_id)

    @property
    def events(self) -> Events:
        """Single events: to create one, and to read one back."""
        return Events(self._make)

    def send(
        self,
        events: Iterable[EventLike],
        *,
        on_outcome: Callable[[Outcome], object] | None = None,
        on_failure: Callable[[Outcome], object] | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        max_failures: int | None = None,
        journal: str | Path | None = None,
        validate: Validate | None = None,
    ) -> Report:
        """Send all events and return the sum of what became of them. Raises nothing over a single event.

        `on_outcome` is called with each outcome as it becomes known, `on_failure` with those other than Created,
        `on_progress` with a picture of the run, all in this thread. `max_failures` bounds how many outcomes other than
        Created the report holds (None: all).
        `journal` names a file that keeps what became of each event: a run that ended early, however it did, goes on
        where it was when the same events are sent with the same journal. Raises JournalError for one that is another
        run's.
        `validate` rejects, before sending, events that do not fit their template: by the given templates, or, for
        "templates", by those of the app, which are fetched once before an event is read. Raises what
        `templates.list()` raises, and OptionError for what is no template.
        """
        tally = Tally(Report(max_failures=max_failures), on_outcome, on_progress, self._connection.clock, on_failure)
        for delivered in self._deliveries(events, tally.activity, journal, validate):
            tally.add(delivered)
        return tally.report

    def stream(
        self, events: Iterable[EventLike], *, journal: str | Path | None = None, validate: Validate | None = None
    ) -> Iterator[Outcome]:
        """Yield the outcome of each event as it becomes known, in no promised order.

        Lazy: events are taken from the iterable, in this thread, so many at a time as fill a batch, only when a
        request can be made of them. To stop early, close the iterator: what is under way is finished and nothing more
        is sent. `journal` and `validate` are those of `send`.
        """
        for delivered in self._deliveries(events, Activity(), journal, validate):
            yield from delivered.outcomes

    def queue(
        self,
        *,
        flush_interval: float = 1.0,
        max_size: int = 10_000,
        max_bytes: int = 64_000_000,
        on_full: OnFull = "block",
        on_drop: Callable[[EventLike], object] | None = None,
        on_outcome: Callable[[Outcome], object] | None = None,
        exit_timeout: float = 10.0,
        validate: Validate | None = None,
    ) -> TimelineQueue:
        """Return a queue that sends in the background what is put into it; its options are those of QueueOptions.

        Batches are cut by the limits of the client, or when an event has waited for `flush_interval` seconds.
        `validate` rejects events that do not fit their template; see `send`.
        """
        queue = TimelineQueue(
            lambda batch, run: self._courier.deliver(batch, run),  # noqa: PLW0108 - a forked child has another courier
            QueueOptions(
                flush_interval=flush_interval,
                max_size=max_size,
                max_bytes=max_bytes,
                on_full=on_full,
                on_drop=on_drop,
                on_outcome=on_outcome,
                exit_timeout=exit_timeout,
            ),
            limits=self._batch_limits,
            error_count=ErrorCount(self._error_limit),
            max_in_flight=self._max_in_flight,
            rules=None if validate is None else self._rules_of(validate),
            on_closed=self._runs.discard,
            clock=self._connection.clock,
        )
        self._runs.add(queue)
        if self._closed:
            queue.halt(StoppedError("the client is closed"))
        return queue

    def close(self) -> None:
        """Finish the requests under way, send nothing more, close the connections."""
        self._closed = True
        self.stop("the client was closed")
        for run in list(self._runs):
            run.drain()
        self._transport.close()
        self._rate_limiter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _make(self, call: Call[T]) -> T:
        run = SingleRun()
        self._runs.add(run)
        if self._closed:
            run.halt(StoppedError("the client is closed"))
        try:
            return self._courier.call(call, run)
        finally:
            run.end()
            self._runs.discard(run)

    def _rules_of(self, validate: Validate) -> TemplateRules:
        return TemplateRules.of(self.templates.list() if validate == "templates" else validate)

    def _deliveries(
        self, events: Iterable[EventLike], activity: Activity, journal: str | Path | None, validate: Validate | None
    ) -> Iterator[Delivered]:
        require_iterable_of_events(events, is_async=False)
        rules = None if validate is None else self._rules_of(validate)
        run = _Call(self._max_in_flight, activity, self._open_journal(journal))
        self._runs.add(run)
        if self._closed:
            run.halt(StoppedError("the client is closed"))
        try:
            errors = ErrorCount(self._error_limit)
            for delivered in self._drive(events, run, rules):
                if too_many := errors.passed(delivered):
                    run.halt(too_many)
                self._write_down(delivered, run)
                yield delivered
        finally:
            run.halt(StoppedError("the caller took no more outcomes"))
            try:
                run.close()
            finally:
                self._runs.discard(run)

    def _drive(self, events: Iterable[EventLike], run: "_Call", rules: TemplateRules | None) -> Iterator[Delivered]:
        reader = EventReader(self._batch_limits, run.journal, rules)
        failure = None
        try:
            for chunk in read_chunks(events, reader):
                for taken in reader.batches(chunk):
                    run.activity.read = reader.count
                    if isinstance(taken, Delivered):
                        yield taken
                    else:
                        self._begin(taken, run)
                        yield from run.workers.collect(block=run.workers.is_full)
            if not run.stopped:  # else the input may have been cut short
                reader.check_length()
        except Exception as error:  # noqa: BLE001 - the iterable's own; raised below, once all is accounted for
            failure = error
            run.halt(error)
        for batch in reader.last_batches():
            self._begin(batch, run)
        while run.workers.under_way:
            yield from run.workers.collect(block=True)
        if failure is not None:
            raise failure

    def _begin(self, batch: Batch, run: "_Call") -> None:
        try:
            if run.journal and not run.stopped:
                run.journal.begin(batch)
        except JournalError as error:  # what is not written down is not sent
            halt(run, error)
        run.workers.begin(partial(self._courier.deliver, batch, run))

    def _write_down(self, delivered: Delivered, run: "_Call") -> None:
        try:
            if run.journal and not delivered.is_resumed:
                run.journal.end(delivered.outcomes)
        except JournalError as error:  # the outcomes are known all the same
            halt(run, error)


class _Call(Run):
    """One call of send or stream: its threads, the deliveries under way, its journal."""

    def __init__(self, max_in_flight: int, activity: Activity, journal: "Journal | None") -> None:
        super().__init__(activity)
        self.journal = journal
        self.workers: Workers[Delivered] = Workers(max_in_flight, on_failure=self.halt)

    def drain(self) -> None:
        """Wait until nothing is under way."""
        self.workers.drain()

    def close(self) -> None:
        """Wait for what is under way, and let go of the journal."""
        rest = self.workers.close()
        if self.journal:
            with closing(self.journal):
                write_down_the_rest(self.journal, rest)
