"""AsyncAccountPool: sends the events of many accounts in one event loop; its calls are awaited."""

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable
from contextlib import aclosing
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from hubspot_timeline.accounts.assignment import AccountOf
from hubspot_timeline.accounts.base_pool import BaseAccountPool
from hubspot_timeline.accounts.report import PoolReport, PoolReportBuilder
from hubspot_timeline.accounts.run import PoolRun
from hubspot_timeline.base_client import refuse_coroutine_functions, require_iterable_of_events
from hubspot_timeline.delivery.outcomes import EventLike, Outcome
from hubspot_timeline.delivery.progress import Progress, RunCounters
from hubspot_timeline.delivery.steps import DeliveryResult
from hubspot_timeline.execution.reader import read_chunks_async
from hubspot_timeline.templates.validation import Validate

R = TypeVar("R")


class AsyncAccountPool(BaseAccountPool):
    """Sends the events of many accounts at once; its calls are awaited.

    Use it as an asynchronous context manager, or close it, in one event loop. The options are those of BaseAccountPool.
    """

    async def send(
        self,
        events: Iterable[R] | AsyncIterable[R],
        *,
        account: AccountOf,
        make: Callable[[R], EventLike] | None = None,
        on_outcome: Callable[[Outcome], object] | None = None,
        on_failure: Callable[[Outcome], object] | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        max_failures: int | None = None,
        journal: str | Path | None = None,
        validate: Validate | None = None,
    ) -> PoolReport:
        """Send all events, each to its account, and return the report of the run. Raises nothing for a single event.

        `account` is the field of each element of `events` that holds its account, or a function that returns it for an
        element. What stops an account, such as a refused access token, leaves its other events Unsent, and no others.
        The other arguments are those of AsyncTimelineClient.send; `validate` is a list of templates.
        """
        refuse_coroutine_functions(on_outcome=on_outcome, on_failure=on_failure, on_progress=on_progress)
        builder = PoolReportBuilder(max_failures, on_outcome, on_progress, self._connection.clock, on_failure)
        async with aclosing(
            self._results(events, builder, partial(self._new_run, account, make, journal, validate))
        ) as results:
            async for _ in results:
                pass
        return builder.report

    async def stream(
        self,
        events: Iterable[R] | AsyncIterable[R],
        *,
        account: AccountOf,
        make: Callable[[R], EventLike] | None = None,
        journal: str | Path | None = None,
        validate: Validate | None = None,
    ) -> AsyncGenerator[Outcome]:
        """Yield the outcome of each event as it becomes known, in any order; its `account` says where it was sent.

        The arguments are those of `send`. To stop early, close the iterator (contextlib.aclosing).
        """
        builder = PoolReportBuilder(0, clock=self._connection.clock)
        async with aclosing(
            self._results(events, builder, partial(self._new_run, account, make, journal, validate))
        ) as results:
            async for result in results:
                for outcome in result.outcomes:
                    yield outcome

    async def close(self) -> None:
        """Finish the requests under way, send nothing more, and close the connections."""
        self._closed = True
        self.stop("the pool was closed")
        for run in list(self._runs):
            await run.drain()
        for transport in self._transports:
            await transport.close()
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

    async def _results(
        self,
        events: Iterable[object] | AsyncIterable[object],
        builder: PoolReportBuilder,
        open_run: Callable[[RunCounters], PoolRun],
    ) -> AsyncGenerator[DeliveryResult]:
        last_stop = self._last_stop
        require_iterable_of_events(events, is_async=True)
        run = open_run(builder.counters)
        self._register(run, last_stop)
        try:
            with builder.running(self._notifier):
                async with aclosing(run.results(read_chunks_async(events, run.reader))) as results:
                    async for result in results:
                        builder.add(result)
                        yield result
        finally:
            self._runs.discard(run)
