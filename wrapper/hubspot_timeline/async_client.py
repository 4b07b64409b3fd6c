"""AsyncTimelineClient: sends events in one event loop; its calls are awaited."""

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable
from contextlib import aclosing
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from hubspot_timeline.base_client import BaseClient, refuse_coroutine_functions, require_iterable_of_events
from hubspot_timeline.delivery.batches import Batcher
from hubspot_timeline.delivery.outcomes import EventLike, Outcome, Report
from hubspot_timeline.delivery.progress import Progress, ReportBuilder
from hubspot_timeline.delivery.single_request import SingleRequest
from hubspot_timeline.delivery.steps import DeliveryResult
from hubspot_timeline.errors import AuthenticationError, OptionError
from hubspot_timeline.execution.async_executor import AsyncExecutor
from hubspot_timeline.execution.async_run import AsyncSendRun, AsyncSingleRun
from hubspot_timeline.execution.reader import EventReader, Make, Preparation, read_chunks_async
from hubspot_timeline.execution.run import HOPELESS_BATCHES, ErrorCounter
from hubspot_timeline.http.transport import AsyncTransport
from hubspot_timeline.queue.asynchronous import AsyncTimelineQueue
from hubspot_timeline.queue.options import OnFull, QueueOptions
from hubspot_timeline.resources import AsyncEvents, AsyncEventTypes, AsyncTemplates
from hubspot_timeline.templates.validation import TemplateRules, Validate
from hubspot_timeline_api import AuthenticatedClient

T = TypeVar("T")
R = TypeVar("R")


class AsyncTimelineClient(BaseClient):
    """Sends timeline events in batches and accounts for every single one; its calls are awaited.

    Use it as an asynchronous context manager, or close it, in one event loop. The options are those of BaseClient.
    """

    def _open(self) -> None:
        self._transport = AsyncTransport(self._connection, self._rate_limiter)
        self._executor = AsyncExecutor(self._transport, self._rate_limiter, self._delivery_options, self._runtime.sleep)

    @property
    def api(self) -> AuthenticatedClient:
        """The generated client, for the functions of `hubspot_timeline_api`; it raises the errors of this package."""
        return self._transport.api

    @property
    def templates(self) -> AsyncTemplates:
        """The templates of the app, `app_id`."""
        return AsyncTemplates(self._request, self._app_id)

    @property
    def events(self) -> AsyncEvents:
        """Single events: to create one, and to read one back."""
        self._require_v3()
        return AsyncEvents(self._request)

    @property
    def event_types(self) -> AsyncEventTypes:
        """The event types of app events, which succeed the templates of v3."""
        return AsyncEventTypes(self._request, api_version=self._app_events_version)

    async def send(
        self,
        events: Iterable[R] | AsyncIterable[R],
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
        `on_progress` with a snapshot of the run; all must not block. `max_failures` limits how many outcomes other than
        Created the report holds (None: all). `journal` is the path of a file that records the outcome of each event: an
        interrupted run resumes when the same events are sent with the same journal. Raises JournalError for the journal
        of another run. `validate` rejects events that do not fit their template before they are sent: by the given
        templates, or, for "templates", by those of the app, which are fetched before the first event is read; if v3
        refuses the access token, and events go through app events too, they are not validated. Raises
        what `templates.list()` raises, and OptionError for an object that is not a template. Raises what the iterable
        raises, once every event that was read has its outcome: the error has the report, as its attribute `report` and
        as a note.
        """
        refuse_coroutine_functions(on_outcome=on_outcome, on_failure=on_failure, on_progress=on_progress)
        builder = ReportBuilder(
            Report(max_failures=max_failures), on_outcome, on_progress, self._connection.clock, on_failure
        )
        async with aclosing(self._results(events, builder, make, journal, validate)) as results:
            async for _ in results:
                pass
        return builder.report

    async def stream(
        self,
        events: Iterable[R] | AsyncIterable[R],
        *,
        make: Callable[[R], EventLike] | None = None,
        journal: str | Path | None = None,
        validate: Validate | None = None,
    ) -> AsyncGenerator[Outcome]:
        """Yield the outcome of each event as it becomes known, in any order.

        Events are read one batch at a time, only when a request can be made of them. To stop early, close the iterator
        (contextlib.aclosing): requests under way are finished, and no other begins. `make`, `journal` and `validate`
        are those of `send`. What the iterable raises is raised after all outcomes, with a note that counts them.
        """
        builder = ReportBuilder(Report(max_failures=0), clock=self._connection.clock)
        async with aclosing(self._results(events, builder, make, journal, validate)) as results:
            async for result in results:
                for outcome in result.outcomes:
                    yield outcome

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
    ) -> AsyncTimelineQueue:
        """Return a queue that sends events in the background; its other options are those of QueueOptions.

        `make` returns the event for each object that is put, as in `send`; it is an option of the queue because
        `on_outcome`, which gets these objects as `Outcome.source`, is one too.
        A batch is sent when it is full, or when its first event has waited `flush_interval` seconds. `validate` is that
        of `send`, but for "templates": pass `await timeline.templates.list()`.
        """
        refuse_coroutine_functions(make=make, on_outcome=on_outcome, on_drop=on_drop)
        if validate == "templates":
            raise OptionError("a queue cannot wait for the templates; pass validate=await timeline.templates.list()")
        rules = None if validate is None else TemplateRules.of(validate)
        queue = AsyncTimelineQueue(
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

    async def close(self) -> None:
        """Finish the requests under way, send nothing more, and close the connections."""
        self._closed = True
        self.stop("the client was closed")
        for run in list(self._runs):
            await run.drain()
        await self._transport.close()
        self._rate_limiter.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _request(self, request: SingleRequest[T]) -> T:
        run = AsyncSingleRun()
        self._register(run, self._last_stop)
        try:
            return await self._executor.request(request, run)
        finally:
            run.finish()
            self._runs.discard(run)

    async def _results(
        self,
        events: Iterable[object] | AsyncIterable[object],
        builder: ReportBuilder,
        make: Make | None,
        journal: str | Path | None,
        validate: Validate | None,
    ) -> AsyncGenerator[DeliveryResult]:
        last_stop = self._last_stop
        require_iterable_of_events(events, is_async=True)
        refuse_coroutine_functions(make=make)
        rules = None if validate is None else await self._rules(validate)
        preparation = Preparation(self._apis.primary, rules, make)
        reader = EventReader(Batcher(self._batch_limits), preparation, self._open_journal(journal))
        errors = ErrorCounter(self._error_limit, HOPELESS_BATCHES)
        run = AsyncSendRun(self._executor, reader, errors, self._max_in_flight, builder.counters)
        self._register(run, last_stop)
        try:
            with builder.running(self._notifier):
                async with aclosing(run.results(read_chunks_async(events, reader))) as results:
                    async for result in results:
                        builder.add(result)
                        yield result
        finally:
            self._runs.discard(run)

    async def _rules(self, validate: Validate) -> TemplateRules | None:
        try:
            return TemplateRules.of(await self.templates.list() if validate == "templates" else validate)
        except AuthenticationError as error:
            self._go_on_without_templates(error)
            return None
