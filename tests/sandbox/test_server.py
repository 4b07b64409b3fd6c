"""The sandbox as a server in this process: it serves this machine, keeps its state, and leaves nothing behind."""

import gc
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import httpx
import pytest

from hubspot_timeline_api import AuthenticatedClient
from hubspot_timeline_api.api.events import create_events
from hubspot_timeline_api.models import EventTokens, TimelineEvent, TimelineEventBatch, TimelineEventBatchResult
from hubspot_timeline_testing.sandbox import SandboxSettings
from hubspot_timeline_testing.sandbox.server import SandboxServer
from hubspot_timeline_testing.sandbox.storage.store import Store
from tests.helpers.sandbox_calls import HEADERS, NOW, NOW_TEXT, PATH, event


def test_the_generated_client_speaks_with_it() -> None:
    """A request of the generated client is answered so that the client can read it."""
    batch = TimelineEventBatch([TimelineEvent("1000123", "e1", EventTokens(), utk="cookie")])
    with SandboxServer(now=lambda: NOW) as server, AuthenticatedClient(server.url, "any") as client:
        answer = create_events.sync(client=client, body=batch)
        assert isinstance(answer, TimelineEventBatchResult)
        assert [(result.id, result.created_at) for result in answer.results] == [("e1", NOW)]
        assert server.store.count() == 1


def test_nothing_is_left_behind() -> None:
    """After the `with` port and store are closed, the thread has ended and no socket is left to be collected."""
    with SandboxServer() as server:
        httpx.get(f"{server.url}/_sandbox/counts").raise_for_status()
        url = httpx.URL(server.url)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((url.host, url.port or 0))
    assert not [thread for thread in threading.enumerate() if "sandbox" in thread.name]
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        server.store.count()
    gc.collect()  # a leaked socket would warn here, and warnings are errors


def test_a_client_that_stays_connected_does_not_hold_it_up() -> None:
    """An idle connection is closed at the end of the `with`."""
    with SandboxServer() as server, httpx.Client(base_url=server.url) as client:
        assert client.get("/_sandbox/counts").json() == {
            "events": 0,
            "requests": 0,
            "limited": 0,
            "records": 0,
            "templates": 0,
        }


def test_an_answer_is_not_held_back() -> None:
    """An answer's body does not wait, as some 40 ms long by default, for the client to acknowledge its head."""
    with SandboxServer() as server, httpx.Client(base_url=server.url) as client:
        waits = [client.get("/_sandbox/counts").elapsed.total_seconds() for _ in range(40)]
    assert median(waits) < 0.03


def test_it_listens_to_this_machine_only() -> None:
    """The address is that of the loopback."""
    with SandboxServer() as server:
        assert server.url.startswith("http://127.0.0.1:")


def test_a_taken_port_is_an_error() -> None:
    """Entering with a port that is in use raises OSError and leaves nothing running."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        SandboxServer(port=taken.getsockname()[1]).__enter__()
    assert not [thread for thread in threading.enumerate() if "sandbox" in thread.name]


def test_a_given_store_stays_open(tmp_path: Path) -> None:
    """A store that was given is the caller's: it is usable after the `with`, and another server goes on with it."""
    with Store(tmp_path / "events.db") as store:
        statuses: list[int] = []
        for _ in range(2):
            with SandboxServer(store=store, now=lambda: NOW) as server:
                response = httpx.post(server.url + PATH, headers=HEADERS, json={"inputs": [event()]})
                statuses.append(response.status_code)
        assert statuses == [201, 409]
        assert NOW_TEXT in store.page(0, 1)[0].result


def test_a_body_that_is_too_long_gets_its_answer() -> None:
    """The 413 reaches a client that is still sending, and the server goes on."""
    with (
        SandboxServer(settings=SandboxSettings(max_body_bytes=1000)) as server,
        httpx.Client(headers=HEADERS) as client,
    ):
        assert client.post(server.url + PATH, content=b" " * 3_000_000).status_code == 413
        assert client.post(server.url + PATH, content=b'{"inputs":[]}').status_code == 201


@contextmanager
def half_sent(url: str) -> Iterator[socket.socket]:
    """Connect, and send a request without the end of its body."""
    address = httpx.URL(url)
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nContent-Type: application/json\r\n"
    with socket.create_connection((address.host, address.port or 0)) as connection:
        connection.sendall(f'{head}Content-Length: 100\r\n\r\n{{"inputs":'.encode())
        yield connection


def test_a_client_that_goes_away_does_no_harm(caplog: pytest.LogCaptureFixture) -> None:
    """A connection that ends within the body creates nothing and is no failure."""
    with SandboxServer() as server:
        with half_sent(server.url):
            pass
        assert httpx.get(f"{server.url}/_sandbox/counts").json()["events"] == 0
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_a_request_that_never_ends_does_not_hold_it_up() -> None:
    """A request of which the body is still missing at the end of the `with` is answered with 503."""
    with ExitStack() as stack:
        with SandboxServer() as server:
            connection = stack.enter_context(half_sent(server.url))
            httpx.get(f"{server.url}/_sandbox/counts").raise_for_status()  # by now the request is under way
        assert connection.recv(100).startswith(b"HTTP/1.1 503 ")
