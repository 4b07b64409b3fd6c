"""Every unsuccessful response becomes an error of this package, also in the generated functions."""

import gzip
import json
import pickle
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from functools import cache
from typing import Any

import httpx
import httpx_aiohttp
import pytest

from hubspot_timeline import (
    AccountMigratingError,
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    ConnectionLostError,
    Created,
    LockedError,
    NotConnectedError,
    Outcome,
    PayloadTooLargeError,
    PermissionDeniedError,
    RateLimitError,
    RetryPolicy,
    ServerError,
    TimelineError,
    Unconfirmed,
    UnexpectedStatusError,
)
from hubspot_timeline.http.responses import MAX_BODY_BYTES
from hubspot_timeline_api.api.events import create_events
from hubspot_timeline_api.models import TimelineEventBatch
from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.both_clients import AsyncRunner, Call, ClientRunner, SyncRunner
from tests.helpers.clients import AsyncTimelineClient
from tests.helpers.fake_time import FakeTime
from tests.helpers.model_service import ModelService
from tests.helpers.numbered_events import numbered
from tests.helpers.payloads import payload_of
from tests.helpers.scripted_http import Handler, Script, batch_result, broken, status
from tests.helpers.storing_server import StoringServer, Turn, http

ERRORS = {
    302: UnexpectedStatusError,
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: BadRequestError,
    405: UnexpectedStatusError,
    409: ConflictError,
    413: PayloadTooLargeError,
    415: UnexpectedStatusError,
    423: LockedError,
    429: RateLimitError,
    477: AccountMigratingError,
    500: ServerError,
    520: ServerError,
    526: ServerError,
}

send_one: Call = lambda timeline: timeline.send(numbered(1))  # noqa: E731
ONCE: dict[str, Any] = {"retry": RetryPolicy(attempts=1)}


def call_generated(timeline: Any) -> Any:
    """Call the generated function of the batch operation."""
    function = create_events.asyncio if isinstance(timeline, AsyncTimelineClient) else create_events.sync
    return function(client=timeline.api, body=TimelineEventBatch([]))


@pytest.mark.parametrize("code", ERRORS)
@pytest.mark.parametrize(
    ("body", "text"), [("<html>edge</html>", "edge"), ({"message": "no", "correlationId": "c"}, "(correlationId c)")]
)
def test_the_generated_functions_raise_our_errors(client: ClientRunner, code: int, body: object, text: str) -> None:
    """Also for statuses that Python has no name for, and for HTML."""
    with pytest.raises(ERRORS[code]) as caught:
        client.run(Script(status(code, body)), call_generated)

    error = caught.value
    assert isinstance(error, ApiError)
    assert error.status == code
    assert text in str(error)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (httpx.ConnectError, NotConnectedError),
        (httpx.ConnectTimeout, NotConnectedError),
        (httpx.PoolTimeout, NotConnectedError),
        (httpx.ReadTimeout, ConnectionLostError),
        (httpx.WriteTimeout, ConnectionLostError),
        (httpx.ReadError, ConnectionLostError),
        (httpx.WriteError, ConnectionLostError),
        (httpx.RemoteProtocolError, ConnectionLostError),
        (httpx.ProxyError, ConnectionLostError),
    ],
)
def test_a_broken_connection_tells_whether_the_request_may_have_arrived(
    client: ClientRunner, error: type[httpx.TransportError], expected: type[TimelineError]
) -> None:
    """No error of httpx is raised; it is the cause of ours."""
    [failure] = client.run(Script(broken(error)), send_one, **ONCE).failures

    assert type(failure.error) is expected
    assert isinstance(failure.error.__cause__, error)


class ForeignTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Creates the events of each request and raises `error` for the first, as some transports do for a reset."""

    def __init__(self, error: type[httpx.TransportError]) -> None:
        self._service = ModelService()
        self._errors = [error("reset")]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        response = self._service.respond(request)
        if self._errors:
            raise self._errors.pop()
        return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request of an AsyncClient."""
        return self.handle_request(request)


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout])
@pytest.mark.parametrize("as_mount", [False, True])
def test_only_a_transport_of_httpx_tells_that_nothing_was_sent(
    client: ClientRunner, error: type[httpx.TransportError], *, as_mount: bool
) -> None:
    """Else the events may exist, and "exists already" after the retry means that they were created."""
    transport = ForeignTransport(error)
    args = {"mounts": {"all://": transport}} if as_mount else {"transport": transport}
    report = client.run(lambda _: httpx.Response(500), send_one, httpx_args=args)

    assert (report.created, report.requests) == (1, 2)


