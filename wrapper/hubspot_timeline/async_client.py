"""AsyncTimelineClient: the asynchronous driver, in the same words with await."""

import asyncio
import logging
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Coroutine,
    Iterable,
)
from contextlib import aclosing, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar

from hubspot_timeline.base import BaseClient, ErrorCount, refuse_what_is_no_iterable_of_events, stopped
from hubspot_timeline.batching import Batch
from hubspot_timeline.delivery import Delivered, Halt, Reply, Send, Step, Wait, deliver, undelivered
from hubspot_timeline.errors import JournalError, RateStoreError, RefreshError, StoppedError, TimelineError
from hubspot_timeline.intake import Intake
from hubspot_timeline.outcomes import EventLike, Outcome, Report
from hubspot_timeline.progress import Activity, Progress, Tally
from hubspot_timeline.transport import AsyncTransport
from hubspot_timeline_api import AuthenticatedClient

if TYPE_CHECKING:
    from hubspot_timeline.journal import Journal

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class AsyncTimelineClient(BaseClient):
    """Sends timeline events in batches and accounts for every single one; its calls are awaited.

    Use it as an asynchronous context manager, or close it, in one event loop. The options are those of BaseClient.
    """

    def _open(self) -> None:
        self._transport = AsyncTransport(self._connection, self._pace.learn)

    @property
    def api(self) -> AuthenticatedClient:
        """The generated client, for use with the functions of `hubspot_timeline_api`; its errors are ours too."""
        return self._transport.api

    async def send(
        self,
        events: Iterable[EventLike] | AsyncIterable[EventLike],
        *,
        on_outcome: Callable[[Outcome], object] | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        keep_failures: int | None = None,
        journal: str | Path | None = None,
    ) -> Report:
        """Send all events and return the sum of what became of them. Raises nothing over a single event.

        `on_outcome` is called with each outcome as it becomes known, `on_progress` with a picture of the run; both
        must not block. `keep_failures` bounds how many outcomes other than Created the report holds (None: all).
        `journal` names a file that keeps what became of each event: a run that ended early, however it did, goes on
        where it was when the same events are sent with the same journal. Raises JournalError for one that is another
        run's.
        """
        tally = Tally(Report(keep=keep_failures), on_outcome, on_progress)
        async with aclosing(self._deliveries(events, tally.activity, journal)) as deliveries:
            async for delivered in deliveries:
                tally.add(delivered)
        return tally.report

    async def stream(
        self, events: Iterable[EventLike] | AsyncIterable[EventLike], *, journal: str | Path | None = None
    ) -> AsyncGenerator[Outcome]:
        """Yield the outcome of each event as it becomes known, in no promised order.

        Lazy: an event is taken from the iterable only when a request can be made of it. To stop early, close the
        iterator (contextlib.aclosing): what is under way is finished and nothing more is sent.
        `journal` is that of `send`.
        """
        async with aclosing(self._deliveries(events, Activity(), journal)) as deliveries:
            async for delivered in deliveries:
                for outcome in delivered.outcomes:
                    yield outcome

    async def close(self) -> None:
        """Finish the requests under way, send nothing more, close the connections."""
        self._closed = True
        self.stop("the client was closed")
        for run in list(self._runs):
            await run.drain()
        await self._transport.close()
        self._pace.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _deliveries(
        self, events: Iterable[EventLike] | AsyncIterable[EventLike], activity: Activity, journal: str | Path | None
    ) -> AsyncGenerator[Delivered]:
        refuse_what_is_no_iterable_of_events(events)
        run = _Run(self._in_flight, activity, self._open_journal(journal))
        self._runs.add(run)
        if self._closed:
            run.halt(StoppedError("the client is closed"))
        try:
            errors = ErrorCount(self._errors)
            async for delivered in self._drive(events, run):
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
        self, events: Iterable[EventLike] | AsyncIterable[EventLike], run: "_Run"
    ) -> AsyncGenerator[Delivered]:
        intake = Intake(self._limits, run.journal)
        failure = None
        try:
            async for event in _each(events):
                taken = intake.take(event)
                run.activity.read = intake.read
                if isinstance(taken, Delivered):
                    yield taken
                elif taken:
                    await self._begin(taken, run)
                    for delivered in await run.ended(block=run.is_full):
                        yield delivered
            intake.ended(early=run.stopped is not None)
        except Exception as error:  # noqa: BLE001 - the iterable's own; raised below, once all is accounted for
            failure = error
            run.halt(error)
        if rest := intake.rest():
            await self._begin(rest, run)
        while run.under_way:
            for delivered in await run.ended(block=True):
                yield delivered
        if failure is not None:
            raise failure

    async def _begin(self, batch: Batch, run: "_Run") -> None:
        try:
            if run.journal and not run.stopped:
                await asyncio.to_thread(run.journal.begin, batch)
        except JournalError as error:  # what is not written down is not sent
            self._halt(run, error)
        run.begin(self._deliver(batch, run))

    async def _write_down(self, delivered: Delivered, run: "_Run") -> None:
        try:
            if run.journal and not delivered.is_recalled:
                await asyncio.to_thread(run.journal.end, delivered.outcomes)
        except JournalError as error:  # the outcomes are known all the same
            self._halt(run, error)

    async def _deliver(self, batch: Batch, run: "_Run") -> Delivered:
        try:
            return await self._steps(batch, run)
        except Exception as error:  # noqa: BLE001 - a transport of the user's, a log handler: no event may be lost to it
            return undelivered(batch, error)

    async def _steps(self, batch: Batch, run: "_Run") -> Delivered:
        steps = deliver(batch, self._retry, self._chance)
        reply: Reply = None
        while True:
            try:
                step = steps.send(reply)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return] # StopIteration does not say what it carries
            reply = await self._take(step, run)

    async def _take(self, step: Step, run: "_Run") -> Reply:
        match step:
            case Send(items):
                return await self._send(items, run)
            case Wait(seconds, error):
                log.info("Waiting %.1f s: %s", seconds, error)
                await self._pause(seconds, run)
            case Halt(error):
                self._halt(run, error)
        return None

    async def _send(self, batch: Batch, run: "_Run") -> Reply:
        try:
            if not run.stopped:  # a permit would grow old while a token is fetched
                await self._transport.prepare()
            while not run.stopped and (seconds := await self._in_pace(self._pace.ask)):
                await self._pause(seconds, run)
            return run.stopped or await self._transport.send(batch)
        except (RefreshError, RateStoreError) as error:  # nothing was sent, and nothing can be
            self._halt(run, error)
            return run.stopped
        except TimelineError as error:
            await self._in_pace(self._hold_if_limited, error)
            return error

    async def _in_pace(self, function: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        """Call what asks the store of the rate limit, in a thread if it may take its time."""
        if self._pace.is_local:
            return function(*args, **options)
        return await asyncio.to_thread(function, *args, **options)

    async def _pause(self, seconds: float, run: "_Run") -> None:
        run.activity.wait(seconds)
        await (self._sleep or run.wait)(seconds)


class _Run:
    """One call of send or stream: the deliveries under way, and why it has stopped."""

    def __init__(self, in_flight: int, activity: Activity, journal: "Journal | None") -> None:
        self.journal = journal
        self.activity = activity
        self.under_way: set[asyncio.Task[Delivered]] = set()
        self.stopped: StoppedError | None = None
        self._stop = asyncio.Event()
        self._in_flight = in_flight

    @property
    def is_full(self) -> bool:
        return len(self.under_way) >= self._in_flight

    def begin(self, delivery: Coroutine[Any, Any, Delivered]) -> None:
        self.under_way.add(asyncio.create_task(delivery))

    async def ended(self, *, block: bool) -> list[Delivered]:
        """Return the deliveries that have ended; with `block`, wait for one if there is none."""
        timeout = None if block else 0
        done, self.under_way = await asyncio.wait(self.under_way, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        return [task.result() for task in done]

    async def wait(self, seconds: float) -> None:
        """Let seconds pass, or fewer if the run stops."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)

    async def drain(self) -> None:
        """Wait until nothing is under way."""
        await asyncio.gather(*self.under_way, return_exceptions=True)

    async def close(self) -> None:
        """Wait for what is under way."""
        try:
            await self.drain()
        finally:
            if self.journal:
                self.journal.close()

    def halt(self, reason: BaseException) -> None:
        """Let no further request begin. The first reason stays."""
        self.stopped = self.stopped or stopped(reason)
        self._stop.set()


async def _each(events: Iterable[EventLike] | AsyncIterable[EventLike]) -> AsyncIterator[EventLike]:
    if isinstance(events, AsyncIterable):
        async for event in events:
            yield event
    else:
        for event in events:
            yield event
