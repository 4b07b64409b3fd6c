"""The bounds of an answer: how long all of it may take, and how much it may be."""

import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from requests import Response
from requests.exceptions import ContentDecodingError, Timeout

T = TypeVar("T")

LARGEST = 32_000_000
"""Bytes of a body, decoded; more is read of none."""

_CHUNK = 65_536


class TooMuchError(ContentDecodingError):
    """A body has no end that is worth waiting for."""


class Deadline:
    """One request's. requests itself knows only how long nothing may come, and a server may trickle for ever."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def keep(self, send: Callable[[], T]) -> T:
        """Return what `send` returns, or raise what it raises; raises Timeout if it takes too long, and leaves it."""
        done: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

        def run() -> None:
            try:
                done.put((send(), None))
            except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
                done.put((None, error))

        Thread(target=run, daemon=True).start()
        try:
            answer, error = done.get(timeout=self._seconds)
        except Empty:
            raise Timeout from None
        if error is not None:
            raise error
        return answer  # type: ignore[return-value]

    def read(self, response: Response, *_: Any, **__: Any) -> None:
        """Read the body of an answer, for requests' hook. Raises TooMuchError, or Timeout for nobody who waits."""
        body = bytearray()
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > LARGEST:
                response.close()
                raise TooMuchError(f"answered with more than {LARGEST // 1_000_000} MB")
            if time.monotonic() > self._end:
                response.close()
                raise Timeout
        response._content, response._content_consumed = bytes(body), True  # noqa: SLF001 - as its own property does
