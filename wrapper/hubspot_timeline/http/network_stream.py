"""The network stream of a connection: a deadline for each whole response, and its bytes kept apart from the next one.

By itself, httpcore applies a timeout to each read, so that a response of which a byte arrives now and then is never
timed out. It passes the timeout on to the network stream, which it makes known by its trace extension.
"""

from collections.abc import Callable, Mapping
from typing import Any, Self

import httpx

_CONNECTED = ("connect_tcp.complete", "connect_unix_socket.complete", "start_tls.complete")


class ResponseTimeout(float):
    """The read timeout of a request, in seconds, which limits the whole response; `clock` returns the time.

    It is a float, since a user's transport may read with it as it is.
    """

    def __new__(cls, seconds: float, clock: Callable[[], float]) -> Self:
        """Return a timeout that begins now."""
        timeout = super().__new__(cls, seconds)
        timeout._clock = clock
        timeout._begin()
        return timeout

    _clock: Callable[[], float]
    _deadline: float

    def remaining(self) -> float:
        """Return how many seconds are left. Raises httpx.ReadTimeout if there are none."""
        seconds = self._deadline - self._clock()
        if seconds <= 0:
            raise httpx.ReadTimeout(f"the response was not complete {self:g} s after its request")
        return seconds

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Follow the request, as the trace extension of httpcore."""
        if event.endswith("receive_response_headers.started"):
            self._begin()
        elif event.endswith(_CONNECTED):
            _limit_reads(info["return_value"])

    async def trace_async(self, event: str, info: Mapping[str, Any]) -> None:
        """Follow a request of an AsyncClient."""
        if event.endswith(_CONNECTED):
            _limit_async_reads(info["return_value"])
        else:
            self.trace(event, info)

    def _begin(self) -> None:
        self._deadline = self._clock() + self


def timeout_of(request: httpx.Request) -> ResponseTimeout:
    """Return the timeout of a request that `limit_response` has prepared."""
    timeout: ResponseTimeout = request.extensions["timeout"]["read"]
    return timeout


def limit_response(request: httpx.Request, default: float, clock: Callable[[], float], *, is_async: bool) -> None:
    """Let the read timeout of a request, or the default if it has none, limit its whole response."""
    timeouts = request.extensions["timeout"]
    timeouts["read"] = timeout = ResponseTimeout(timeouts["read"] or default, clock)
    request.extensions["trace"] = timeout.trace_async if is_async else timeout.trace


def _limit_reads(stream: Any) -> None:
    receive = stream.read

    def read(max_bytes: int, timeout: float | None = None) -> bytes:
        return receive(max_bytes, _seconds(timeout))  # type: ignore[no-any-return] # of httpcore.NetworkStream

    stream.read = read


def _limit_async_reads(stream: Any) -> None:
    receive = stream.read

    async def read(max_bytes: int, timeout: float | None = None) -> bytes:
        return await receive(max_bytes, _seconds(timeout))  # type: ignore[no-any-return] # of httpcore.NetworkStream

    stream.read = read


def _seconds(timeout: float | None) -> float | None:
    """Return the seconds that a read may take; only one of a proxy's handshake has another timeout."""
    return timeout.remaining() if isinstance(timeout, ResponseTimeout) else timeout
