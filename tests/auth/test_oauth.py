"""OAuthRefresh: an access token is fetched before it is needed and when it is refused, once for all requests."""

import asyncio
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from hubspot_timeline import AccessTokenError, BatchLimits, OAuthRefresh, OptionError, RateLimit, TokenRefreshError
from hubspot_timeline.delivery.retry import RetryPolicy
from tests.helpers.both_clients import Call, ClientRunner
from tests.helpers.clients import AsyncTimelineClient, TimelineClient
from tests.helpers.fake_time import FakeTime
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Handler, broken, created, status

CREDENTIALS = OAuthRefresh("app-1", "client-secret-4711", "refresh-token-0815")
OPTIONS: dict[str, Any] = {
    "token": CREDENTIALS,
    "batch": BatchLimits(max_events=1),
    "max_in_flight": 1,
    "retry": RetryPolicy(attempts=3),
}
EXPIRED = status(401, {"message": "expired", "category": "EXPIRED_AUTHENTICATION", "correlationId": "c-1"})
REVOKED = status(400, {"status": "BAD_REFRESH_TOKEN", "message": "missing or invalid", "correlationId": "c"})

send_four: Call = lambda timeline: timeline.send(numbered(4))  # noqa: E731


def is_refresh(request: httpx.Request) -> bool:
    return request.url.path == "/oauth/2026-03/token"


