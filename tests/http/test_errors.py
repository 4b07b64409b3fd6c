"""Whatever is no success comes out as an error of this package, also from the generated functions."""

import asyncio
import pickle
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from hubspot_timeline import (
    AccountMigratingError,
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    ConnectionLostError,
    LockedError,
    NotConnectedError,
    PayloadTooLargeError,
    PermissionDeniedError,
    RateLimitError,
    Report,
    RetryPolicy,
    ServerError,
    TimelineError,
    Unconfirmed,
    UnexpectedStatusError,
    event,
)
from hubspot_timeline_api.api.events import create_events
from hubspot_timeline_api.models import TimelineEventBatch
from tests.helpers.clients import AsyncTimelineClient, TimelineClient
from tests.helpers.fake_time import FakeTime
from tests.helpers.scripted_http import Script, broken, status

KINDS = {
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


@pytest.mark.parametrize("code", KINDS)
@pytest.mark.parametrize("body", ["<html>edge</html>", {"message": "no", "correlationId": "c-1"}])
def test_the_generated_functions_raise_our_errors(code: int, body: object) -> None:
    """Statuses that Python has no name for, and HTML, included; threads and coroutines alike."""
    batch = TimelineEventBatch([])
    with (
        TimelineClient("t", httpx_args=Script(status(code, body)).httpx_args) as timeline,
        pytest.raises(KINDS[code]) as caught,
    ):
        create_events.sync(client=timeline.api, body=batch)

    async def same() -> None:
        async with AsyncTimelineClient("t", httpx_args=Script(status(code, body)).httpx_args) as timeline:
            await create_events.asyncio(client=timeline.api, body=batch)

    with pytest.raises(KINDS[code]):
        asyncio.run(same())
    assert isinstance(caught.value, ApiError)
    assert caught.value.status == code
    assert ("edge" if isinstance(body, str) else "(correlationId c-1)") in str(caught.value)


@pytest.mark.parametrize(
    ("error", "kind"),
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
def test_a_broken_connection_says_whether_the_request_may_have_arrived(
    error: type[httpx.TransportError], kind: type[TimelineError]
) -> None:
    """Nothing of httpx leaks; the cause keeps it."""
    script = Script(broken(error))
    with TimelineClient("t", httpx_args=script.httpx_args, retry=RetryPolicy(attempts=1)) as timeline:
        [failure] = timeline.send([event(1, email="a@example.com")]).failures

    assert type(failure.error) is kind
    assert isinstance(failure.error.__cause__, error)


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
def test_the_wait_that_the_service_asks_for_is_read(code: int, headers: dict[str, str], seconds: float | None) -> None:
    """Retry-After as seconds or as a date by the service's clock, else the interval of the rate limit."""
    with (
        TimelineClient("t", httpx_args=Script(status(code, **headers)).httpx_args) as timeline,
        pytest.raises(ApiError) as caught,
    ):
        create_events.sync(client=timeline.api, body=TimelineEventBatch([]))
    assert caught.value.retry_after == seconds


def test_missing_scopes_are_named() -> None:
    """The error of a 403 says which scopes to grant."""
    body = {"message": "no.", "errors": [{"context": {"requiredGranularScopes": ["timeline", "x"]}}, {}, 5]}

    assert "Missing: timeline, x" in str(PermissionDeniedError(403, body))
    assert PermissionDeniedError(403).scopes == []


def test_errors_survive_pickling() -> None:
    """A pool of processes can hand them back."""
    error = pickle.loads(pickle.dumps(RateLimitError(429, {"policyName": "DAILY"}, 5)))  # noqa: S301 - its own pickle

    assert (error.status, error.policy, error.retry_after) == (429, "DAILY", 5.0)


@pytest.mark.parametrize("code", [201, 500])
def test_an_endless_answer_is_not_read_to_its_end(code: int) -> None:
    """It is cut off, and its events may have been created."""
    endless = httpx.Response(code, content=(b"x" * 1_000_000 for _ in range(1_000)))
    script = Script(lambda _: endless)
    with TimelineClient("t", httpx_args=script.httpx_args, retry=RetryPolicy(attempts=1)) as timeline:
        [failure] = timeline.send([event(1, email="a@example.com")]).failures

    assert isinstance(failure, Unconfirmed)
    assert "longer than 64000000 bytes" in str(failure.error)


@pytest.mark.parametrize("code", [201, 500])
def test_an_answer_that_trickles_is_not_waited_for(code: int) -> None:
    """However often a byte comes, all of it has to be there after the time that is allowed."""
    time = FakeTime()

    def trickle() -> Iterator[bytes]:
        while True:
            time.sleep(5)
            yield b"x"

    script = Script(lambda _: httpx.Response(code, content=trickle()))
    with TimelineClient(
        "t", httpx_args=script.httpx_args, retry=RetryPolicy(attempts=1), timeout=30, clock=time.clock
    ) as timeline:
        [failure] = timeline.send([event(1, email="a@example.com")]).failures

    assert isinstance(failure, Unconfirmed)
    assert "was not complete 30 s after it had begun" in str(failure.error)
    assert time.now == 35


@pytest.mark.parametrize("code", [201, 500])
def test_an_answer_that_trickles_is_not_awaited(code: int) -> None:
    """The same with coroutines."""
    time = FakeTime()

    async def trickle() -> AsyncIterator[bytes]:
        while True:
            await time.async_sleep(5)
            yield b"x"

    async def send() -> Report:
        script = Script(lambda _: httpx.Response(code, content=trickle()))
        async with AsyncTimelineClient(
            "t", httpx_args=script.httpx_args, retry=RetryPolicy(attempts=1), timeout=30, clock=time.clock
        ) as timeline:
            return await timeline.send([event(1, email="a@example.com")])

    [failure] = asyncio.run(send()).failures
    assert "was not complete 30 s after it had begun" in str(failure.error)
