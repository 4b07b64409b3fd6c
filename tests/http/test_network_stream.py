"""A response has one deadline, and its bytes are never taken for those of another response."""

import asyncio
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpcore
import httpx
import pytest

from hubspot_timeline import (
    BatchLimits,
    ConnectionLostError,
    Created,
    OAuthRefresh,
    Outcome,
    RateLimit,
    Rejected,
    RetryPolicy,
    Unconfirmed,
    Unsent,
)
from hubspot_timeline.http.network_stream import limit_response, timeout_of
from tests.helpers.both_clients import AsyncRunner, Call, ClientRunner
from tests.helpers.examples import examples
from tests.helpers.fake_time import FakeTime
from tests.helpers.numbered_events import numbered
from tests.helpers.payloads import payload_of
from tests.helpers.scripted_http import Script, batch_result

CREATED = json.dumps(batch_result(map(payload_of, numbered(1)))).encode()
TOKEN = b'{"access_token": "a-token", "expires_in": 1800}'
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n"

RUNS = examples(20, 200)

ONE_BY_ONE: dict[str, Any] = {
    "batch": BatchLimits(max_events=1),
    "max_in_flight": 1,
    "rate_limit": None,
    "httpx_args": {},
}

send_one: Call = lambda timeline: timeline.send(numbered(1))  # noqa: E731
send_two: Call = lambda timeline: timeline.stream(numbered(2))  # noqa: E731


class TickingTime(FakeTime):
    """A clock that advances by a second each time it is read."""

    def clock(self) -> float:
        """Return the next second."""
        self.now += 1
        return self.now


def http(body: bytes, *, status: int = 201, header: bytes = b"X: y") -> bytes:
    """Return a whole response."""
    return b"HTTP/1.1 %d Status\r\n%b\r\nContent-Length: %d\r\n\r\n%b" % (status, header, len(body), body)


def each(content: bytes) -> list[bytes]:
    """Return the single bytes."""
    return [bytes([byte]) for byte in content]


def receiving(client: ClientRunner, pieces: list[bytes]) -> dict[str, Any]:
    """Return the option to receive from each connection these pieces, one for each read."""
    if isinstance(client, AsyncRunner):
        transport: Any = httpx.AsyncHTTPTransport()
        pool: Any = httpcore.AsyncConnectionPool(network_backend=httpcore.AsyncMockBackend(pieces))
    else:
        transport = httpx.HTTPTransport()
        pool = httpcore.ConnectionPool(network_backend=httpcore.MockBackend(pieces))
    transport._pool = pool  # noqa: SLF001 - httpx has no option for it
    return {"httpx_args": {"transport": transport}, "timeout": 30, "retry": RetryPolicy(attempts=1)}


