"""The background queue for coroutines: tasks put one event at a time, others send them in batches."""

import asyncio
from collections.abc import Sequence
from contextlib import closing, suppress
from types import TracebackType
from typing import Any, Self, TypeVar

from hubspot_timeline.delivery.outcomes import EventLike, Outcome
from hubspot_timeline.delivery.progress import RunCounters
from hubspot_timeline.execution.async_executor import AsyncRun
from hubspot_timeline.queue.actions import Change, QueueActions, Steps

T = TypeVar("T")


class _Notifications:
    """Lets tasks wait for the next notification; there is nothing to lock, since all is in one event loop."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        pass

    def notify_all(self) -> None:
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    async def wait(self, seconds: float | None) -> None:
        notified = asyncio.get_running_loop().create_future()
        self._waiting.add(notified)
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(notified, seconds)
        finally:
            self._waiting.discard(notified)


class AsyncTimelineQueue(QueueActions[_Notifications, AsyncRun]):
    """Takes events one at a time, in one event loop, and sends them in batches in the background.

    Made by `AsyncTimelineClient.queue()`; it is to coroutines what TimelineQueue is to threads, but for the end of the
    program, when no loop is left to send with: leave its `async with`, or await `close()`.
    """

    async def put(self, event: EventLike, *, timeout: float | None = None) -> None:
        """Take an event, as it is now; the same as `TimelineQueue.put` with await."""
        await self._drive(self._put(event, timeout))

    async def flush(self, timeout: float | None = None) -> bool:
        """Send what waits, and return whether all that was put until now has its outcome within `timeout` seconds."""
        return await self._drive(self._flush(timeout))

    async def close(self, timeout: float | None = None) -> Sequence[Outcome]:
        """Take no more events, send what waits, and return the outcomes of those that are left after `timeout` seconds.

        Of these, what waited is Unsent and what was in flight Unconfirmed; `on_outcome` is called with them too.
        """
        return await self._drive(self._close(timeout))

    async def drain(self) -> None:
        """Wait until every event has its outcome."""
        await self._drive(self._drain())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.abort(error)
        await self.close()

    def _new_condition(self) -> _Notifications:
        return _Notifications()

    def _new_run(self, activity: RunCounters) -> AsyncRun:
        return AsyncRun(activity)

    def _spawn_worker(self) -> None:
        task = asyncio.create_task(self._drive(self._work()), name="hubspot-timeline-queue")
        self._workers.add(task)
        task.add_done_callback(self._replace_worker)

    def _replace_worker(self, task: asyncio.Task[Any]) -> None:
        self._workers.discard(task)
        if not task.get_loop().is_closed():  # a task that was cancelled leaves its work to another
            self._start_worker()

    async def _drive(self, steps: Steps[T]) -> T:
        with closing(steps):
            reply: object = None
            while True:
                try:
                    step = steps.send(reply)
                except StopIteration as end:
                    return end.value  # type: ignore[no-any-return] # StopIteration is not generic
                if isinstance(step, Change):
                    reply = await self._condition.wait(step.seconds)  # type: ignore[func-returns-value]
                else:
                    reply = await self._deliver(step.batch, self._run)
