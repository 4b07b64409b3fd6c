"""The background queue for coroutines: tasks put one event at a time, others send them in batches."""

import asyncio
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from types import TracebackType
from typing import Any, Self

from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.outcomes import Outcome
from hubspot_timeline.delivery.progress import RunCounters
from hubspot_timeline.delivery.steps import DeliveryResult
from hubspot_timeline.execution.async_executor import AsyncRun
from hubspot_timeline.queue.base_queue import BaseQueue


class _Notifications(nullcontext[None]):
    """Lets tasks wait for the next notification; there is nothing to lock, since all is in one event loop."""

    def __init__(self) -> None:
        super().__init__()
        self._next = asyncio.Event()

    def notify_all(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    async def wait_for_notification(self, seconds: float | None) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._next.wait(), seconds)


class AsyncTimelineQueue(BaseQueue):
    """Takes events one at a time, in one event loop, and sends them in batches in the background.

    Made by `AsyncTimelineClient.queue()`. Every event that is put ends in one outcome, with which `on_outcome` is
    called. Use it as an asynchronous context manager, or await `close()`: leaving normally sends what waits, leaving on
    an exception sends nothing more. At the end of the program no event loop is left to send what waits. Once the client
    has stopped, what waits is Unsent, and so is what is put later; `stopped` holds the reason.
    """

    _condition_type = _Notifications

    async def put(self, event: Any, *, timeout: float | None = None) -> None:
        """Take an event, as it is now; with `make`, an object for which it returns the event.

        While the queue is full, wait up to `timeout` seconds for room (None: as long as it takes), or act as `on_full`
        defines. An event that cannot be sent is Rejected and raises nothing. Raises QueueFullError, and StoppedError
        once the queue is closed.
        """
        await self._put(event, timeout)

    async def flush(self, timeout: float | None = None) -> bool:
        """Send what waits, and return whether all that was put until now has its outcome within `timeout` seconds."""
        return await self._flush(timeout)

    async def close(self, timeout: float | None = None) -> Sequence[Outcome]:
        """Take no more events, send what waits, and return the outcomes of those that are left after `timeout` seconds.

        Of these, what waited is Unsent and what was in flight Unconfirmed; `on_outcome` is called with them too.
        Closing again has no effect.
        """
        return await self._close(timeout)

    async def drain(self) -> None:
        """Wait until every event has its outcome."""
        await self.flush()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.abort(error)
        await self.close()

    def _new_run(self, counters: RunCounters) -> AsyncRun:
        return AsyncRun(counters)

    def _spawn_worker(self) -> None:
        task = asyncio.create_task(self._work(), name="hubspot-timeline-queue")
        self._workers.add(task)
        task.add_done_callback(self._replace_worker)

    def _replace_worker(self, task: asyncio.Task[Any]) -> None:
        if not task.get_loop().is_closed():
            self._end_worker(task)

    async def _send(self, batch: Batch) -> DeliveryResult:
        return await self._deliver(batch, self._run)  # type: ignore[no-any-return]