def reset_once(turn: Turn) -> None:
    """Process a request; reset the connection of the first instead of a response."""
    response = turn.process()
    if turn.number == 1:
        turn.reset()
    else:
        turn.send(http(response.status, response.content))


@pytest.mark.parametrize("transport", ["httpx", "pyqwest"])
def test_a_reset_after_the_events_were_created_is_ambiguous(client: ClientRunner, transport: str) -> None:
    """Else "exists already" would reject them."""
    with StoringServer(reset_once) as server:
        report = client.run(Script(), send_one, base_url=server.url, httpx_args={}, transport=transport)

    assert (report.created, report.requests) == (1, 2)


def test_a_reset_is_ambiguous_although_httpx_aiohttp_raises_a_connect_timeout() -> None:
    """It does so for whatever breaks a connection."""
    with StoringServer(reset_once) as server:
        args = {"transport": httpx_aiohttp.AiohttpTransport()}
        report = AsyncRunner().run(Script(), send_one, base_url=server.url, httpx_args=args)

    assert (report.created, report.requests) == (1, 2)


@pytest.mark.parametrize(("failures", "outcome"), [(1, Created), (99, Unconfirmed)])
def test_an_error_after_the_request_was_sent_does_not_tell_that_it_was_not(
    client: ClientRunner, failures: int, outcome: type[Outcome]
) -> None:
    """Such as that of a hook of the user's own, whose request to somewhere else is refused."""
    left = [httpx.ConnectError("refused")] * failures

    def audit(_: httpx.Response) -> None:
        if left:
            raise left.pop()

    async def audit_async(response: httpx.Response) -> None:
        audit(response)

    hook = audit if isinstance(client, SyncRunner) else audit_async
    with SandboxServer() as server:
        options: dict[str, Any] = {"base_url": server.url, "httpx_args": {"event_hooks": {"response": [hook]}}}
        [result] = client.run(Script(), lambda timeline: timeline.stream(numbered(1)), **options)
        assert server.store.count() == 1

    assert type(result) is outcome


@pytest.mark.parametrize(
    ("code", "headers", "seconds"),
    [
        (429, {"Retry_After": "7"}, 7),
        (429, {"Retry_After": "7", "X_HubSpot_RateLimit_Interval_Milliseconds": "10000"}, 7),
        (429, {"X_HubSpot_RateLimit_Interval_Milliseconds": "10000"}, 10),
        (500, {"X_HubSpot_RateLimit_Interval_Milliseconds": "10000"}, None),
        (503, {"Retry_After": "Tue, 24 Nov 2026 08:00:30 GMT", "Date": "Tue, 24 Nov 2026 08:00:00 GMT"}, 30),
        (503, {"Retry_After": "Tue, 24 Nov 2026 08:00:30 GMT"}, None),
        (503, {"Retry_After": "soon"}, None),
        (503, {"Retry_After": "-1"}, None),
        (503, {}, None),
    ],
)
def test_retry_after_is_read(client: ClientRunner, code: int, headers: dict[str, str], seconds: float | None) -> None:
    """As seconds or as a date by the clock of the service, else from the interval of the rate limit."""
    with pytest.raises(ApiError) as caught:
        client.run(Script(status(code, **headers)), call_generated)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize("code", [201, 500])
def test_an_endless_response_is_cut_off(code: int) -> None:
    """Its events may have been created."""
    response = httpx.Response(code, content=(b"x" * 1_000_000 for _ in range(1_000)))
    [failure] = SyncRunner().run(Script(lambda _: response), send_one, **ONCE).failures

    assert isinstance(failure, Unconfirmed)
    assert "longer than 64000000 bytes" in str(failure.error)


