"""TimelineClient: sends events from threads; its calls block."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from hubspot_timeline.base_client import BaseClient, refuse_coroutine_functions, require_iterable_of_events
from hubspot_timeline.delivery.batches import Batcher
from hubspot_timeline.delivery.outcomes import EventLike, Outcome, Report
from hubspot_timeline.delivery.progress import Progress, ReportBuilder
from hubspot_timeline.delivery.single_request import SingleRequest
from hubspot_timeline.delivery.steps import DeliveryResult
from hubspot_timeline.errors import AuthenticationError
from hubspot_timeline.execution.reader import EventReader, Make, Preparation
from hubspot_timeline.execution.run import HOPELESS_BATCHES, ErrorCounter
from hubspot_timeline.execution.sync_executor import Executor
from hubspot_timeline.execution.sync_run import SendRun, SingleRun
from hubspot_timeline.http.transport import Transport
from hubspot_timeline.queue.options import OnFull, QueueOptions
from hubspot_timeline.queue.threaded import TimelineQueue
from hubspot_timeline.resources import Events, EventTypes, Templates
from hubspot_timeline.templates.validation import TemplateRules, Validate
from hubspot_timeline_api import AuthenticatedClient

T = TypeVar("T")
R = TypeVar("R")


class TimelineClient(BaseClient):
    """Sends timeline events in batches and accounts for every single one; its calls block.

    Use it as a context manager, or close it. Several threads may share one. The options are those of BaseClient.
    """

    def _open(self) -> None:
        self._transport = Transport(self._connection, self._rate_limiter)
        self._executor = Executor(self._transport, self._rate_limiter, self._delivery_options, self._runtime.sleep)

    @property
    def api(self) -> AuthenticatedClient:
        """The generated client, for the functions of `hubspot_timeline_api`; it raises the errors of this package."""
        return self._transport.api

    @property
    def templates(self) -> Templates:
        """The templates of the app, `app_id`."""
        return Templates(self._request, self._app_id)

    @property
    def events(self) -> Events:
        """Single events: to create one, and to read one back."""
        self._require_v3()
        return Events(self._request)

    @property
    def event_types(self) -> EventTypes:
        """The event types of app events, which succeed the templates of v3."""
        return EventTypes(self._request, api_version=self._app_events_version)

    def send(
        self,
        events: Iterable[R],
        *,
        make: Callable[[R], EventLike] | None = None,
        on_outcome: Callable[[Outcome], object] | None = None,
        on_failure: Callable[[Outcome], object] | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        max_failures: int | None = None,
        journal: str | Path | None = None,
        validate: Validate | None = None,
    ) -> Report:
        """Send all events, and return the report of the run. Raises nothing for a single event.

        `make` returns the event for each element of `events`, such as a row of a database; one for which it raises is
        Rejected with the error. `Outcome.source` is the element.
        `on_outcome` is called with each outcome as it becomes known, `on_failure` with those other than Created,
        `on_progress` with a snapshot of the run, all in this thread. `max_failures` limits how many outcomes other than
        Created the report holds (None: all). `journal` is the path of a file that records the outcome of each event: an
        interrupted run resumes when the same events are sent with the same journal. Raises JournalError for the journal
        of another run. `validate` rejects events that do not fit their template before they are sent: by the given
        templates, or, for "templates", by those of the app, which are fetched before the first event is read; if v3
        refuses the access token, and events go through app events too, they are not validated. Raises
        what `templates.list()` raises, and OptionError for an object that is not a template. Raises what the iterable
        raises, once every event that was read has its outcome: the error has the report, as its attribute `report` and
        as a note.
        """
        builder = ReportBuilder(
            Report(max_failures=max_failures), on_outcome, on_progress, self._connection.clock, on_failure
        )
        for _ in self._results(events, builder, make, journal, validate):
            pass
        return builder.report

    def stream(
        self,
        events: Iterable[R],
        *,
        make: Callable[[R], EventLike] | None = None,
        journal: str | Path | None = None,
        validate: Validate | None = None,
    ) -> Iterator[Outcome]:
        """Yield the outcome of each event as it becomes known, in any order.

        Events are read in this thread, one batch at a time, only when a request can be made of them. To stop early,
        close the iterator: requests under way are finished, and no other begins. `make`, `journal` and `validate` are
        those of `send`. What the iterable raises is raised after all outcomes, with a note that counts them.
        """
        builder = ReportBuilder(Report(max_failures=0), clock=self._connection.clock)
        for result in self._results(events, builder, make, journal, validate):
            yield from result.outcomes

    def queue(
        self,
        *,
        make: Make | None = None,
        flush_interval: float = 1.0,
        max_size: int = 10_000,
        max_bytes: int = 64_000_000,
        on_full: OnFull = "block",
        on_drop: Callable[[Any], object] | None = None,
        on_outcome: Callable[[Outcome], object] | None = None,
        exit_timeout: float = 10.0,
        validate: Validate | None = None,
    ) -> TimelineQueue:
        """Return a queue that sends events in the background; its other options are those of QueueOptions.

        `make` returns the event for each object that is put, as in `send`; it is an option of the queue because
        `on_outcome`, which gets these objects as `Outcome.source`, is one too.
        A batch is sent when it is full, or when its first event has waited `flush_interval` seconds. `validate` is that
        of `send`.
        """
        refuse_coroutine_functions(make=make)
        rules = None if validate is None else self._rules(validate)
        queue = TimelineQueue(
            lambda batch, run: self._executor.deliver(batch, run),  # noqa: PLW0108 - a forked child has another executor
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
            error_count=ErrorCounter(self._error_limit),
            max_in_flight=self._max_in_flight,
            preparation=Preparation(self._apis.primary, rules, make),
            on_closed=self._runs.discard,
            clock=self._connection.clock,
            notifier=self._notifier,
        )
        self._register(queue, self._last_stop)
        return queue

    def close(self) -> None:
        """Finish the requests under way, send nothing more, and close the connections."""
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

    def _request(self, request: SingleRequest[T]) -> T:
        run = SingleRun()
        self._register(run, self._last_stop)
        try:
            return self._executor.request(request, run)
        finally:
            run.finish()
            self._runs.discard(run)

    def _results(
        self,
        events: Iterable[object],
        builder: ReportBuilder,
        make: Make | None,
        journal: str | Path | None,
        validate: Validate | None,
    ) -> Iterator[DeliveryResult]:
        last_stop = self._last_stop
        require_iterable_of_events(events, is_async=False)
        refuse_coroutine_functions(make=make)
        rules = None if validate is None else self._rules(validate)
        preparation = Preparation(self._apis.primary, rules, make)
        reader = EventReader(Batcher(self._batch_limits), preparation, self._open_journal(journal))
        errors = ErrorCounter(self._error_limit, HOPELESS_BATCHES)
        run = SendRun(self._executor, reader, errors, self._max_in_flight, builder.counters)
        self._register(run, last_stop)
        try:
            with builder.running(self._notifier), closing(run.results(events)) as results:
                for result in results:
                    builder.add(result)
                    yield result
        finally:
            self._runs.discard(run)

    def _rules(self, validate: Validate) -> TemplateRules | None:
        try:
            return TemplateRules.of(self.templates.list() if validate == "templates" else validate)
        except AuthenticationError as error:
            self._go_on_without_templates(error)
            return None
