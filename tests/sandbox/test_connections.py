"""Connections of a running sandbox: broken by faults, and used by clients that send something else than HTTP."""

import asyncio
import json
import logging
import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count, pairwise
from threading import Event

import httpx
import pytest

from hubspot_timeline_testing.sandbox import Clock, Fault, FaultPlan, SandboxServer, SandboxSettings
from hubspot_timeline_testing.sandbox.http.connection_faults import PAUSE, SLOW_PIECES
from tests.helpers.fake_time import FakeTime
from tests.helpers.sandbox_calls import HEADERS, PATH, counts, event, post

HEAD = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nContent-Type: application/json\r\n".encode()
HALF = HEAD + b'Content-Length: 100\r\n\r\n{"inputs":'
RESETS = [Fault.RESET_BEFORE, Fault.RESET_AFTER]
BREAKING = [*RESETS, Fault.TRUNCATED]
MAX_BODY = 5_000
MALFORMED = {
    "nothing": b"",
    "zeros": bytes(2_000),
    "all bytes": bytes(range(256)) * 10,
    "TLS": bytes.fromhex("16030100c8010000c40303"),
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "an unknown version": b"GET / HTTP/9.9\r\n\r\n",
    "a long line": b"GET /" + b"a" * 100_000,
    "a long header": b"GET / HTTP/1.1\r\nX: " + b"a" * 200_000,
    "many headers": b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000,
    "no colon": b"GET / HTTP/1.1\r\nHost\r\n\r\n",
    "a negative length": HEAD + b"Content-Length: -1\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n12345",
    "a length and chunks": HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk without a size": HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "a chunk with a huge size": HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\n",
    "half a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n400\r\n{",
    "an upgrade": b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n" + bytes(99),
}


@contextmanager
def scripted(*faults: Fault | None) -> Iterator[SandboxServer]:
    settings = SandboxSettings(faults=FaultPlan(script=faults))
    with SandboxServer(settings=settings, clock=Clock(sleep=FakeTime().async_sleep)) as server:
        yield server


@contextmanager
def connected(server: SandboxServer) -> Iterator[socket.socket]:
    address = httpx.URL(server.url)
    with socket.create_connection((address.host, address.port or 0), timeout=30) as connection:
        yield connection