@pytest.mark.parametrize("code", [201, 500])
def test_a_slow_response_has_a_deadline(client: ClientRunner, code: int) -> None:
    """However often a byte arrives, the body must be complete within the timeout."""
    time = FakeTime()

    def trickle() -> Iterator[bytes]:
        for _ in range(99):
            time.sleep(5)
            yield b"x"

    async def trickle_async() -> AsyncIterator[bytes]:
        for byte in trickle():
            yield byte

    content = trickle_async if isinstance(client, AsyncRunner) else trickle
    script = Script(lambda _: httpx.Response(code, content=content()))
    [failure] = client.run(script, send_one, time, timeout=30, **ONCE).failures

    assert isinstance(failure, Unconfirmed)
    assert "was not complete 30 s after its request" in str(failure.error)
    assert time.now == 30


def streamed(client: ClientRunner, content: bytes, encoding: str, code: int = 201) -> Handler:
    """Return a handler that responds with a body in a content encoding, which is not read in advance."""

    async def asynchronous() -> AsyncIterator[bytes]:
        yield content

    def respond(_: httpx.Request) -> httpx.Response:
        stream = asynchronous() if isinstance(client, AsyncRunner) else iter([content])
        return httpx.Response(code, headers={"Content-Encoding": encoding}, content=stream)

    return respond


@pytest.mark.parametrize("encoding", ["gzip", "x-GZIP", "identity", "", "identity, gzip"])
def test_identity_and_gzip_are_read(client: ClientRunner, encoding: str) -> None:
    """Requests accept gzip only, so that nothing else is to be expected."""
    plain = json.dumps(batch_result(map(payload_of, numbered(1)))).encode()
    content = gzip.compress(plain) if "gzip" in encoding.lower() else plain
    script = Script(streamed(client, content, encoding))
    report = client.run(script, send_one, **ONCE)

    assert report.created == 1
    assert script.requests[0].headers["Accept-Encoding"] == "gzip"


@cache
def gzip_of(zeros: int) -> bytes:
    return gzip.compress(bytes(zeros), 1)


@pytest.mark.parametrize("code", [201, 400])
@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "deflate", "gzip, x-gzip"])
def test_another_encoding_is_not_decoded(client: ClientRunner, code: int, encoding: str) -> None:
    """A few bytes would become 2.7 GB before any limit is reached; so the events may have been created."""
    bomb = gzip.compress(gzip_of(100_000_000))
    script = Script(streamed(client, bomb, encoding, code))
    tracemalloc.start()
    [failure] = client.run(script, send_one, **ONCE).failures
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert isinstance(failure, Unconfirmed)
    assert type(failure.error) is ConnectionLostError
    assert f'Content-Encoding "{encoding}"' in str(failure.error)
    assert len(bomb) < 6_000
    assert peak < 3_000_000


def test_the_generated_functions_do_not_decode_another_encoding(client: ClientRunner) -> None:
    """They read the body by httpx, which would decode any number of layers."""
    bomb = gzip.compress(gzip.compress(b"{}"))
    with pytest.raises(ConnectionLostError, match="gzip, gzip"):
        client.run(Script(streamed(client, bomb, "gzip, gzip")), call_generated)


def test_decoding_stops_at_the_limit(client: ClientRunner) -> None:
    """Of one chunk of compressed bytes no more is decoded than a body may have."""
    script = Script(streamed(client, gzip_of(200_000_000), "gzip"))
    tracemalloc.start()
    [failure] = client.run(script, send_one, **ONCE).failures
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert isinstance(failure, Unconfirmed)
    assert "longer than 64000000 bytes" in str(failure.error)
    assert peak < MAX_BODY_BYTES * 1.1


@pytest.mark.parametrize(
    "content", [b"not gzip", gzip.compress(b"{}" * 100, mtime=0)[:-9], gzip.compress(b"{}", mtime=0) * 2]
)
def test_a_damaged_gzip_body_is_ambiguous(client: ClientRunner, content: bytes) -> None:
    """No part of it is taken for the whole."""
    [failure] = client.run(Script(streamed(client, content, "gzip")), send_one, **ONCE).failures

    assert isinstance(failure, Unconfirmed)
    assert "is not valid gzip" in str(failure.error)


def test_errors_can_be_pickled() -> None:
    """A pool of processes can return them."""
    error = pickle.loads(pickle.dumps(RateLimitError(429, {"policyName": "DAILY"}, 5)))  # noqa: S301 - its own pickle

    assert (error.status, error.policy, error.retry_after) == (429, "DAILY", 5.0)
