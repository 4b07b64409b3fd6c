"""AccountPool: sends the events of many accounts; its calls block."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self, TypeVar

from msgspec import Struct

from hubspot_timeline.accounts.assignment import AccountOf
from hubspot_timeline.accounts.base_pool import BaseAccountPool
from hubspot_timeline.accounts.calling_thread import LoopThread
from hubspot_timeline.accounts.report import PoolReport, PoolReportBuilder
from hubspot_timeline.accounts.run import PoolRun
from hubspot_timeline.base_client import require_iterable_of_events
from hubspot_timeline.delivery.outcomes import EventLike, Outcome
from hubspot_timeline.delivery.progress import Progress, RunCounters
from hubspot_timeline.delivery.steps import DeliveryResult
from hubspot_timeline.execution.reader import read_chunks
from hubspot_timeline.templates.validation import Validate

R = TypeVar("R")


class AccountPool(BaseAccountPool):
    """Sends the events of many accounts at once; its calls block.

    Use it as a context manager, or close it. Several threads may share one. The options are those of BaseAccountPool.
    """

    def send(
        self,
        events: Iterable[R],
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
        Events are read, and callbacks are called, in this thread. The other arguments are those of TimelineClient.send;
        `validate` is a list of templates.
        """
        builder = PoolReportBuilder(max_failures, on_outcome, on_progress, self._connection.clock, on_failure)
        open_run = partial(self._new_run, account, make, journal, validate)
        for _ in self._results(events, builder, open_run):
            pass
        return builder.report

    def stream(
        self,
        events: Iterable[R],
        *,
        account: AccountOf,
        make: Callable[[R], EventLike] | None = None,
        journal: str | Path | None = None,
        validate: Validate | None = None,
    ) -> Iterator[Outcome]:
        """Yield the outcome of each event as it becomes known, in any order; its `account` says where it was sent.

        The arguments are those of `send`. To stop early, close the iterator.
        """
        builder = PoolReportBuilder(0, clock=self._connection.clock)
        open_run = partial(self._new_run, account, make, journal, validate)
        for result in self._results(events, builder, open_run):
            yield from result.outcomes

    def close(self) -> None:
        """Finish the requests under way, send nothing more, and close the connections."""
        self._closed = True
        self.stop("the pool was closed")
        for run in list(self._runs):
            run.drain()
        with self._lock:
            for transport in self._transports:
                self._running_loop().run(transport.close())
        self._end_loop()
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

    def _open(self) -> None:
        """Open the connections. The event loop starts with the first call, since a forked child has none."""
        super()._open()
        self._runs.clear()
        self._loop: LoopThread | None = None
        self._lock = RLock()  # a signal handler may close the pool while its own thread is inside

    def _running_loop(self) -> LoopThread:
        self._loop = self._loop or LoopThread()
        return self._loop

    def _end_loop(self) -> None:
        """End the event loop of a closed pool, once no call needs it: each event has an outcome first."""
        with self._lock:
            if self._closed and self._loop and not self._runs:
                self._loop.close()
                self._loop = None

    def _results(
        self,
        events: Iterable[object],
        builder: PoolReportBuilder,
        open_run: Callable[[RunCounters], PoolRun],
    ) -> Iterator[DeliveryResult]:
        last_stop = self._last_stop
        require_iterable_of_events(events, is_async=False)
        run = open_run(builder.counters)
        with self._lock:
            handle = _RunInLoop(run, self._running_loop())
            self._register(handle, last_stop)
        try:
            with (
                builder.running(self._notifier),
                closing(handle.loop.iterate(run.results, read_chunks(events, run.reader), run.fits_more)) as results,
            ):
                for result in results:
                    builder.add(result)
                    yield result
        finally:
            self._runs.discard(handle)
            self._end_loop()


class _RunInLoop(Struct, frozen=True, eq=False):
    """A run that other threads stop."""

    run: PoolRun
    loop: LoopThread

    def abort(self, reason: BaseException) -> None:
        """Let no further request begin."""
        self.loop.call_soon(self.run.abort, reason)

    def drain(self) -> None:
        """Wait until no delivery is under way."""
        self.loop.run(self.run.drain())
