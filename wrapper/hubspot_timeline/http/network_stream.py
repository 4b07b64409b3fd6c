"""The network stream of a connection: a deadline for each whole response, and its bytes kept apart from the next one.

By itself, httpcore applies a timeout to each read, so that a response of which a byte arrives now and then is never
timed out; and it keeps bytes behind a response in its parser, which takes them for the next response. Its trace
extension makes the network stream of each connection known, to which it passes the timeout.

A response that belongs to no request may also arrive after the next request, for whose response it is taken. Nothing in
HTTP/1.1 tells the two apart, except that no earlier request was sent on the connection: see `may_be_unsolicited`.
"""

import ssl
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Self

import httpx

_CONNECTED = ("connect_tcp.complete", "connect_unix_socket.complete", "start_tls.complete")

_MAX_READ = 64 * 1024

NEW_CONNECTION = "hubspot_timeline.new_connection"
"""The extension of a request that must not use a connection on which another was sent before."""


class ResponseTimeout(float):
    """The read timeout of a request, in seconds, which limits the whole response; `clock` returns the time.

    It is a float, since a user's transport may read with it as it is.
    """

    def __new__(cls, seconds: float, clock: Callable[[], float]) -> Self:
        """Return a timeout that begins now."""
        timeout = super().__new__(cls, seconds)
        timeout._clock = clock
        timeout.began = clock()
        timeout._begin()
        return timeout

    is_http11: bool = False  # in HTTP/2, the service may send frames at any time
    is_sent: bool = False  # in part at least
    began: float  # as the time of `clock`
    sent: float | None = None  # in whole, if the transport of httpx sent it
    is_on_reused_connection: bool = False
    needs_new_connection: bool = False
    _clock: Callable[[], float]
    _deadline: float
    _unread: int | None  # bytes of the body, if the response has named its length

    def remaining(self) -> float:
        """Return how many seconds are left. Raises httpx.ReadTimeout if there are none."""
        seconds = self._deadline - self._clock()
        if seconds <= 0:
            raise httpx.ReadTimeout(f"the response was not complete {self:g} s after its request")
        return seconds

    def take(self, received: bytearray) -> bytes:
        """Remove and return the first bytes, none of them behind the end of the response.

        A head and a chunked body end with a line, so that one line at a time is returned.
        """
        if not self.is_http11:
            length = len(received)
        elif self._unread is None:
            length = received.find(b"\n") + 1 or len(received)
        else:
            length = min(self._unread, len(received))
            self._unread -= length
        taken = bytes(received[:length])
        del received[:length]
        return taken

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Follow the request, as the trace extension of httpcore."""
        if event.endswith("receive_response_headers.started"):
            self._begin()
            self.is_http11 = event.startswith("http11.")
        elif event == "http11.receive_response_headers.complete":
            self._unread = _content_length(info["return_value"][3])
        elif event.endswith(_CONNECTED):
            _limit_reads(info["return_value"])
        elif event.endswith("send_request_headers.started"):
            self.is_sent = True
        elif event.endswith("send_request_body.complete"):
            self.sent = self._clock()
        elif event == "start_tls.started":  # what was sent before was for a proxy
            self.is_sent = False

    async def trace_async(self, event: str, info: Mapping[str, Any]) -> None:
        """Follow a request of an AsyncClient."""
        if event.endswith(_CONNECTED):
            _limit_async_reads(info["return_value"])
        else:
            self.trace(event, info)

    def _begin(self) -> None:
        self._deadline = self._clock() + self
        self._unread = None


def timeout_of(request: httpx.Request) -> ResponseTimeout:
    """Return the timeout of a request that `limit_response` has prepared."""
    timeout: ResponseTimeout = request.extensions["timeout"]["read"]
    return timeout


def limit_response(request: httpx.Request, default: float, clock: Callable[[], float], *, is_async: bool) -> None:
    """Let the read timeout of a request, or the default if it has none, limit its whole response."""
    timeouts = request.extensions["timeout"]
    timeouts["read"] = timeouts["write"] = timeout = ResponseTimeout(timeouts["read"] or default, clock)
    timeout.needs_new_connection = request.extensions.get(NEW_CONNECTION, False)
    request.extensions["trace"] = timeout.trace_async if is_async else timeout.trace


def may_be_unsolicited(response: httpx.Response) -> bool:
    """Return whether a response may belong to no request, or to an earlier one of its connection."""
    return timeout_of(response.request).is_on_reused_connection


def _content_length(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """Return the length of a body, None if it is chunked or ends with the connection."""
    values = {name.lower(): value for name, value in headers}
    length = None if b"transfer-encoding" in values else values.get(b"content-length")
    return None if length is None else int(length)


class _Received:
    """The bytes of a connection that were received and not yet read; httpcore does not reuse it while there are any."""

    def __init__(self, stream: Any) -> None:
        self.bytes: bytearray = bytearray()
        self.is_reused: bool = False
        self._get_extra_info = stream.get_extra_info
        self._tls = stream.get_extra_info("ssl_object")
        stream.get_extra_info = self.get_extra_info

    def get_extra_info(self, name: str) -> Any:
        """Return an extra attribute of the network stream."""
        return True if name == "is_readable" and self.bytes else self._get_extra_info(name)

    def begin(self, timeout: float | None) -> None:
        """Let httpcore use another connection if a new one is needed, or if bytes arrive before the request is sent.

        They belong to no request, or come with its refusal, which the service will repeat on a new connection.
        """
        if isinstance(timeout, ResponseTimeout):
            if self.is_reused and (timeout.needs_new_connection or self.get_extra_info("is_readable")):
                from httpcore import ConnectionNotAvailable  # noqa: PLC0415 - httpx loads it with the first client

                timeout.is_sent = False
                raise ConnectionNotAvailable
            timeout.is_on_reused_connection = self.is_reused

    def add(self, received: bytes) -> None:
        """Add received bytes, and with them what the TLS layer has received and not yet decrypted."""
        self.bytes += received
        if isinstance(self._tls, ssl.SSLObject):  # it reads from memory, unlike the one of a socket
            with suppress(ssl.SSLError):
                while more := self._tls.read(_MAX_READ):
                    self.bytes += more


def _limit_reads(stream: Any) -> None:
    receive, send, received = stream.read, stream.write, _Received(stream)

    def write(buffer: bytes, timeout: float | None = None) -> None:
        if buffer:  # else the request is complete
            received.begin(timeout)
            send(buffer, timeout)

    def read(max_bytes: int, timeout: float | None = None) -> bytes:
        if not isinstance(timeout, ResponseTimeout):  # the handshake with a proxy
            return receive(max_bytes, timeout)  # type: ignore[no-any-return] # of httpcore.NetworkStream
        if not received.bytes:
            received.add(receive(max_bytes, timeout.remaining()))
        received.is_reused = timeout.is_http11
        return timeout.take(received.bytes)

    stream.read, stream.write = read, write


def _limit_async_reads(stream: Any) -> None:
    receive, send, received = stream.read, stream.write, _Received(stream)

    async def write(buffer: bytes, timeout: float | None = None) -> None:
        if buffer:  # else the request is complete
            received.begin(timeout)
            await send(buffer, timeout)

    async def read(max_bytes: int, timeout: float | None = None) -> bytes:
        if not isinstance(timeout, ResponseTimeout):  # the handshake with a proxy
            return await receive(max_bytes, timeout)  # type: ignore[no-any-return] # of httpcore.NetworkStream
        if not received.bytes:
            received.add(await receive(max_bytes, timeout.remaining()))
        received.is_reused = timeout.is_http11
        return timeout.take(received.bytes)

    stream.read, stream.write = read, write
