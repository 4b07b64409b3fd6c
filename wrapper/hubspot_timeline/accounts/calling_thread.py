"""An event loop in a thread of its own, whose input is read in the calling thread and whose results come back there."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Generator, Iterator
from contextlib import aclosing
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeAlias, TypeVar

from msgspec import Struct

from hubspot_timeline.errors import StoppedError

T = TypeVar("T")
R = TypeVar("R")

Results: TypeAlias = Callable[[AsyncIterator[list[Any]]], AsyncGenerator[R]]
"""Returns the results of chunks of the input as they become known."""

_MAX_WAIT = 0.5  # seconds

# For how many seconds the input is read at once; meanwhile no result is handled.
_READ_TIME = 0.01


class _Request(Struct):
    """The loop asks for chunks of the input."""


class _End(Struct):
    """The end of what was read at once, or of the whole input, with the error if reading raised one."""

    is_last: bool = True
    error: Exception | None = None


class _Result(Struct, Generic[R]):
    value: R


class _Exchange(Generic[R]):
    """What the calling thread and the loop give each other: requests and results, chunks of the input.

    Each change of threads may take milliseconds, so the loop is woken only if it waits.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._messages: SimpleQueue[_Request | _Result[R] | asyncio.Task[None]] = SimpleQueue()
        self._read: deque[list[Any] | _End] = deque()
        self._waiting: asyncio.Future[None] | None = None

    async def start(self, results: Results[R]) -> asyncio.Task[None]:
        """Begin to put the results of a generator here, and at last the task that does so."""
        task = asyncio.create_task(self._work(results))
        task.add_done_callback(self._messages.put)
        return task

    def take(self) -> _Request | _Result[R] | asyncio.Task[None] | None:
        """Return the next message, or None after a while: a signal that arrives just before a wait is handled then."""
        try:
            return self._messages.get(timeout=_MAX_WAIT)
        except Empty:
            return None

    def read(self, chunks: Iterator[list[Any]], fits_more: Callable[[int], bool]) -> None:
        """Read chunks for a while, as long as more of them fit, and hand over each at once."""
        count, end = 0, time.monotonic() + _READ_TIME
        try:
            for chunk in chunks:
                self._give(chunk)
                count += len(chunk)
                if time.monotonic() >= end or not fits_more(count):
                    return self._give(_End(is_last=False))
        except Exception as error:  # noqa: BLE001 - raised where the chunk was asked for
            return self._give(_End(error=error))
        return self._give(_End())

    def _give(self, chunk: list[Any] | _End) -> None:
        self._read.append(chunk)
        if waiting := self._waiting:
            self._loop.call_soon_threadsafe(_wake, waiting)

    async def _work(self, results: Results[R]) -> None:
        async with aclosing(results(self._chunks())) as found:
            async for result in found:
                self._messages.put(_Result(result))

    async def _chunks(self) -> AsyncGenerator[list[Any]]:
        end = _End(is_last=False)
        while not end.is_last:
            self._messages.put(_Request())
            while not isinstance(chunk := await self._next(), _End):
                yield chunk
            end = chunk
        if end.error:
            raise end.error

    async def _next(self) -> list[Any] | _End:
        while not self._read:
            self._waiting = self._loop.create_future()
            if not self._read:  # else it came before the other thread could see that the loop waits
                await self._waiting
            self._waiting = None
        return self._read.popleft()


def _wake(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)


class LoopThread:
    """An event loop in a daemon thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="hubspot-timeline-pool", daemon=True)
        self._thread.start()

    @property
    def is_usable(self) -> bool:
        """Return whether the thread exists; it does not in a forked child."""
        return self._thread.is_alive()

    def call_soon(self, function: Callable[..., object], *args: object) -> None:
        """Call a function in the loop, soon; from any thread or signal handler."""
        self._loop.call_soon_threadsafe(function, *args)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine and return its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def iterate(
        self, results: Results[R], chunks: Iterator[list[Any]], fits_more: Callable[[int], bool]
    ) -> Generator[R]:
        """Yield what an asynchronous generator yields from chunks, which this thread reads when it is asked to.

        `fits_more` returns whether another chunk may be read at once after so many elements.
        Raises what the generator raises. Closing the iterator cancels the generator and waits for its end.
        """
        exchange: _Exchange[R] = _Exchange(self._loop)
        task = self.run(exchange.start(results))
        ended = False
        try:
            while not ended:
                match message := exchange.take():
                    case _Result(value):
                        yield value
                    case _Request():
                        self._require_thread()
                        exchange.read(chunks, fits_more)
                    case asyncio.Task():
                        ended = True
                        message.result()
                    case None:
                        self._require_thread()
        finally:
            if not ended and self.is_usable:
                self.call_soon(task.cancel)
                while not isinstance(exchange.take(), asyncio.Task):
                    pass

    def close(self) -> None:
        """End the loop and its thread."""
        self.call_soon(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _require_thread(self) -> None:
        if not self.is_usable:
            raise StoppedError("the process was forked; its parent continues the run")
