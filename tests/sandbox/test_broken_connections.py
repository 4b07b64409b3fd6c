"""The running sandbox breaks connections as TCP does: reset without a byte, or ended amid the body; then it goes on."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from hubspot_timeline_testing.sandbox import Fault, FaultPlan, SandboxServer, SandboxSettings
from tests.helpers.fake_time import FakeTime
from tests.helpers.sandbox_calls import HEADERS, PATH, event

RESETS = pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.RESET_AFTER])


@contextmanager
def scripted(*faults: Fault | None) -> Iterator[SandboxServer]:
    settings = SandboxSettings(faults=FaultPlan(script=faults))
    with SandboxServer(settings=settings, sleep=FakeTime().async_sleep) as server:
        yield server


def received(server: SandboxServer, event_id: str = "e1") -> bytes:
    """Send one event over a connection of its own and return all that comes until the server ends it."""
    address = httpx.URL(server.url)
    body = json.dumps({"inputs": [event(event_id)]}).encode()
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nContent-Type: application/json\r\n"
    with socket.create_connection((address.host, address.port or 0)) as connection:
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@RESETS
def test_a_reset_is_a_reset(fault: Fault) -> None:
    """The client gets no byte but a reset; what the store holds depends on when it came."""
    with scripted(fault) as server:
        with pytest.raises(ConnectionResetError):
            received(server)
        assert server.store.count() == (0 if fault.is_instead else 1)


def test_a_truncated_answer_ends_in_its_body() -> None:
    """Head and half of the body arrive, then the connection ends, and the event is created."""
    with scripted(Fault.TRUNCATED) as server:
        head, _, body = received(server).partition(b"\r\n\r\n")
        assert server.store.count() == 1
    assert head.startswith(b"HTTP/1.1 201 ")
    assert (
        f"content-length: {2 * len(body)}".encode() in head or f"content-length: {2 * len(body) + 1}".encode() in head
    )
    assert body.startswith(b'{"status":"COMPLETE"')


def test_clients_see_a_lost_connection(caplog: pytest.LogCaptureFixture) -> None:
    """Each break is an error of the transport, on a connection in use before too, and the next request is served."""
    breaks = [Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.TRUNCATED]
    script = [fault for pair in zip([None] * 3, breaks, strict=True) for fault in pair]
    with scripted(*script) as server, httpx.Client(base_url=server.url, headers=HEADERS) as client:
        for number, _ in enumerate(breaks):
            assert client.post(PATH, json={"inputs": [event(f"fine {number}")]}).status_code == 201
            with pytest.raises(httpx.TransportError):
                client.post(PATH, json={"inputs": [event(f"lost {number}")]})
        assert client.get("/_sandbox/counts").json() == {
            "events": 5,
            "requests": 6,
            "limited": 0,
            "records": 1,
            "templates": 0,
        }
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@RESETS
def test_only_one_connection_is_reset(fault: Fault) -> None:
    """Another client, connected at the same time, keeps its connection."""
    with scripted(None, fault, None) as server, httpx.Client(base_url=server.url, headers=HEADERS) as other:
        ports: list[int] = []
        for name in ("first", "last"):
            response = other.post(PATH, json={"inputs": [event(name)]})
            ports.append(response.extensions["network_stream"].get_extra_info("client_addr")[1])
            if name == "first":
                with pytest.raises(ConnectionResetError):
                    received(server)
    assert ports[0] == ports[1]


@pytest.mark.parametrize("fault", [fault for fault in Fault if "reset" not in fault and fault != Fault.TRUNCATED])
def test_all_other_faults_leave_the_connection_open(fault: Fault) -> None:
    """Any other answer is a whole one, statuses unknown to HTTP too, and the same connection serves the next."""
    with scripted(fault) as server, httpx.Client(base_url=server.url, headers=HEADERS) as client:
        ports = {
            client.post(PATH, json={"inputs": [event(name)]})
            .extensions["network_stream"]
            .get_extra_info("client_addr")[1]
            for name in ("a", "b")
        }
    assert len(ports) == 1
