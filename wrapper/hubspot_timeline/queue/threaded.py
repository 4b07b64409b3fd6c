"""The background queue for threads: any thread puts one event at a time, others send them in batches."""

import atexit
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from threading import TIMEOUT_MAX, Condition, Thread, current_thread
from types import TracebackType
from typing import Any, Self, TypeVar
from weakref import ref

from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.outcomes import Outcome
from hubspot_timeline.delivery.progress import RunCounters
from hubspot_timeline.delivery.steps import DeliveryResult
from hubspot_timeline.errors import counted
from hubspot_timeline.execution.forks import renew_after_fork
from hubspot_timeline.execution.sync_executor import Run
from hubspot_timeline.queue.base_queue import BaseQueue

_log = logging.getLogger(__name__)

T = TypeVar("T")


class _BlockingCondition(Condition):
    async def wait_for_notification(self, seconds: float | None) -> None:
        self.wait(None if seconds is None else min(seconds, TIMEOUT_MAX))


class TimelineQueue(BaseQueue):
    """Takes events one at a time, from any thread, and sends them in batches in the background.

    Made by `TimelineClient.queue()`. Every event that is put ends in one outcome, with which `on_outcome` is called in
    some thread. Use it as a context manager, or close it: leaving normally sends what waits, leaving on an exception
    sends nothing more. A program that ends without either waits for it, up to `exit_timeout` seconds. The events are in
    memory: a killed process loses those that it had not sent.

    Once the client has stopped, for example over a refused access token or a daily limit, what waits is Unsent, and so
    is what is put later: an application goes on, and `stopped` holds the reason. After a fork the child begins with an
    empty queue; the parent sends what it had.
    """

    _condition_type = _BlockingCondition

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        self._close_at_exit = _closing_at_exit(self, self._options.exit_timeout)
        atexit.register(self._close_at_exit)
        renew_after_fork(self, TimelineQueue._reset)

    def put(self, event: Any, *, timeout: float | None = None) -> None:
        """Take an event, as it is now; with `make`, an object for which it returns the event, in this thread.

        While the queue is full, wait up to `timeout` seconds for room (None: as long as it takes), or act as `on_full`
        defines; `on_outcome` never waits, since it would wait for itself. An event that cannot be sent is Rejected and
        raises nothing. Raises QueueFullError, and StoppedError once the queue is closed.
        """
        _completed(self._put(event, timeout))

    def flush(self, timeout: float | None = None) -> bool:
        """Send what waits, and return whether all that was put until now has its outcome within `timeout` seconds."""
        return _completed(self._flush(timeout))

    def close(self, timeout: float | None = None) -> Sequence[Outcome]:
        """Take no more events, send what waits, and return the outcomes of those that are left after `timeout` seconds.

        Of these, what waited is Unsent and what was in flight Unconfirmed; `on_outcome` is called with them too. Called
        by `on_outcome` it does not wait. Closing again has no effect.
        """
        left = _completed(self._close(timeout))
        if not self._is_worker():
            atexit.unregister(self._close_at_exit)
        return left

    def drain(self) -> None:
        """Wait until every event has its outcome, unless this is called by `on_outcome`."""
        self.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.abort(error)
        self.close()

    def _is_worker(self) -> bool:
        return current_thread() in self._workers

    def _new_run(self, counters: RunCounters) -> Run:
        return Run(counters)

    def _spawn_worker(self) -> None:
        thread = Thread(target=self._run_worker, name="hubspot-timeline-queue", daemon=True)
        with suppress(RuntimeError):  # the program is ending; close() will do the work
            thread.start()
            self._workers.add(thread)

    def _run_worker(self) -> None:
        try:
            _completed(self._work())
        except BaseException:  # noqa: BLE001 - its events have outcomes already, and another worker takes its place
            _log.exception("A delivery was ended from outside")
        finally:
            self._end_worker(current_thread())

    async def _send(self, batch: Batch) -> DeliveryResult:
        return self._deliver(batch, self._run)  # type: ignore[no-any-return]


def _completed(action: Coroutine[Any, Any, T]) -> T:
    """Return the result of a coroutine that never suspends, since all that it awaits blocks."""
    try:
        action.send(None)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return] # StopIteration is not generic
    raise AssertionError("an action of the queue for threads was suspended")


def _closing_at_exit(queue: TimelineQueue, timeout: float) -> Callable[[], None]:
    """Return what closes a queue at the end of the program, without keeping it alive until then."""
    weak = ref(queue)

    def close() -> None:
        if (living := weak()) and (left := living.close(timeout)):
            _log.warning("The program ended with %s in a queue that was not closed", counted(len(left), "event"))

    return close
