"""Deliveries with coroutines: what `delivery` decides, with await."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Generator
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar

from attrs import frozen

from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.engine import Delivered, Halt, Reply, Send, Step, Wait, deliver, undelivered
from hubspot_timeline.delivery.progress import Activity
from hubspot_timeline.delivery.retry import RetryPolicy
from hubspot_timeline.delivery.single_request import SendSingle, SingleRequest, deliver_single
from hubspot_timeline.errors import RateLimitStoreError, StoppedError, TimelineError, TokenRefreshError
from hubspot_timeline.execution.run import halt, pause_if_limited, stopped
from hubspot_timeline.http.transport import AsyncTransport
from hubspot_timeline.rate_limit import RateLimiter

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class AsyncRun:
    """What deliveries have in common that stop together, in one event loop."""

    def __init__(self, activity: Activity | None = None) -> None:
        self.activity = activity or Activity()
        self.stopped: StoppedError | None = None
        self._stop = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Let seconds pass, or fewer if the run stops."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)

    def halt(self, reason: BaseException) -> None:
        """Let no further request begin. The first reason stays."""
        self.stopped = self.stopped or stopped(reason)
        self._stop.set()


class AsyncSingleRun(AsyncRun):
    """What a single call can be stopped by."""

    def __init__(self) -> None:
        super().__init__()
        self._done = asyncio.Event()

    def end(self) -> None:
        """Take note that the call has ended."""
        self._done.set()

    async def drain(self) -> None:
        """Wait until the call has ended."""
        await self._done.wait()


@frozen
class AsyncCourier:
    """Delivers batches and makes calls; several tasks may share one. `sleep` replaces the waits of a run."""

    transport: AsyncTransport
    rate_limiter: RateLimiter
    retry: RetryPolicy
    chance: Callable[[], float]
    sleep: Callable[[float], Awaitable[object]] | None

    async def deliver(self, batch: Batch, run: AsyncRun) -> Delivered:
        """Deliver a batch. Raises nothing."""
        try:
            return await self._drive(deliver(batch, self.retry, self.chance), run)
        except Exception as error:  # noqa: BLE001 - a transport of the user's, a log handler: no event may be lost to it
            return undelivered(batch, error)

    async def call(self, request: SingleRequest[T], run: AsyncRun) -> T:
        """Make a call; the same with await."""
        return await self._drive(deliver_single(request, self.retry, self.chance), run)

    async def _drive(self, steps: Generator[Step | SendSingle, Any, T], run: AsyncRun) -> T:
        reply: Reply | bytes = None
        while True:
            try:
                step = steps.send(reply)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return] # StopIteration does not say what it carries
            reply = await self._take(step, run)

    async def _take(self, step: Step | SendSingle, run: AsyncRun) -> Reply | bytes:
        match step:
            case Send(items):
                return await self._send(lambda: self.transport.send(items), run)
            case SendSingle(request, advice):
                return await self._send(lambda: self.transport.send_single(request, advice), run)
            case Wait(seconds, error):
                log.info("Sending again after %.1f s: %s", seconds, error.brief)
                await self._pause(seconds, run)
            case Halt(error):
                halt(run, error)
        return None

    async def _send(self, send: Callable[[], Awaitable[T]], run: AsyncRun) -> T | TimelineError | None:
        try:
            if not run.stopped:  # a permit would grow old while a token is fetched
                await self.transport.prepare()
            while not run.stopped and (seconds := await self._with_rate_limiter(self.rate_limiter.acquire)):
                await self._pause(seconds, run)
            return run.stopped or await send()
        except (TokenRefreshError, RateLimitStoreError) as error:  # nothing was sent, and nothing can be
            halt(run, error)
            return run.stopped
        except TimelineError as error:
            await self._with_rate_limiter(pause_if_limited, self.rate_limiter, error, self.retry.wait_total)
            return error

    async def _with_rate_limiter(self, function: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        """Call what asks the store of the rate limit, in a thread if it may take its time."""
        if self.rate_limiter.is_local:
            return function(*args, **options)
        return await asyncio.to_thread(function, *args, **options)

    async def _pause(self, seconds: float, run: AsyncRun) -> None:
        run.activity.wait(seconds)
        await (self.sleep or run.wait)(seconds)
