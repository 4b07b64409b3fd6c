"""Deliveries with threads: what `delivery` decides, done by whoever calls, which blocks."""

import logging
from collections.abc import Callable, Generator
from threading import TIMEOUT_MAX, Condition, Event
from typing import Any, TypeVar

from attrs import frozen

from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.engine import Delivered, Halt, Reply, Send, Step, Wait, deliver, undelivered
from hubspot_timeline.delivery.progress import Activity
from hubspot_timeline.delivery.retry import RetryPolicy
from hubspot_timeline.delivery.single_request import SendSingle, SingleRequest, deliver_single
from hubspot_timeline.errors import RateLimitStoreError, StoppedError, TimelineError, TokenRefreshError
from hubspot_timeline.execution.forks import renew_after_fork
from hubspot_timeline.execution.run import halt, pause_if_limited, stopped
from hubspot_timeline.http.transport import Transport
from hubspot_timeline.rate_limit import RateLimiter

log = logging.getLogger(__name__)

T = TypeVar("T")


class Run:
    """What deliveries have in common that stop together. May be used from any thread or signal handler."""

    def __init__(self, activity: Activity | None = None) -> None:
        self.activity = activity or Activity()
        self.stopped: StoppedError | None = None
        self._changed = Condition()  # which a signal handler may enter while its own thread is in it; an Event may not

    def wait(self, seconds: float) -> None:
        """Let seconds pass, or fewer if the run stops."""
        with self._changed:
            self._changed.wait_for(lambda: self.stopped, min(seconds, TIMEOUT_MAX))

    def halt(self, reason: BaseException) -> None:
        """Let no further request begin. The first reason stays."""
        with self._changed:
            self.stopped = self.stopped or stopped(reason)
            self._changed.notify_all()


class SingleRun(Run):
    """What a single call can be stopped by."""

    def __init__(self) -> None:
        super().__init__()
        self._done = Event()
        renew_after_fork(self, SingleRun._forget)

    def end(self) -> None:
        """Take note that the call has ended."""
        self._done.set()

    def drain(self) -> None:
        """Wait until the call has ended."""
        self._done.wait()

    def _forget(self) -> None:
        """End in a forked child, which has no thread to wait for, with locks that nobody holds."""
        self._changed, self._done = Condition(), Event()
        self._done.set()


@frozen
class Courier:
    """Delivers batches and makes calls; several threads may share one. `sleep` replaces the waits of a run."""

    transport: Transport
    rate_limiter: RateLimiter
    retry: RetryPolicy
    chance: Callable[[], float]
    sleep: Callable[[float], object] | None

    def deliver(self, batch: Batch, run: Run) -> Delivered:
        """Deliver a batch. Raises nothing."""
        try:
            return self._drive(deliver(batch, self.retry, self.chance), run)
        except Exception as error:  # noqa: BLE001 - a transport of the user's, a log handler: no event may be lost to it
            return undelivered(batch, error)

    def call(self, request: SingleRequest[T], run: Run) -> T:
        """Make a call, again where trouble passes, and return its result. Raises TimelineError."""
        return self._drive(deliver_single(request, self.retry, self.chance), run)

    def _drive(self, steps: Generator[Step | SendSingle, Any, T], run: Run) -> T:
        reply: Reply | bytes = None
        while True:
            try:
                step = steps.send(reply)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return] # StopIteration does not say what it carries
            reply = self._take(step, run)

    def _take(self, step: Step | SendSingle, run: Run) -> Reply | bytes:
        match step:
            case Send(items):
                return self._send(lambda: self.transport.send(items), run)
            case SendSingle(request, advice):
                return self._send(lambda: self.transport.send_single(request, advice), run)
            case Wait(seconds, error):
                log.info("Sending again after %.1f s: %s", seconds, error.brief)
                self._pause(seconds, run)
            case Halt(error):
                halt(run, error)
        return None

    def _send(self, send: Callable[[], T], run: Run) -> T | TimelineError | None:
        try:
            if not run.stopped:  # a permit would grow old while a token is fetched
                self.transport.prepare()
            while not run.stopped and (seconds := self.rate_limiter.acquire()):
                self._pause(seconds, run)
            return run.stopped or send()
        except (TokenRefreshError, RateLimitStoreError) as error:  # nothing was sent, and nothing can be
            halt(run, error)
            return run.stopped
        except TimelineError as error:
            pause_if_limited(self.rate_limiter, error, self.retry.wait_total)
            return error

    def _pause(self, seconds: float, run: Run) -> None:
        run.activity.wait(seconds)
        (self.sleep or run.wait)(seconds)
