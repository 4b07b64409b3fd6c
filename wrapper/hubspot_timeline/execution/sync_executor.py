"""The executor for threads: does what a delivery decides, and blocks."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from threading import TIMEOUT_MAX, Condition
from typing import Any, TypeVar

from msgspec import Struct

from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.engine import DeliveryOptions, deliver, unexpected_failure
from hubspot_timeline.delivery.progress import RunCounters
from hubspot_timeline.delivery.single_request import SendSingle, SingleRequest, deliver_single
from hubspot_timeline.delivery.steps import NO_CONTEXT, Abort, DeliveryResult, Reply, Send, Step, Switch, Wait
from hubspot_timeline.errors import RateLimitStoreError, StoppedError, TimelineError, TokenRefreshError
from hubspot_timeline.execution.run import abort, log_wait, stopped, switch
from hubspot_timeline.http.transport import Transport
from hubspot_timeline.rate_limit import RateLimiter
from hubspot_timeline.rate_limit.pause import pause_if_limited

T = TypeVar("T")


class Run:
    """Deliveries that are aborted together. Safe to use from any thread or signal handler."""

    def __init__(self, counters: RunCounters | None = None) -> None:
        self.counters: RunCounters = counters or RunCounters()
        self.stopped: StoppedError | None = None
        self._changed = Condition()  # unlike an Event, a signal handler may enter it while its own thread is inside

    @property
    def account(self) -> str | None:
        """The account that requests are sent to, if it is only one of a run."""
        return None

    def wait(self, seconds: float) -> None:
        """Wait this many seconds, or until the run is aborted."""
        with self._changed:
            self._changed.wait_for(lambda: self.stopped, min(seconds, TIMEOUT_MAX))

    def record_sent(self, items: Batch) -> None:
        """Record that events are about to be sent through another API; only a run with a journal does."""

    def abort(self, reason: BaseException) -> None:
        """Let no further request begin. The first reason stays."""
        with self._changed:
            self.stopped = self.stopped or stopped(reason)
            self._changed.notify_all()


class Executor(Struct, frozen=True):
    """Delivers batches and single requests; several threads may share one. `sleep` replaces the waits of a run."""

    transport: Transport
    rate_limiter: RateLimiter
    options: DeliveryOptions
    sleep: Callable[[float], object] | None

    def deliver(self, batch: Batch, run: Run) -> DeliveryResult:
        """Deliver a batch. Raises nothing."""
        return self._finish(batch, run.counters.observed(batch, deliver(batch, self.options)), None, run)

    def attempt(self, batch: Batch, run: Run) -> DeliveryResult | Callable[[], DeliveryResult]:
        """Send a batch once. Return its result, or, if more requests are needed, a function that sends them."""
        steps: Generator[Step, Any, DeliveryResult] = run.counters.observed(batch, deliver(batch, self.options))
        try:
            step = steps.send(self._do(next(steps), run))
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return] # StopIteration is not generic
        except Exception as error:  # noqa: BLE001 - as in `_finish`
            steps.close()
            return unexpected_failure(batch, error)
        return lambda: self._finish(batch, steps, step, run)

    def request(self, request: SingleRequest[T], run: Run) -> T:
        """Send a single request, retry it after temporary errors, and return its result. Raises TimelineError."""
        steps = deliver_single(request, self.options.retry, self.options.chance)
        return self._drive(steps, None, run)

    def _finish(
        self, batch: Batch, steps: Generator[Step, Any, DeliveryResult], step: Step | None, run: Run
    ) -> DeliveryResult:
        try:
            return self._drive(steps, step, run)
        except Exception as error:  # noqa: BLE001 - of a user's transport or log handler; no event may be lost to it
            steps.close()
            return unexpected_failure(batch, error)

    def _drive(self, steps: Generator[Step | SendSingle, Any, T], step: Step | SendSingle | None, run: Run) -> T:
        while True:
            reply = self._do(step, run)
            try:
                step = steps.send(reply)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return] # StopIteration is not generic

    def _do(self, step: Step | SendSingle | None, run: Run) -> Reply | bytes:
        match step:
            case Send(items, api, new, context):
                return self._send(lambda: self.transport.send(items, api, new_connection=new), run, context)
            case SendSingle(request, advice, new):
                return self._send(lambda: self.transport.send_single(request, advice, new_connection=new), run)
            case Wait(seconds, error):
                log_wait(step)
                self._pause(seconds, run, error)
            case Abort(error):
                abort(run, error)
            case Switch(items, error):
                switch(self.options.apis, error)
                run.record_sent(items)
        return None

    def _send(
        self, send: Callable[[], T], run: Run, context: AbstractContextManager[object] = NO_CONTEXT
    ) -> T | TimelineError | None:
        try:
            if not run.stopped:  # before the rate limiter, whose permit would expire while a token is fetched
                self.transport.prepare()
            while not run.stopped and (seconds := self.rate_limiter.acquire()):
                self._pause(seconds, run)
            if run.stopped:
                return run.stopped
            with context:
                return send()
        except (TokenRefreshError, RateLimitStoreError) as error:  # nothing was sent, and nothing can be
            abort(run, error)
            return run.stopped
        except TimelineError as error:
            pause_if_limited(self.rate_limiter, error, self.options.retry.wait_total)
            return error

    def _pause(self, seconds: float, run: Run, error: TimelineError | None = None) -> None:
        run.counters.wait(seconds, error)
        (self.sleep or run.wait)(seconds)