DRIPS = {
    "informational responses": [HINTS] * 500 + [http(CREATED)],
    "a header": each(http(CREATED, header=b"X: " + b"y" * 500)),
    "a body": each(http(CREATED + b" " * 500)),
    "chunks": [b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"] + [b"1\r\n \r\n"] * 500
    + [b"%x\r\n%b\r\n0\r\n\r\n" % (len(CREATED), CREATED)],
}  # fmt: skip


@pytest.mark.parametrize("pieces", DRIPS.values(), ids=DRIPS)
def test_a_response_that_drips_has_a_deadline(client: ClientRunner, pieces: list[bytes]) -> None:
    """However often a byte arrives; the event may have been created."""
    [failure] = client.run(Script(), send_one, TickingTime(), **receiving(client, pieces)).failures

    assert isinstance(failure, Unconfirmed)
    assert type(failure.error) is ConnectionLostError
    assert "the response was not complete 30 s after its request" in str(failure.error)
    assert isinstance(failure.error.__cause__, httpx.ReadTimeout)


def test_a_token_refresh_that_drips_has_a_deadline(client: ClientRunner) -> None:
    """Nothing was sent by then."""
    options = receiving(client, [HINTS] * 500 + [http(TOKEN, status=200), http(CREATED)])
    credentials = OAuthRefresh("app", "secret-0815", "refresh-4711")
    [failure] = client.run(Script(), send_one, TickingTime(), token=credentials, **options).failures

    assert isinstance(failure, Unsent)
    assert "the response was not complete 30 s after its request" in str(failure.error)


@pytest.mark.parametrize("pieces", DRIPS.values(), ids=DRIPS)
def test_a_response_in_time_is_read_however_it_is_cut(client: ClientRunner, pieces: list[bytes]) -> None:
    """The clock stands still."""
    assert client.run(Script(), send_one, **receiving(client, pieces)).created == 1


def test_a_request_counts_from_when_it_was_sent(client: ClientRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a busy process that is later than its permit: here by 10 s, so that the third waits for the first's window."""
    time = FakeTime()

    def write(*_: object) -> None:
        time.now += 5

    async def write_async(*_: object) -> None:
        write()

    monkeypatch.setattr(httpcore.MockStream, "write", write)
    monkeypatch.setattr(httpcore.AsyncMockStream, "write", write_async)
    options = receiving(client, [http(CREATED)] * 3)
    client.run_all(Script(), send_one, send_one, send_one, time=time, rate_limit=RateLimit(2), **options)

    assert time.now == pytest.approx(10 + 10.2 + 10, abs=0.01)


def chunked(body: bytes) -> bytes:
    """Return a whole response in chunks, of which one ends within a line."""
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:50], body[50:]))
    return b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n%b0\r\n\r\n" % chunks


