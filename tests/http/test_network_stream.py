"""A response has one deadline, and its bytes are never taken for those of another response."""

import json
from typing import Any

import httpcore
import httpx
import pytest

from hubspot_timeline import ConnectionLostError, OAuthRefresh, RetryPolicy, Unconfirmed, Unsent
from tests.helpers.both_clients import AsyncRunner, Call, ClientRunner
from tests.helpers.fake_time import FakeTime
from tests.helpers.numbered_events import numbered
from tests.helpers.payloads import payload_of
from tests.helpers.scripted_http import Script, batch_result

CREATED = json.dumps(batch_result(map(payload_of, numbered(1)))).encode()
TOKEN = b'{"access_token": "a-token", "expires_in": 1800}'
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n"

send_one: Call = lambda timeline: timeline.send(numbered(1))  # noqa: E731


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
