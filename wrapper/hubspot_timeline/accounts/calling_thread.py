"""An event loop in a thread of its own, whose input is read in the calling thread and whose results come back there."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Generator, Iterator
from concurrent.futures import Future
from contextlib import aclosing
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar

from msgspec import Struct

from hubspot_timeline.errors import StoppedError

T = TypeVar("T")
R = TypeVar("R")

_MAX_WAIT = 0.5  # seconds


class _Request(Struct):
    """The loop asks for the next element of the input: the reply is None at its end, or what reading it raised."""

    reply: Future[Any]


class _Result(Struct, Generic[R]):
    value: R


class _Inbox(Generic[T, R]):
    """What the calling thread gets from the loop: requests, results, and at the end the task."""

    def __init__(self) -> None:
        self._messages: SimpleQueue[_Request | _Result[R] | asyncio.Task[None]] = SimpleQueue()

    async def start(self, results: Callable[[AsyncIterator[T]], AsyncGenerator[R]]) -> asyncio.Task[None]:
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

    async def _work(self, results: Callable[[AsyncIterator[T]], AsyncGenerator[R]]) -> None:
        async with aclosing(results(self._elements())) as found:
            async for result in found:
                self._messages.put(_Result(result))

    async def _elements(self) -> AsyncIterator[T]:
        while True:
            request = _Request(Future())
            self._messages.put(request)
            if (element := await asyncio.wrap_future(request.reply)) is None:
                return
            yield element


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

    def iterate(self, results: Callable[[AsyncIterator[T]], AsyncGenerator[R]], source: Iterator[T]) -> Generator[R]:
        """Yield what an asynchronous generator yields from a source, which this thread reads when it is asked to.

        Raises what the generator raises. Closing the iterator cancels the generator and waits for its end.
        """
        inbox: _Inbox[T, R] = _Inbox()
        task = self.run(inbox.start(results))
        ended = False
        try:
            while not ended:
                match message := inbox.take():
                    case _Result(value):
                        yield value
                    case _Request(reply):
                        self._require_thread()
                        _read(source, reply)
                    case asyncio.Task():
                        ended = True
                        message.result()
                    case None:
                        self._require_thread()
        finally:
            if not ended and self.is_usable:
                self.call_soon(task.cancel)
                while not isinstance(inbox.take(), asyncio.Task):
                    pass

    def close(self) -> None:
        """End the loop and its thread."""
        self.call_soon(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _require_thread(self) -> None:
        if not self.is_usable:
            raise StoppedError("the process was forked; its parent continues the run")


def _read(source: Iterator[T], reply: Future[T | None]) -> None:
    try:
        reply.set_result(next(source, None))
    except Exception as error:  # noqa: BLE001 - raised where the element was asked for
        reply.set_exception(error)
