"""The threads of one call: as many as it takes to keep its requests under way, and no more.

Where answers come at once two threads are enough, and each further one costs more than it brings, since only one of
them computes at a time. So one is added when work waits, and nothing was done for a while. Where only one request may
be under way, the calling thread makes it.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from threading import Condition, Event
from typing import Generic, TypeVar

T = TypeVar("T")

_FIRST = 2  # threads
_PATIENCE = 0.002
_LONGEST_WAIT = 0.5  # seconds; a signal that comes just before a wait is heard only after it


class Workers(Generic[T]):
    """Does up to `most` pieces of work at once; begun and collected by one thread.

    `on_failure` is told why no thread could be started; what is begun then is done by whoever begins it.
    `patience` is in seconds: how long work waits, while nothing is done, before another thread is started.
    """

    def __init__(self, most: int, on_failure: Callable[[RuntimeError], object], *, patience: float = _PATIENCE) -> None:
        self.under_way = 0  # not collected
        self._patience = patience
        self._most = most
        self._on_failure = on_failure
        self._pool = ThreadPoolExecutor(most, "hubspot-timeline")
        self._done: SimpleQueue[T | BaseException] = SimpleQueue()
        self._closing = Event()
        self._changed = Condition()  # guards what follows
        self._waiting: deque[tuple[Callable[[], T], float]] = deque()  # with the time of its begin
        self._left = 0  # not done
        self._last = 0.0  # when something was done
        self._threads = 0
        self._stands_by = False  # whether one of them waits for work that waits too long

    @property
    def is_full(self) -> bool:
        """Tell whether as much is under way as may be."""
        return self.under_way >= self._most

    def begin(self, work: Callable[[], T]) -> None:
        """Begin a piece of work; where only one may be under way, do it, since whoever begins it has to wait anyway."""
        with self._changed:
            self._left += 1
        if self._most == 1:
            self._do(work)
        else:
            self._hand_over(work)
        self.under_way += 1

    def collect(self, *, block: bool) -> Iterator[T]:
        """Yield the results that are there; with `block`, wait for one if there is none. Raises what work raised."""
        while block or not self._done.empty():
            try:
                result = self._done.get(timeout=_LONGEST_WAIT)
            except Empty:
                continue
            self.under_way -= 1
            if isinstance(result, BaseException):
                raise result
            yield result
            block = False

    def drain(self) -> None:
        """Wait until all that was begun is done."""
        with self._changed:
            self._changed.wait_for(lambda: not self._left)

    def close(self) -> Iterator[T]:
        """Wait until all is done, let the threads end, and return the results that were not collected."""
        self._closing.set()
        self._pool.shutdown()
        return self.collect(block=False)

    def _hand_over(self, work: Callable[[], T]) -> None:
        with self._changed:
            self._waiting.append((work, time.monotonic()))
            task = self._next_thread()
        if task:
            self._start(task)

    def _next_thread(self) -> Callable[[], None] | None:
        """Return what another thread is to do, if there is to be one. To be called with the lock held."""
        if self._threads < _FIRST:
            self._threads += 1
            return self._work
        if self._threads < self._most and not self._stands_by:
            self._threads += 1
            self._stands_by = True
            return self._stand_by
        return None

    def _start(self, task: Callable[[], None]) -> None:
        try:
            self._pool.submit(task)
        except RuntimeError as error:  # the interpreter is ending, or there are no threads left
            with self._changed:
                is_only = self._threads == 1
                self._threads -= not is_only
                self._stands_by = False
            if is_only:
                self._on_failure(error)
                self._work()

    def _stand_by(self) -> None:
        """Help as soon as work waits and nothing is done; end where nothing waits."""
        task = None
        while not self._closing.wait(self._patience):
            with self._changed:
                if self._waiting and time.monotonic() < max(self._waiting[0][1], self._last) + self._patience:
                    continue
                self._stands_by = False
                task = self._next_thread() if self._waiting else None
            break
        if task:
            self._start(task)
        self._work()

    def _work(self) -> None:
        while True:
            with self._changed:
                if not self._waiting:
                    self._threads -= 1
                    return
                work, _ = self._waiting.popleft()
            try:
                self._do(work)
            except BaseException as error:  # noqa: BLE001 - raised where the result is collected
                self._done.put(error)

    def _do(self, work: Callable[[], T]) -> None:
        try:
            self._done.put(work())
        finally:
            with self._changed:
                self._last = time.monotonic()
                self._left -= 1
                self._changed.notify_all()