class OAuthService:
    """Issues the access tokens t1, t2 … and accepts only the last one; `forms` holds the refreshes."""

    def __init__(self, *refreshes: Handler, lifetime: object = 1800, refuse: int = 0) -> None:
        self.forms: list[dict[str, list[str]]] = []
        self.requests: list[httpx.Request] = []
        self._refreshes = iter(refreshes)
        self._lifetime = lifetime
        self._refuse = refuse  # how many requests with a valid token

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Return the response to one request."""
        if is_refresh(request):
            return next(self._refreshes, self._issue)(request)
        self.requests.append(request)
        is_valid = request.headers["Authorization"] == f"Bearer t{len(self.forms)}" and not self._refuse
        self._refuse = max(self._refuse - 1, 0)
        return created(request) if is_valid else EXPIRED(request)

    def _issue(self, request: httpx.Request) -> httpx.Response:
        assert "Authorization" not in request.headers
        self.forms.append(parse_qs(request.content.decode()))
        return httpx.Response(200, json={"access_token": f"t{len(self.forms)}", "expires_in": self._lifetime})


def test_the_access_token_is_fetched_before_the_first_request(client: ClientRunner) -> None:
    """The credentials are sent as a form, and no request leaves without an access token."""
    service = OAuthService()

    assert client.run(service, send_four, **OPTIONS).created == len(service.requests) == 4
    assert service.forms == [
        {
            "grant_type": ["refresh_token"],
            "client_id": ["app-1"],
            "client_secret": ["client-secret-4711"],
            "refresh_token": ["refresh-token-0815"],
        }
    ]


@pytest.mark.parametrize(("lifetime", "refreshed_at"), [(1800, 1740), (100, 90)])
def test_the_access_token_is_refreshed_before_it_expires(
    client: ClientRunner, lifetime: int, refreshed_at: int
) -> None:
    """A minute before it expires, or after nine tenths of a short lifetime."""
    time, service = FakeTime(), OAuthService(lifetime=lifetime)

    def send_at(moment: int) -> Call:
        def call(timeline: Any) -> Any:
            time.now = moment
            return timeline.send(numbered(1))

        return call

    client.run_all(service, *map(send_at, (0, refreshed_at - 1, refreshed_at)), time=time, **OPTIONS)

    tokens = [request.headers["Authorization"] for request in service.requests]
    assert tokens == ["Bearer t1", "Bearer t1", "Bearer t2"]


def test_a_refused_access_token_is_refreshed_and_the_events_are_sent_again(client: ClientRunner) -> None:
    """The 401 costs one request, and no event fails because of it."""
    service = OAuthService(refuse=1)
    report = client.run(service, send_four, **OPTIONS)

    assert (report.created, report.requests, report.retried, len(service.forms)) == (4, 5, 1, 2)


def transport(respond: Any) -> dict[str, Any]:
    return {"transport": httpx.MockTransport(respond)}


def test_threads_share_one_refresh() -> None:
    """Four requests wait for the first access token, are refused together, and wait for the second one."""
    four_in_flight, alone, service = Barrier(4, timeout=10), Barrier(2), OAuthService()

    def respond(request: httpx.Request) -> httpx.Response:
        if is_refresh(request):
            with suppress(BrokenBarrierError):  # no other thread refreshes meanwhile
                alone.wait(0.1)
        if request.headers.get("Authorization") == "Bearer t1":
            four_in_flight.wait()
            return EXPIRED(request)
        return service(request)

    with TimelineClient(**OPTIONS | {"httpx_args": transport(respond), "max_in_flight": 4}) as timeline:
        report = timeline.send(numbered(4))

    assert (report.created, report.requests, len(service.forms)) == (4, 8, 2)


def test_coroutines_share_one_refresh() -> None:
    """The same with coroutines."""
    service = OAuthService()

    async def send() -> Any:
        four_in_flight = asyncio.Barrier(4)

        async def respond(request: httpx.Request) -> httpx.Response:
            for _ in range(20):  # any other coroutine that would refresh meanwhile runs
                await asyncio.sleep(0)
            if request.headers.get("Authorization") == "Bearer t1":
                await asyncio.wait_for(four_in_flight.wait(), 10)
                return EXPIRED(request)
            return service(request)

        options = OPTIONS | {"httpx_args": transport(respond), "max_in_flight": 4}
        async with AsyncTimelineClient(**options) as timeline:
            return await timeline.send(numbered(4))

    report = asyncio.run(send())
    assert (report.created, report.requests, len(service.forms)) == (4, 8, 2)


def test_no_permit_expires_while_an_access_token_is_fetched(client: ClientRunner) -> None:
    """A request leaves when its permit is issued, so that the next window is counted from there."""
    time, service, sent_at = FakeTime(), OAuthService(), list[float]()

    def respond(request: httpx.Request) -> httpx.Response:
        if is_refresh(request):
            time.now += 5
        else:
            sent_at.append(time.now)
        return service(request)

    client.run(respond, lambda timeline: timeline.send(numbered(2)), time, rate_limit=RateLimit(requests=1), **OPTIONS)

    assert sent_at[1] - sent_at[0] >= 10


def test_a_new_access_token_that_is_refused_too_stops_the_run(client: ClientRunner) -> None:
    """Two requests and no more; the other events are Unsent with the message of the service."""
    service = OAuthService(refuse=99)
    report = client.run(service, send_four, **OPTIONS)

    assert (report.unsent, report.requests, len(service.requests)) == (4, 2, 2)
    assert "EXPIRED_AUTHENTICATION" in str(report.failures[0].error)
    assert "c-1" in str(report.failures[-1].error)


def test_a_refused_refresh_stops_the_run_before_anything_is_sent(client: ClientRunner) -> None:
    """All events are Unsent; the error quotes the token endpoint and says what to do."""
    service = OAuthService(REVOKED, REVOKED)
    report = client.run(service, send_four, **OPTIONS)

    assert (report.unsent, report.requests, service.requests) == (4, 0, [])
    assert isinstance(report.failures[0].error.__cause__, TokenRefreshError)
    for text in ("400 BAD_REFRESH_TOKEN", "missing or invalid", "correlationId c", "install the app again"):
        assert text in str(report.failures[0].error)


@pytest.mark.parametrize("body", ["{}", '{"access_token": "t"}', '{"access_token": 5, "expires_in": 1}', "[]", '"half'])
def test_a_response_without_an_access_token_is_a_refusal(client: ClientRunner, body: str) -> None:
    """It is not quoted, since half of it may be a token."""
    response: Handler = lambda _: httpx.Response(200, content=body)  # noqa: E731
    report = client.run(OAuthService(response, response), send_four, **OPTIONS)

    assert report.unsent == 4
    assert "half" not in str(report.failures[0].error)


@pytest.mark.parametrize("lifetime", [0, -5, "NaN", "Infinity", "soon", None])
def test_a_lifetime_that_is_not_a_number_of_seconds_is_refused(client: ClientRunner, lifetime: object) -> None:
    """Such an access token would be refreshed for each request, or never."""
    service = OAuthService(lifetime=lifetime)

    assert client.run(service, send_four, **OPTIONS).unsent == 4
    assert service.requests == []


@pytest.mark.parametrize("failure", [status(429, {"message": "slow"}, Retry_After="7"), status(502)])
def test_a_temporary_failure_of_the_token_endpoint_is_retried(client: ClientRunner, failure: Handler) -> None:
    """No event counts as sent meanwhile."""
    service = OAuthService(failure, failure)

    assert client.run(service, send_four, **OPTIONS).created == len(service.requests) == 4


@pytest.mark.parametrize(
    ("failure", "message"),
    [(status(503), "503"), (broken(httpx.ConnectError), "the token endpoint did not send a response")],
)
def test_a_lasting_failure_of_the_token_endpoint_leaves_the_events_unsent(
    client: ClientRunner, failure: Handler, message: str
) -> None:
    """They are not Unconfirmed, since no request left with them; the error says that the access token is missing."""
    service = OAuthService(*[failure] * 50)
    report = client.run(service, send_four, **OPTIONS)

    assert (report.unsent, service.requests) == (4, [])
    assert isinstance(report.failures[0].error, AccessTokenError)
    assert message in str(report.failures[0].error)


def test_a_new_refresh_token_is_used_from_then_on_and_passed_to_on_refresh(client: ClientRunner) -> None:
    """The service may return another one with each response; a callback that fails does not stop the events."""
    stored, forms, time = list[str](), list[str](), FakeTime()

    def store(token: str) -> None:
        stored.append(token)
        raise OSError("cannot be stored")

    def respond(request: httpx.Request) -> httpx.Response:
        if not is_refresh(request):
            time.now += 5
            return created(request)
        forms.append(request.content.decode())
        return httpx.Response(200, json={"access_token": "t", "expires_in": 1, "refresh_token": "refresh-token-new"})

    token = OAuthRefresh("app", "secret-of-the-app", "refresh-token-old", on_refresh=store)
    send: Call = lambda timeline: timeline.send(numbered(1))  # noqa: E731
    reports = client.run_all(respond, send, send, time=time, **OPTIONS | {"token": token})

    assert [report.created for report in reports] == [1, 1]
    assert stored == ["refresh-token-new"]
    assert [parse_qs(form)["refresh_token"] for form in forms] == [["refresh-token-old"], ["refresh-token-new"]]


def test_the_generated_client_uses_the_same_access_token() -> None:
    """Its functions are authenticated through the same source."""
    service = OAuthService()
    with TimelineClient(CREDENTIALS, httpx_args=transport(service)) as timeline:
        timeline.api.get_httpx_client().post("/anything", json={"inputs": []})

    assert service.requests[0].headers["Authorization"] == "Bearer t1"


@pytest.mark.parametrize("name", ["client_id", "client_secret", "refresh_token", "path"])
def test_an_empty_credential_is_refused_at_once(name: str) -> None:
    """The error names the option."""
    values = {"client_id": "a", "client_secret": "b", "refresh_token": "c"} | {name: " "}
    with pytest.raises(OptionError, match=name):
        OAuthRefresh(**values)  # type: ignore[arg-type]


def test_on_refresh_must_not_be_a_coroutine_function() -> None:
    """It would never be awaited, and the new refresh token would be lost."""

    async def store(_: str) -> None: ...

    with pytest.raises(OptionError, match="on_refresh is a coroutine function"):
        OAuthRefresh("app", "secret", "refresh", on_refresh=store)
