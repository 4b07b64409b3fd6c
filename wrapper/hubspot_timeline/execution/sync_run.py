"""One call of a client with threads: `send` or `stream`, with its deliveries under way; or a single request."""

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from queue import Empty, SimpleQueue
from threading import Event, RLock

from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.progress import RunCounters
from hubspot_timeline.delivery.steps import DeliveryResult
from hubspot_timeline.errors import StoppedError
from hubspot_timeline.execution.forks import renew_after_fork
from hubspot_timeline.execution.reader import EventReader, read_chunks
from hubspot_timeline.execution.run import ErrorCounter, RunJournal, abort
from hubspot_timeline.execution.sync_executor import Executor, Run

# Seconds; a signal that arrives just before a wait is handled only after it.
_MAX_WAIT = 0.5

# A single slow response may only have met a busy machine.
_MAX_SLOW_IN_A_ROW = 3


class SendRun(Run):
    """One call of send or stream: reads events, and keeps up to `max_in_flight` deliveries under way in threads.

    `patience`, in seconds: if responses come within it, threads cost more than they bring, since only one of them
    computes at a time. So a run begins with one request; if that is fast, the calling thread sends by itself, until
    several responses in a row are slow.
    """

    patience: float = 0.003

    def __init__(
        self, executor: Executor, reader: EventReader, errors: ErrorCounter, max_in_flight: int, counters: RunCounters
    ) -> None:
        super().__init__(counters)
        self._executor = executor
        self._reader = reader
        self._errors = errors
        self._journal = RunJournal(self, reader.journal, executor.options.apis)
        self._max_in_flight = max_in_flight
        self._is_fast: bool | None = None  # not known before the first response
        self._slow_in_a_row = 0
        self._open_pool()
        renew_after_fork(self, SendRun._abandon_after_fork)

    def results(self, events: Iterable[object]) -> Generator[DeliveryResult]:
        """Yield the result of each delivery as it finishes. Closing the iterator stops the run."""
        try:
            for result in self._deliveries(events):
                if error := self._errors.add(result):
                    self.abort(error)
                if failure := self._journal.end(result):
                    abort(self, failure)
                yield result
        finally:
            self.abort(StoppedError("the caller took no more outcomes"))
            self._pool.shutdown()
            self._journal.close(self._collect(block=False))

    def drain(self) -> None:
        """Wait until no delivery is under way, after the run was aborted."""
        with self._sending:
            in_flight = tuple(self._in_flight)
        wait(in_flight)

    def record_sent(self, items: Batch) -> None:
        """Record that events are about to be sent through another API."""
        if failure := self._journal.begin(items):
            abort(self, failure)

    def _deliveries(self, events: Iterable[object]) -> Iterator[DeliveryResult]:
        source_error = None
        try:
            for chunk in read_chunks(events, self._reader):
                self.counters.read = self._reader.count
                for prepared in self._reader.batches(chunk):
                    if isinstance(prepared, DeliveryResult):
                        yield prepared
                    else:
                        self._start(prepared)
                        yield from self._collect(block=len(self._in_flight) >= self._limit)
            if not self.stopped:  # else the input may have been cut short
                self._reader.check_length()
        except Exception as error:  # noqa: BLE001 - of the iterable; raised below, once every event has its outcome
            source_error = error
            self.abort(error)
        for batch in self._reader.last_batches():
            self._start(batch)
        while self._in_flight:
            yield from self._collect(block=True)
        if source_error is not None:
            raise source_error

    def _open_pool(self) -> None:
        self._pool = ThreadPoolExecutor(self._max_in_flight, "hubspot-timeline")
        self._in_flight: set[Future[DeliveryResult]] = set()
        self._finished: SimpleQueue[Future[DeliveryResult]] = SimpleQueue()
        self._sending = RLock()  # a signal handler may drain the run while its own thread is inside

    def _abandon_after_fork(self) -> None:
        """Leave what is under way to the parent process, and send nothing more in the child."""
        Run.__init__(self, self.counters)
        self._open_pool()
        self.abort(StoppedError("the process was forked; its parent continues the run"))

    @property
    def _limit(self) -> int:
        """How many requests may be under way."""
        return self._max_in_flight if self._is_fast is False else 1

    def _start(self, batch: Batch) -> None:
        self.record_sent(batch)
        if self._is_fast:
            self._attempt(batch)
        else:
            self._submit(self._executor.deliver, batch, self)

    def _attempt(self, batch: Batch) -> None:
        """Send a batch in this thread; a delivery that takes more than one request is continued in another."""
        began = time.perf_counter()
        with self._sending:
            result = self._executor.attempt(batch, self)
        is_slow = time.perf_counter() - began > self.patience
        self._slow_in_a_row = self._slow_in_a_row + 1 if is_slow else 0
        self._is_fast = self._slow_in_a_row < _MAX_SLOW_IN_A_ROW
        if isinstance(result, DeliveryResult):
            self._add_finished(result)
        else:
            self._submit(result)

    def _submit(self, deliver: Callable[..., DeliveryResult], *args: object) -> None:
        try:
            with self._sending:  # another thread that drains the run must not miss a delivery that has begun
                future = self._pool.submit(deliver, *args)
                self._in_flight.add(future)
        except RuntimeError as error:  # the interpreter is shutting down, or no thread can be started
            self.abort(error)
            self._add_finished(deliver(*args))
        else:
            future.add_done_callback(self._finished.put)

    def _add_finished(self, result: DeliveryResult) -> None:
        future = Future[DeliveryResult]()
        future.set_result(result)
        self._in_flight.add(future)
        self._finished.put(future)

    def _collect(self, *, block: bool) -> Iterator[DeliveryResult]:
        """Yield the results of finished deliveries; with `block`, wait for one if there is none."""
        while block or not self._finished.empty():
            try:
                future = self._finished.get(timeout=self.patience if self._is_fast is None else _MAX_WAIT)
            except Empty:
                self._is_fast = False
                block = block and len(self._in_flight) >= self._limit
                continue
            block = False
            if self._is_fast is None:
                self._is_fast = True
            self._in_flight.discard(future)
            yield future.result()


class SingleRun(Run):
    """One call that sends a single request."""

    def __init__(self) -> None:
        super().__init__()
        self._finished = Event()
        renew_after_fork(self, SingleRun._finish_after_fork)

    def finish(self) -> None:
        """Record that the call has ended."""
        self._finished.set()

    def drain(self) -> None:
        """Wait until the call has ended."""
        self._finished.wait()

    def _finish_after_fork(self) -> None:
        """End in a forked child, which has no thread to wait for, with locks that nobody holds."""
        Run.__init__(self)
        self._finished = Event()
        self._finished.set()
