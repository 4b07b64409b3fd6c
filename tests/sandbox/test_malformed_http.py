"""What comes over a connection may be endless or no HTTP at all: it is refused, and the server serves the others."""

import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from hubspot_timeline_testing.sandbox import SandboxServer, SandboxSettings
from tests.helpers.sandbox_calls import HEADERS, PATH, event

LIMIT = 5_000
HEAD = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nContent-Type: application/json\r\n".encode()
ENDLESS = 100_000
CHUNK = b"400\r\n" + b" " * 0x400 + b"\r\n"

BROKEN = {
    "nothing": b"",
    "zeros": bytes(2_000),
    "all bytes": bytes(range(256)) * 10,
    "tls": bytes.fromhex("16030100c8010000c40303"),
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "a version to come": b"GET / HTTP/9.9\r\n\r\n",
    "a long line": b"GET /" + b"a" * 100_000,
    "a long header": b"GET / HTTP/1.1\r\nX: " + b"a" * 200_000,
    "many headers": b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000,
    "no colon": b"GET / HTTP/1.1\r\nHost\r\n\r\n",
    "a length below zero": HEAD + b"Content-Length: -1\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n12345",
    "a length and chunks": HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk of no size": HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "a chunk of any size": HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\n",
    "half a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n400\r\n{",
    "an upgrade": b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n" + bytes(99),
}


@contextmanager
def connected(server: SandboxServer) -> Iterator[socket.socket]:
    address = httpx.URL(server.url)
    with socket.create_connection((address.host, address.port or 0), timeout=30) as connection:
        yield connection


def works(server: SandboxServer) -> bool:
    return httpx.post(server.url + PATH, headers=HEADERS, json={"inputs": [event()]}).status_code == 201


def test_an_endless_body_is_refused_while_it_comes() -> None:
    """A 413 answers a chunked body that never ends, once it is over the limit."""
    with SandboxServer(settings=SandboxSettings(max_body_bytes=LIMIT)) as server:
        with connected(server) as connection:
            connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
            for _ in range(ENDLESS):
                if select.select([connection], [], [], 0)[0]:
                    break
                connection.sendall(CHUNK)
            assert connection.recv(100).startswith(b"HTTP/1.1 413 ")
        assert works(server)


def test_an_announced_flood_is_refused_before_it_comes() -> None:
    """A 413 answers a body that is announced as a terabyte, once what came of it is over the limit."""
    with SandboxServer(settings=SandboxSettings(max_body_bytes=LIMIT)) as server:
        with connected(server) as connection:
            connection.sendall(HEAD + b"Content-Length: 1000000000000\r\n\r\n" + b" " * (LIMIT + 1))
            assert connection.recv(100).startswith(b"HTTP/1.1 413 ")
        assert works(server)


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN)
def test_what_is_no_http_stops_nothing(sent: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """Such bytes are refused or dropped; the server still creates an event, and reports no failure of its own."""
    with SandboxServer(settings=SandboxSettings(max_body_bytes=LIMIT)) as server:
        with connected(server) as connection:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            assert not connection.recv(100).startswith(b"HTTP/1.1 5")
        assert works(server)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
