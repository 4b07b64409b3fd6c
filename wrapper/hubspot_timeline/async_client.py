"""AsyncTimelineClient: the asynchronous driver, in the same words with await."""

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    Callable,
    Coroutine,
    Iterable,
)
from contextlib import aclosing
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from hubspot_timeline.base_client import BaseClient, refuse_coroutine_functions, require_iterable_of_events
from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.engine import Delivered
from hubspot_timeline.delivery.outcomes import EventLike, Outcome, Report
from hubspot_timeline.delivery.progress import Activity, Progress, Tally
from hubspot_timeline.delivery.single_request import Call
from hubspot_timeline.errors import JournalError, OptionError, StoppedError
from hubspot_timeline.execution.asynchronous import AsyncCourier, AsyncRun, AsyncSingleRun
from hubspot_timeline.execution.reader import EventReader, read_chunks_async
from hubspot_timeline.execution.run import ErrorCount, halt, write_down_the_rest
from hubspot_timeline.http.transport import AsyncTransport
from hubspot_timeline.queue.asynchronous import AsyncTimelineQueue
from hubspot_timeline.queue.options import OnFull, QueueOptions
from hubspot_timeline.resources.asynchronous import AsyncEvents, AsyncTemplates
from hubspot_timeline.templates.validation import TemplateRules, Validate
from hubspot_timeline_api import AuthenticatedClient

if TYPE_CHECKING:
    from hubspot_timeline.journal.store import Journal

T = TypeVar("T")