def received(server: SandboxServer) -> bytes:
    """Send one event over a new connection and return everything until the server closes it."""
    body = json.dumps({"inputs": [event()]}).encode()
    with connected(server) as connection:
        connection.sendall(HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def port_of(response: httpx.Response) -> int:
    port: int = response.extensions["network_stream"].get_extra_info("client_addr")[1]
    return port


@pytest.mark.parametrize("fault", RESETS)
def test_a_reset_is_a_tcp_reset(fault: Fault) -> None:
    """The client receives no byte; another client's connection stays open."""
    with scripted(None, fault, None) as server, httpx.Client(base_url=server.url, headers=HEADERS) as other:
        first = other.post(PATH, json={"inputs": [event("first")]})
        with pytest.raises(ConnectionResetError):
            received(server)
        assert server.store.count() == (1 if fault.is_instead else 2)
        assert port_of(first) == port_of(other.post(PATH, json={"inputs": [event("last")]}))


def test_a_truncated_response_ends_in_its_body() -> None:
    """The headers announce the whole length, half of it arrives, and the event is created."""
    with scripted(Fault.TRUNCATED) as server:
        head, _, body = received(server).partition(b"\r\n\r\n")
        assert server.store.count() == 1
    assert head.startswith(b"HTTP/1.1 201 ")
    assert any(f"content-length: {length}".encode() in head for length in (2 * len(body), 2 * len(body) + 1))
    assert body.startswith(b'{"status":"COMPLETE"')


def test_slow_headers_arrive_in_pieces_before_the_body() -> None:
    """The whole response, in a valid form for a client; then the connection closes."""
    time = FakeTime()
    settings = SandboxSettings(faults=FaultPlan(script=[Fault.SLOW_HEADERS] * 2))
    with SandboxServer(settings=settings, clock=Clock(sleep=time.async_sleep)) as server:
        head, _, body = received(server).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 201 \r\nconnection: close\r\n")
        assert f"content-length: {len(body)}".encode() in head
        assert json.loads(body)["status"] == "COMPLETE"
        assert 10 < time.waits.count(PAUSE) <= SLOW_PIECES
        assert post(server.url, event("next")).json()["results"][0]["id"] == "next"


def test_a_client_that_gives_up_on_slow_headers_is_not_an_error(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is written to its connection any more."""
    gone, pauses = Event(), count()

    async def sleep(_: float) -> None:
        if next(pauses) == 2:
            await asyncio.to_thread(gone.wait, 30)

    settings = SandboxSettings(faults=FaultPlan(script=[Fault.SLOW_HEADERS], latency=0))
    with SandboxServer(settings=settings, clock=Clock(sleep=sleep)) as server:
        with connected(server) as connection:
            connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")
            assert connection.recv(5) == b"HTTP/"
        gone.set()
        assert post(server.url, event()).status_code == 201
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_clients_raise_a_transport_error(caplog: pytest.LogCaptureFixture) -> None:
    """For each broken connection, also one that was used before; the next request is served."""
    script = [fault for pair in zip([None] * 3, BREAKING, strict=True) for fault in pair]
    with scripted(*script) as server, httpx.Client(base_url=server.url, headers=HEADERS) as client:
        for number in range(len(BREAKING)):
            assert client.post(PATH, json={"inputs": [event(f"fine {number}")]}).status_code == 201
            with pytest.raises(httpx.TransportError):
                client.post(PATH, json={"inputs": [event(f"lost {number}")]})
        assert server.control.counts() == counts(events=5, requests=6, records=1)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_all_other_faults_keep_the_connection() -> None:
    """The next request is served on it."""
    faults = [fault for fault in Fault if fault not in (*BREAKING, Fault.SLOW_HEADERS)]
    with scripted(*faults) as server, httpx.Client(base_url=server.url, headers=HEADERS) as client:
        ports = [port_of(client.post(PATH, json={"inputs": [event(str(n))]})) for n in range(len(faults) + 1)]
    assert not [fault for fault, pair in zip(faults, pairwise(ports), strict=True) if len(set(pair)) > 1]


@pytest.fixture(scope="module")
def limited() -> Iterator[SandboxServer]:
    with SandboxServer(settings=SandboxSettings(max_body_bytes=MAX_BODY, duplicates="last-wins")) as server:
        yield server


def test_an_endless_body_is_rejected_while_it_is_read(limited: SandboxServer) -> None:
    """A 413 is sent as soon as it is over the limit, whether it is chunked or has a length."""
    with connected(limited) as connection:
        connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(100_000):
            if select.select([connection], [], [], 0)[0]:
                break
            connection.sendall(b"400\r\n" + b" " * 0x400 + b"\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")
    with connected(limited) as connection:
        connection.sendall(HEAD + b"Content-Length: 1000000000000\r\n\r\n" + b" " * (MAX_BODY + 1))
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")
    assert post(limited.url, event()).status_code == 201


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED)
def test_malformed_http_is_rejected(limited: SandboxServer, sent: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """Or dropped; the server still serves others, and logs no error of its own."""
    with connected(limited) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        assert not connection.recv(100).startswith(b"HTTP/1.1 5")
    assert post(limited.url, event()).status_code == 201
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_a_client_that_disconnects_is_not_an_error(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is created, and nothing is logged."""
    with SandboxServer() as server:
        with connected(server) as connection:
            connection.sendall(HALF)
        assert server.control.counts()["events"] == 0
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_an_incomplete_request_does_not_delay_the_end() -> None:
    """At the end of the `with` it gets a 503."""
    with ExitStack() as stack:
        with SandboxServer() as server:
            connection = stack.enter_context(connected(server))
            connection.sendall(HALF)
            server.control.counts()  # by now the request is being read
        assert connection.recv(100).startswith(b"HTTP/1.1 503 ")