REFUSED = http(b'{"message": "no such template"}', status=400)
SECOND_CREATED = http(json.dumps(batch_result(map(payload_of, [*numbered(2)][1:]))).encode())
SURPLUS = {
    "400": (REFUSED, Created),
    "408": (b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", Created),
    "201": (SECOND_CREATED, Rejected),
    "the beginning of a 400": (REFUSED[:20], Created),
}


@contextmanager
def service_with_surplus(first: bytes, surplus: bytes, *, creates_second: bool) -> Iterator[tuple[str, list[int]]]:
    """Run a server that sends surplus bytes behind its response for event e0; yield its URL and the ports.

    The ports are those that the requests came from.
    """
    ports: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Respond to one request."""
            ports.append(self.client_address[1])
            body = self.rfile.read(int(self.headers["Content-Length"]))
            second = SECOND_CREATED if creates_second else REFUSED
            self.wfile.write(first + surplus if b'"e0"' in body else second)

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", ports
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("first", [http(CREATED), chunked(CREATED)], ids=["length", "chunked"])
@pytest.mark.parametrize(("surplus", "second"), SURPLUS.values(), ids=SURPLUS)
def test_bytes_behind_a_response_are_not_taken_for_the_next_one(
    client: ClientRunner, first: bytes, surplus: bytes, second: type[Outcome]
) -> None:
    """The outcome of the second event is what the service has done with it, by one request."""
    with service_with_surplus(first, surplus, creates_second=second is Created) as (url, ports):
        runs = client.run_all(Script(), *[send_two] * RUNS, base_url=url, **ONE_BY_ONE)

    assert [[type(outcome) for outcome in outcomes] for outcomes in runs] == [[Created, second]] * RUNS
    assert len(ports) == 2 * RUNS


@pytest.mark.parametrize("first", [http(CREATED), chunked(CREATED)], ids=["length", "chunked"])
def test_a_connection_without_such_bytes_is_reused(client: ClientRunner, first: bytes) -> None:
    """All requests come from one port."""
    with service_with_surplus(first, b"", creates_second=True) as (url, ports):
        client.run_all(Script(), send_two, send_two, base_url=url, **ONE_BY_ONE)

    assert len(ports) == 4
    assert len(set(ports)) == 1


class Stream(httpcore.MockStream):
    """A network stream that is readable when the test says so; `sent` holds what was written."""

    def __init__(self, pieces: list[bytes]) -> None:
        super().__init__(pieces)
        self.is_readable = False
        self.sent: list[bytes] = []

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - as in httpcore
        """Record what is sent."""
        self.sent.append(buffer)

    def get_extra_info(self, info: str) -> Any:
        """Return whether the stream is readable."""
        return self.is_readable if info == "is_readable" else None


class AsyncStream(httpcore.AsyncNetworkStream):
    """The same for coroutines."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return the next piece."""
        return self.stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Record what is sent."""
        self.stream.write(buffer, timeout)

    def get_extra_info(self, info: str) -> Any:
        """Return whether the stream is readable."""
        return self.stream.get_extra_info(info)


async def exchange_twice(stream: Stream, version: str, *, is_async: bool) -> None:
    """Send a request and read its response; then send another, of which bytes arrive after its head."""
    request = httpx.Request("POST", "https://x", extensions={"timeout": {"read": 30.0}})
    limit_response(request, 30, FakeTime().clock, is_async=is_async)
    wrapped: Any = AsyncStream(stream) if is_async else stream

    async def awaited(result: Any) -> Any:
        return await result if is_async else result

    trace = request.extensions["trace"]
    await awaited(trace("connection.connect_tcp.complete", {"return_value": wrapped}))
    stream.is_readable = True
    await awaited(wrapped.write(b"refused early", timeout_of(request)))
    await awaited(trace(f"{version}.receive_response_headers.started", {}))
    await awaited(wrapped.read(100, timeout_of(request)))
    stream.is_readable = False
    await awaited(wrapped.write(b"head", timeout_of(request)))
    stream.is_readable = True
    await awaited(wrapped.write(b"", timeout_of(request)))  # ends a request, whose response may have arrived
    await awaited(wrapped.write(b"body", timeout_of(request)))


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_another_connection_is_used_if_bytes_arrive_on_a_reused_one(is_async: bool) -> None:
    """Before the request was sent, so that nothing was done; on a new connection they are its early refusal."""
    stream = Stream([b"a line\r\n"])
    with pytest.raises(httpcore.ConnectionNotAvailable):
        asyncio.run(exchange_twice(stream, "http11", is_async=is_async))

    assert stream.sent == [b"refused early", b"head"]


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_frames_of_http2_may_arrive_at_any_time(is_async: bool) -> None:
    """Its responses are numbered, so that none is taken for another."""
    stream = Stream([b"frames\nframes"])
    asyncio.run(exchange_twice(stream, "http2", is_async=is_async))

    assert stream.sent == [b"refused early", b"head", b"body"]


class Tls(ssl.SSLObject):
    """The TLS layer of an asynchronous stream, with records that it has received and not yet decrypted."""

    def __init__(self, records: list[bytes]) -> None:
        self.records = records

    def read(self, len: int = 1024, buffer: Any = None) -> Any:  # noqa: A002, ARG002 - as in the standard library
        """Return the next record."""
        if not self.records:
            raise ssl.SSLWantReadError
        return self.records.pop(0)


def test_bytes_of_another_tls_record_are_noticed() -> None:
    """They are in memory, where the socket does not show them."""
    request = httpx.Request("POST", "https://x", extensions={"timeout": {"read": 30.0}})
    limit_response(request, 30, FakeTime().clock, is_async=False)
    stream, tls = Stream([b"a line\n"]), Tls([b"another\n", b"and another\n"])
    stream.get_extra_info = lambda info: tls if info == "ssl_object" else False  # type: ignore[method-assign]
    timeout = timeout_of(request)
    timeout.trace("connection.start_tls.complete", {"return_value": stream})
    timeout.trace("http11.receive_response_headers.started", {})

    assert not stream.get_extra_info("is_readable")
    assert stream.read(100, timeout) == b"a line\n"
    assert stream.get_extra_info("is_readable")
    assert [stream.read(100, timeout), stream.read(100, timeout)] == [b"another\n", b"and another\n"]
    assert not stream.get_extra_info("is_readable")
