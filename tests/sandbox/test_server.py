"""The sandbox as a server in this process: it serves this machine, keeps its state, and leaves nothing behind."""

import asyncio
import gc
import socket
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import TypeAlias

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from hubspot_timeline_testing.sandbox import Clock, SandboxServer, SandboxSettings, Store
from hubspot_timeline_testing.sandbox.server_thread import serving
from tests.helpers.sandbox_calls import HEADERS, NOW, NOW_TEXT, PATH, counts, event, post

SandboxThreads: TypeAlias = Callable[[], list[threading.Thread]]


@pytest.fixture
def sandbox_threads() -> SandboxThreads:
    """Return a function for the threads of sandboxes that the test has started."""
    before = set(threading.enumerate())
    return lambda: [thread for thread in threading.enumerate() if thread not in before and "sandbox" in thread.name]


def test_nothing_is_left_behind(sandbox_threads: SandboxThreads) -> None:
    """After the `with` the port and the store are closed, the thread has ended, and no socket leaks."""
    with SandboxServer() as server, httpx.Client(base_url=server.url) as client:
        assert client.get("/_sandbox/counts").json() == counts()
        url = httpx.URL(server.url)
        assert url.host == "127.0.0.1"  # of this machine only
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((url.host, url.port or 0))
    assert not sandbox_threads()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        server.store.count()
    gc.collect()  # a leaked socket would warn here, and warnings are errors


def test_an_idle_client_does_not_delay_the_end(sandbox_threads: SandboxThreads) -> None:
    """Its connection is closed at the end of the `with`."""
    with ExitStack() as stack:
        with SandboxServer() as server:
            client = stack.enter_context(httpx.Client(base_url=server.url))
            client.get("/_sandbox/counts").raise_for_status()
        assert not sandbox_threads()
        gc.collect()  # as above: also the socket of this connection is closed


def test_a_request_in_progress_has_its_response_at_the_end() -> None:
    """The server waits for it."""
    started = threading.Event()

    async def respond_at_the_end(_scope: Scope, _receive: Receive, send: Send) -> None:
        started.set()
        while listener.fileno() != -1:
            await asyncio.sleep(0.001)
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    with ThreadPoolExecutor() as pool, socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with serving(respond_at_the_end, listener):
            response = pool.submit(httpx.get, url, trust_env=False)
            assert started.wait(30)
        assert response.result().status_code == 204


def test_a_response_is_sent_at_once() -> None:
    """Its body does not wait for the client to acknowledge the headers, which takes some 40 ms by default."""
    with SandboxServer() as server, httpx.Client(base_url=server.url) as client:
        waits = [client.get("/_sandbox/counts").elapsed.total_seconds() for _ in range(40)]
    assert median(waits) < 0.03


def test_a_port_in_use_is_an_error(sandbox_threads: SandboxThreads) -> None:
    """Entering raises OSError and leaves nothing running."""
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(OSError, match="in use"):
        SandboxServer(port=other.getsockname()[1]).__enter__()
    assert not sandbox_threads()


def test_the_store_of_the_caller_stays_open(tmp_path: Path) -> None:
    """It is usable after the `with`, and another server continues with it."""
    with Store(tmp_path / "events.db") as store:
        statuses: list[int] = []
        for _ in range(2):
            with SandboxServer(store=store, clock=Clock(now=lambda: NOW)) as server:
                statuses.append(post(server.url, event()).status_code)
        assert statuses == [201, 409]
        assert NOW_TEXT in store.page(0, 1)[0].result


def test_a_client_with_a_long_body_receives_the_413() -> None:
    """While it is still sending; the server continues."""
    settings = SandboxSettings(max_body_bytes=1000)
    with SandboxServer(settings=settings) as server, httpx.Client(headers=HEADERS) as client:
        assert client.post(server.url + PATH, content=b" " * 3_000_000).status_code == 413
        assert client.post(server.url + PATH, content=b'{"inputs":[]}').status_code == 201