class AsyncTimelineClient(BaseClient):
    """Sends timeline events in batches and accounts for every single one; its calls are awaited.

    Use it as an asynchronous context manager, or close it, in one event loop. The options are those of BaseClient.
    """

    def _open(self) -> None:
        self._transport = AsyncTransport(self._connection, self._rate_limiter.update)
        self._courier = AsyncCourier(
            self._transport, self._rate_limiter, self._retry, self._runtime.chance, self._runtime.sleep
        )

    @property
    def api(self) -> AuthenticatedClient:
        """The generated client, for use with the functions of `hubspot_timeline_api`; its errors are ours too."""
        return self._transport.api

    @property
    def templates(self) -> AsyncTemplates:
        """The templates of the app, `app_id`."""
        return AsyncTemplates(self._make, self._app_id)

    @property
    def events(self) -> AsyncEvents:
        """Single events: to create one, and to read one back."""
        return AsyncEvents(self._make)

    async def send(
        self,
        events: Iterable[EventLike] | AsyncIterable[EventLike],
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
        `on_progress` with a picture of the run; none may block. `max_failures` bounds how many outcomes other than Created the report holds (None: all).
        `journal` names a file that keeps what became of each event: a run that ended early, however it did, goes on
        where it was when the same events are sent with the same journal. Raises JournalError for one that is another
        run's.
        `validate` rejects, before sending, events that do not fit their template: by the given templates, or, for
        "templates", by those of the app, which are fetched once before an event is read. Raises what
        `templates.list()` raises, and OptionError for what is no template.
        """
        refuse_coroutine_functions(on_outcome=on_outcome, on_failure=on_failure, on_progress=on_progress)
        tally = Tally(Report(max_failures=max_failures), on_outcome, on_progress, self._connection.clock, on_failure)
        async with aclosing(self._deliveries(events, tally.activity, journal, validate)) as deliveries:
            async for delivered in deliveries:
                tally.add(delivered)
        return tally.report

    async def stream(
        self,
        events: Iterable[EventLike] | AsyncIterable[EventLike],
        *,
        journal: str | Path | None = None,
        validate: Validate | None = None,
    ) -> AsyncGenerator[Outcome]:
        """Yield the outcome of each event as it becomes known, in no promised order.

        Lazy: events are taken from the iterable so many at a time as fill a batch, only when a request can be made of
        them. To stop early, close the iterator (contextlib.aclosing): what is under way is finished and nothing more
        is sent.
        `journal` and `validate` are those of `send`.
        """
        async with aclosing(self._deliveries(events, Activity(), journal, validate)) as deliveries:
            async for delivered in deliveries:
                for outcome in delivered.outcomes:
                    yield outcome

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
    ) -> AsyncTimelineQueue:
        """Return a queue that sends in the background what is put into it; its options are those of QueueOptions.

        Batches are cut by the limits of the client, or when an event has waited for `flush_interval` seconds.
        `validate` rejects events that do not fit their template; pass `await timeline.templates.list()` for those of
        the app.
        """
        refuse_coroutine_functions(on_outcome=on_outcome, on_drop=on_drop)
        if validate == "templates":
            raise OptionError("a queue cannot wait for the templates; pass validate=await timeline.templates.list()")
        queue = AsyncTimelineQueue(
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
            rules=None if validate is None else TemplateRules.of(validate),
            on_closed=self._runs.discard,
            clock=self._connection.clock,
        )
        self._runs.add(queue)
        if self._closed:
            queue.halt(StoppedError("the client is closed"))
        return queue

    async def close(self) -> None:
        """Finish the requests under way, send nothing more, close the connections."""
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

    async def _make(self, call: Call[T]) -> T:
        run = AsyncSingleRun()
        self._runs.add(run)
        if self._closed:
            run.halt(StoppedError("the client is closed"))
        try:
            return await self._courier.call(call, run)
        finally:
            run.end()
            self._runs.discard(run)

    async def _rules_of(self, validate: Validate) -> TemplateRules:
        return TemplateRules.of(await self.templates.list() if validate == "templates" else validate)

    async def _deliveries(
        self,
        events: Iterable[EventLike] | AsyncIterable[EventLike],
        activity: Activity,
        journal: str | Path | None,
        validate: Validate | None,
    ) -> AsyncGenerator[Delivered]:
        require_iterable_of_events(events, is_async=True)
        rules = None if validate is None else await self._rules_of(validate)
        run = _Call(self._max_in_flight, activity, self._open_journal(journal))
        self._runs.add(run)
        if self._closed:
            run.halt(StoppedError("the client is closed"))
        try:
            errors = ErrorCount(self._error_limit)
            async for delivered in self._drive(events, run, rules):
                if too_many := errors.passed(delivered):
                    run.halt(too_many)
                await self._write_down(delivered, run)
                yield delivered
        finally:
            run.halt(StoppedError("the caller took no more outcomes"))
            try:
                await run.close()
            finally:  # a second cancellation may come while the first is drained
                self._runs.discard(run)

    async def _drive(
        self, events: Iterable[EventLike] | AsyncIterable[EventLike], run: "_Call", rules: TemplateRules | None
    ) -> AsyncGenerator[Delivered]:
        reader = EventReader(self._batch_limits, run.journal, rules)
        failure = None
        try:
            async for chunk in read_chunks_async(events, reader):
                for taken in reader.batches(chunk):
                    run.activity.read = reader.count
                    if isinstance(taken, Delivered):
                        yield taken
                        continue
                    await self._begin(taken, run)
                    for delivered in await run.ended(block=run.is_full):
                        yield delivered
            if not run.stopped:  # else the input may have been cut short
                reader.check_length()
        except Exception as error:  # noqa: BLE001 - the iterable's own; raised below, once all is accounted for
            failure = error
            run.halt(error)
        for batch in reader.last_batches():
            await self._begin(batch, run)
        while run.under_way:
            for delivered in await run.ended(block=True):
                yield delivered
        if failure is not None:
            raise failure

    async def _begin(self, batch: Batch, run: "_Call") -> None:
        try:
            if run.journal and not run.stopped:
                await asyncio.to_thread(run.journal.begin, batch)
        except JournalError as error:  # what is not written down is not sent
            halt(run, error)
        run.begin(self._courier.deliver(batch, run))

    async def _write_down(self, delivered: Delivered, run: "_Call") -> None:
        try:
            if run.journal and not delivered.is_resumed:
                await asyncio.to_thread(run.journal.end, delivered.outcomes)
        except JournalError as error:  # the outcomes are known all the same
            halt(run, error)


class _Call(AsyncRun):
    """One call of send or stream: the deliveries under way, its journal."""

    def __init__(self, max_in_flight: int, activity: Activity, journal: "Journal | None") -> None:
        super().__init__(activity)
        self.journal = journal
        self.under_way: set[asyncio.Task[Delivered]] = set()
        self._done: list[asyncio.Task[Delivered]] = []  # of those under way
        self._first: asyncio.Future[None] | None = None  # for the next that is done
        self._max_in_flight = max_in_flight

    @property
    def is_full(self) -> bool:
        return len(self.under_way) >= self._max_in_flight

    def begin(self, delivery: Coroutine[Any, Any, Delivered]) -> None:
        task = asyncio.create_task(delivery)
        self.under_way.add(task)
        task.add_done_callback(self._take_note)

    async def ended(self, *, block: bool) -> list[Delivered]:
        """Return the deliveries that have ended; with `block`, wait for one if there is none."""
        if block and not self._done:
            self._first = asyncio.get_running_loop().create_future()
            await self._first
        done, self._done = self._done, []
        self.under_way.difference_update(done)
        return [task.result() for task in done]

    def _take_note(self, task: asyncio.Task[Delivered]) -> None:
        self._done.append(task)
        if self._first and not self._first.done():
            self._first.set_result(None)

    async def drain(self) -> None:
        """Wait until nothing is under way."""
        if self.under_way:  # not gathered: whoever cancels this wait must not cancel the deliveries of others
            await asyncio.wait(self.under_way)

    async def close(self) -> None:
        """Wait for what is under way, and let go of the journal."""
        try:
            await self.drain()
        finally:
            if self.journal:
                write_down_the_rest(self.journal, (task.result() for task in self.under_way if task.done()))
                self.journal.close()
