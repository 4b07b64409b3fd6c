"""One call of a client with coroutines: `send` or `stream`, with its deliveries under way; or a single request."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Iterable

from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.progress import RunCounters
from hubspot_timeline.delivery.steps import DeliveryResult
from hubspot_timeline.errors import StoppedError
from hubspot_timeline.execution.async_executor import AsyncExecutor, AsyncRun
from hubspot_timeline.execution.reader import EventReader, read_chunks_async
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
        self._in_flight: list[asyncio.Task[DeliveryResult]] = []

    async def results(self, events: Iterable[object] | AsyncIterable[object]) -> AsyncGenerator[DeliveryResult]:
        """Yield the result of each delivery as it finishes. Closing the iterator stops the run."""
        try:
            async for result in self._deliveries(events):
                if error := self._errors.add(result):
                    self.abort(error)
                if self._reader.journal and (failure := await asyncio.to_thread(self._journal.end, result)):
                    abort(self, failure)
                yield result
        finally:
            self.abort(StoppedError("the caller took no more outcomes"))
            try:
                await self.drain()
            finally:  # a second cancellation may arrive while the first is drained
                self._journal.close(task.result() for task in self._in_flight if task.done() and not task.cancelled())

    async def drain(self) -> None:
        """Wait until no delivery is under way."""
        if self._in_flight:  # not gathered: a cancelled wait must not cancel the deliveries of others
            await asyncio.wait(self._in_flight)

    async def record_sent(self, items: Batch) -> None:
        """Record that events are about to be sent through another API."""
        if self._reader.journal and (failure := await asyncio.to_thread(self._journal.begin, items)):
            abort(self, failure)

    async def _deliveries(self, events: Iterable[object] | AsyncIterable[object]) -> AsyncGenerator[DeliveryResult]:
        source_error = None
        try:
            async for chunk in read_chunks_async(events, self._reader):
                self.counters.read = self._reader.count
                for prepared in self._reader.batches(chunk):
                    for result in await self._send(prepared):
                        yield result
            if not self.stopped:  # else the input may have been cut short
                self._reader.check_length()
        except Exception as error:  # noqa: BLE001 - of the iterable; raised below, once every event has its outcome
            source_error = error
            self.abort(error)
        for batch in self._reader.last_batches():
            await self._start(batch)
        while self._in_flight:
            for result in await self._collect(block=True):
                yield result
        if source_error is not None:
            raise source_error

    async def _send(self, prepared: Batch | DeliveryResult) -> list[DeliveryResult]:
        """Start the delivery of a batch, if it is one, and return the results that there are."""
        if isinstance(prepared, DeliveryResult):
            return [prepared]
        await self._start(prepared)
        return await self._collect(block=len(self._in_flight) >= self._max_in_flight)

    async def _start(self, batch: Batch) -> None:
        await self.record_sent(batch)
        self._in_flight.append(asyncio.create_task(self._executor.deliver(batch, self)))

    async def _collect(self, *, block: bool) -> list[DeliveryResult]:
        """Return the results of finished deliveries; with `block`, wait for one if there is none."""
        if block and not any(task.done() for task in self._in_flight):
            await asyncio.wait(self._in_flight, return_when=asyncio.FIRST_COMPLETED)
        finished = [task for task in self._in_flight if task.done()]
        self._in_flight = [task for task in self._in_flight if task not in finished]
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
