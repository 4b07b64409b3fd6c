"""One call of a client with coroutines: `send` or `stream`, with its deliveries under way; or a single request."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from typing import Any

from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.progress import RunCounters
from hubspot_timeline.delivery.steps import DeliveryResult
from hubspot_timeline.errors import StoppedError
from hubspot_timeline.execution.async_executor import AsyncExecutor, AsyncRun
from hubspot_timeline.execution.reader import EventReader, Prepared
from hubspot_timeline.execution.run import ErrorCounter, RunJournal, abort


class AsyncSendRun(AsyncRun):
    """One call of send or stream: reads events, and keeps up to `max_in_flight` deliveries under way in tasks."""

    def __init__(
        self,
        executor: AsyncExecutor,
        reader: EventReader,
        errors: ErrorCounter,
        max_in_flight: int,
        counters: RunCounters,
    ) -> None:
        super().__init__(counters)
        self._executor = executor
        self._reader = reader
        self._errors = errors
        self._journal = RunJournal(self, reader.journal, executor.options.apis)
        self._max_in_flight = max_in_flight
        self._in_flight: set[asyncio.Task[DeliveryResult]] = set()
        self._finished: deque[asyncio.Task[DeliveryResult]] = deque()
        self._any_finished = asyncio.Event()

    async def results(self, chunks: AsyncIterator[list[Prepared]]) -> AsyncGenerator[DeliveryResult]:
        """Yield the result of each delivery of the events that were read. Closing the iterator stops the run."""
        try:
            async for result in self._deliveries(chunks):
                self._count_errors(result)
                if self._reader.journal and (failure := await asyncio.to_thread(self._journal.end, result)):
                    abort(self, failure)
                yield result
        finally:
            self.abort(StoppedError("the caller took no more outcomes"))
            try:
                await self.drain()
            finally:  # a second cancellation may arrive while the first is drained
                self._journal.close(task.result() for task in self._finished if not task.cancelled())

    async def drain(self) -> None:
        """Wait until no delivery is under way."""
        if self._in_flight:  # not gathered: a cancelled wait must not cancel the deliveries of others
            await asyncio.wait(self._in_flight)

    async def record_sent(self, items: Batch) -> None:
        """Record that events are about to be sent through another API."""
        if self._reader.journal and (failure := await asyncio.to_thread(self._journal.begin, items)):
            abort(self, failure)

    async def _deliveries(self, chunks: AsyncIterator[list[Prepared]]) -> AsyncGenerator[DeliveryResult]:
        source_error = None
        try:
            async for chunk in chunks:
                self.counters.read = self._reader.count
                async for result in self._send(chunk):
                    yield result
            if not self.stopped:  # else the input may have been cut short
                self._reader.check_length()
        except Exception as error:  # noqa: BLE001 - of the iterable; raised below, once every event has its outcome
            source_error = error
            self.abort(error)
        for batch in self._reader.last_batches():
            await self._start(batch)
        while self._in_flight or self._finished:
            for result in await self._collect(block=True):
                yield result
        if source_error is not None:
            raise source_error

    async def _send(self, chunk: list[Prepared]) -> AsyncGenerator[DeliveryResult]:
        """Start the deliveries of the batches that a chunk completes; yield results until more events may be read."""
        for prepared in self._reader.batches(chunk):
            if isinstance(prepared, DeliveryResult):
                yield prepared
                continue
            await self._start(prepared)
            for result in await self._collect(block=self._must_wait()):
                yield result
        for result in await self._collect(block=False):
            yield result
        while self._must_wait():
            for result in await self._collect(block=True):
                yield result

    def _count_errors(self, result: DeliveryResult) -> None:
        if error := self._errors.add(result):
            self.abort(error)

    def _must_wait(self) -> bool:
        """Return whether a delivery must finish before more events are read."""
        return len(self._in_flight) >= self._max_in_flight

    async def _start(self, batch: Batch) -> None:
        await self.record_sent(batch)
        self._create_task(self._executor.deliver(batch, self))

    def _create_task(self, delivery: Coroutine[Any, Any, DeliveryResult]) -> None:
        task = asyncio.create_task(delivery)
        self._in_flight.add(task)
        task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[DeliveryResult]) -> None:
        self._in_flight.discard(task)
        self._finished.append(task)
        self._any_finished.set()

    async def _collect(self, *, block: bool) -> list[DeliveryResult]:
        """Return the results of finished deliveries; with `block`, wait for one if there is none."""
        if block and not self._finished:
            self._any_finished.clear()
            await self._any_finished.wait()
        finished = [self._finished.popleft() for _ in range(len(self._finished))]
        return [task.result() for task in finished]


class AsyncSingleRun(AsyncRun):
    """One call that sends a single request."""

    def __init__(self) -> None:
        super().__init__()
        self._finished = asyncio.Event()

    def finish(self) -> None:
        """Record that the call has ended."""
        self._finished.set()

    async def drain(self) -> None:
        """Wait until the call has ended."""
        await self._finished.wait()
