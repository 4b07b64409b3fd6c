"""The executor for coroutines: does what a delivery decides, with await."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, nullcontext, suppress
from typing import Any, ParamSpec, TypeVar

from msgspec import Struct

from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.engine import DeliveryOptions, deliver, unexpected_failure
from hubspot_timeline.delivery.progress import RunCounters
from hubspot_timeline.delivery.single_request import SendSingle, SingleRequest, deliver_single
from hubspot_timeline.delivery.steps import NO_CONTEXT, Abort, DeliveryResult, Reply, Send, Step, Switch, Wait
from hubspot_timeline.errors import RateLimitStoreError, StoppedError, TimelineError, TokenRefreshError
from hubspot_timeline.execution.run import abort, log_wait, stopped, switch
from hubspot_timeline.http.transport import AsyncTransport
from hubspot_timeline.rate_limit import RateLimiter
from hubspot_timeline.rate_limit.pause import pause_if_limited

P = ParamSpec("P")
T = TypeVar("T")


class AsyncRun:
    """Deliveries of one event loop that are aborted together."""

    def __init__(self, counters: RunCounters | None = None) -> None:
        self.counters: RunCounters = counters or RunCounters()
        self.stopped: StoppedError | None = None
        self._stop = asyncio.Event()

    @property
    def account(self) -> str | None:
        """The account that requests are sent to, if it is only one of a run."""
        return None

    async def wait(self, seconds: float) -> None:
        """Wait this many seconds, or until the run is aborted."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)

    async def record_sent(self, items: Batch) -> None:
        """Record that events are about to be sent through another API; only a run with a journal does."""

    def abort(self, reason: BaseException) -> None:
        """Let no further request begin. The first reason stays."""
        self.stopped = self.stopped or stopped(reason, self.account)
        self._stop.set()


class AsyncExecutor(Struct, frozen=True):
    """Delivers batches and single requests; several tasks may share one.

    `sleep` replaces the waits of a run. `connections` limits the requests of all accounts that share a transport.
    """

    transport: AsyncTransport
    rate_limiter: RateLimiter
    options: DeliveryOptions
    sleep: Callable[[float], Awaitable[object]] | None
    connections: AbstractAsyncContextManager[object] = nullcontext()

    async def deliver(self, batch: Batch, run: AsyncRun) -> DeliveryResult:
        """Deliver a batch. Raises nothing."""
        steps = run.counters.observed(batch, deliver(batch, self.options))
        try:
            return await self._drive(steps, run)
        except Exception as error:  # noqa: BLE001 - of a user's transport or log handler; no event may be lost to it
            return unexpected_failure(batch, error)
        finally:
            steps.close()

    async def request(self, request: SingleRequest[T], run: AsyncRun) -> T:
        """Send a single request, retry it after temporary errors, and return its result. Raises TimelineError."""
        return await self._drive(deliver_single(request, self.options.retry, self.options.chance), run)

    async def _drive(self, steps: Generator[Step | SendSingle, Any, T], run: AsyncRun) -> T:
        reply: Reply | bytes = None
        while True:
            try:
                step = steps.send(reply)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return] # StopIteration is not generic
            reply = await self._do(step, run)

    async def _do(self, step: Step | SendSingle, run: AsyncRun) -> Reply | bytes:
        match step:
            case Send(items, api, new, context):
                return await self._send(lambda: self.transport.send(items, api, new_connection=new), run, context)
            case SendSingle(request, advice, new):
                return await self._send(lambda: self.transport.send_single(request, advice, new_connection=new), run)
            case Wait(seconds, error):
                log_wait(step, run.account)
                await self._pause(seconds, run, error)
            case Abort(error):
                abort(run, error)
            case Switch(items, error):
                switch(self.options.apis, error)
                await run.record_sent(items)
        return None

    async def _send(
        self,
        send: Callable[[], Awaitable[T]],
        run: AsyncRun,
        context: AbstractContextManager[object] = NO_CONTEXT,
    ) -> T | TimelineError | None:
        try:
            if not run.stopped:  # before the rate limiter, whose permit would expire while a token is fetched
                await self.transport.prepare()
            while not run.stopped:
                async with self.connections:  # entered first, since a permit expires while a request waits for its turn
                    if not (seconds := await self._rate_limited(self.rate_limiter.acquire)):
                        with context:
                            return run.stopped or await send()
                await self._pause(seconds, run)
        except (TokenRefreshError, RateLimitStoreError) as error:  # nothing was sent, and nothing can be
            abort(run, error)
            return run.stopped
        except TimelineError as error:
            await self._rate_limited(pause_if_limited, self.rate_limiter, error, self.options.retry.wait_total)
            return error
        return run.stopped

    async def _rate_limited(self, function: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        """Call a function that uses the rate limiter, in a thread if its store may block."""
        if self.rate_limiter.is_local:
            return function(*args, **options)
        return await asyncio.to_thread(function, *args, **options)

    async def _pause(self, seconds: float, run: AsyncRun, error: TimelineError | None = None) -> None:
        run.counters.wait(seconds, error)
        await (self.sleep or run.wait)(seconds)
