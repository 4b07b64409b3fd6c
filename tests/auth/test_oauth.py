"""An access token is fetched before it is needed and when it is refused, once for all; else the run stops."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from hubspot_timeline import (
    AccessTokenError,
    BatchLimits,
    OAuthRefresh,
    OptionError,
    RateLimit,
    Report,
    RetryPolicy,
    TokenRefreshError,
)
from tests.helpers.clients import AsyncTimelineClient, TimelineClient
from tests.helpers.fake_time import FakeTime
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Answer, Script, broken, created, status

GRANT = OAuthRefresh("app-1", "client-secret-4711", "refresh-token-0815")
EXPIRED = status(401, {"message": "expired", "category": "EXPIRED_AUTHENTICATION", "correlationId": "c-1"})
REVOKED = status(
    400,
    {"error": "invalid_grant", "status": "BAD_REFRESH_TOKEN", "message": "missing or invalid", "correlationId": "c"},
)


class Service:
    """Hands out the tokens t1, t2 … and takes only the last one; `refreshes` holds the forms that came."""

    def __init__(self, *token_answers: Answer, seconds: float = 1800) -> None:
        self.refreshes: list[dict[str, list[str]]] = []
        self.requests: list[httpx.Request] = []
        self.is_revoked = False
        self._token_answers = iter(token_answers)
        self._seconds = seconds

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        if request.url.path == "/oauth/2026-03/token":
            return next(self._token_answers, self._token)(request)
        self.requests.append(request)
        good = request.headers["Authorization"] == f"Bearer t{len(self.refreshes)}" and not self.is_revoked
        self.is_revoked = False
        return created(request) if good else EXPIRED(request)

    def _token(self, request: httpx.Request) -> httpx.Response:
        assert "Authorization" not in request.headers
        self.refreshes.append(parse_qs(request.content.decode()))
        body = {"access_token": f"t{len(self.refreshes)}", "expires_in": self._seconds, "token_type": "bearer"}
        return httpx.Response(200, json=body)


def both(
    service: Callable[[], Any], count: int = 4, token: Any = GRANT, **options: Any
) -> Iterator[tuple[Any, Report]]:
    """Send events with threads and with coroutines, each to a service of its own; yield service and report."""
    more = {"batch": BatchLimits(max_events=1), "max_in_flight": 1, "retry": RetryPolicy(attempts=3), **options}
    threaded, looped, time = service(), service(), FakeTime()
    with TimelineClient(token, httpx_args=args(threaded), sleep=time.sleep, clock=time.clock, **more) as timeline:
        yield threaded, timeline.send(numbered(count))

    async def send() -> Report:
        async with AsyncTimelineClient(
            token, httpx_args=args(looped), sleep=time.async_sleep, clock=time.clock, **more
        ) as timeline:
            return await timeline.send(numbered(count))

    yield looped, asyncio.run(send())


def args(service: Callable[[httpx.Request], httpx.Response]) -> dict[str, Any]:
    return {"transport": httpx.MockTransport(service)}


def test_a_token_is_fetched_before_the_first_request() -> None:
    """With the grant in a form, and no request goes out with no token."""
    for service, report in both(Service):
        assert (report.created, len(service.requests)) == (4, 4)
        assert service.refreshes == [
            {
                "grant_type": ["refresh_token"],
                "client_id": ["app-1"],
                "client_secret": ["client-secret-4711"],
                "refresh_token": ["refresh-token-0815"],
            }
        ]


def test_a_token_is_renewed_shortly_before_it_expires() -> None:
    """A minute before; of a token that lives for 100 seconds a tenth of that before."""
    for seconds, late in ((1800, 1740), (100, 90)):
        time, service = FakeTime(), Service(seconds=seconds)
        with TimelineClient(GRANT, httpx_args=args(service), clock=time.clock) as timeline:
            for moment in (0, late - 1, late):
                time.now = moment
                assert timeline.send(numbered(1)).created == 1

        assert [request.headers["Authorization"] for request in service.requests] == [
            "Bearer t1", "Bearer t1", "Bearer t2",
        ]  # fmt: skip


def test_a_token_that_the_service_refuses_is_renewed_and_the_events_are_sent_again() -> None:
    """The 401 costs one request; no event ends because of it."""

    def revoked() -> Service:
        service = Service()
        service.is_revoked = True
        return service

    for service, report in both(revoked):
        assert (report.created, report.requests, report.retried) == (4, 5, 1)
        assert len(service.refreshes) == 2


def test_workers_that_are_refused_at_once_renew_once() -> None:
    """Four requests are under way with the old token; four are refused, one refresh follows."""
    gate, service = Barrier(4), Service()

    def answer(request: httpx.Request) -> httpx.Response:
        if request.headers.get("Authorization") == "Bearer t1":
            gate.wait()
            return EXPIRED(request)
        return service(request)

    with TimelineClient(
        GRANT, httpx_args=args(answer), max_in_flight=4, batch=BatchLimits(max_events=1)
    ) as timeline:  # fmt: skip
        report = timeline.send(numbered(4))

    assert (report.created, report.requests, len(service.refreshes)) == (4, 8, 2)


def test_coroutines_that_are_refused_at_once_renew_once() -> None:
    """The same with coroutines."""
    service = Service()

    async def send() -> Report:
        gate = asyncio.Barrier(4)

        async def answer(request: httpx.Request) -> httpx.Response:
            if request.headers.get("Authorization") == "Bearer t1":
                await gate.wait()
                return EXPIRED(request)
            return service(request)

        one, transport = BatchLimits(max_events=1), {"transport": httpx.MockTransport(answer)}
        async with AsyncTimelineClient(GRANT, httpx_args=transport, max_in_flight=4, batch=one) as timeline:
            return await timeline.send(numbered(4))

    report = asyncio.run(send())
    assert (report.created, report.requests, len(service.refreshes)) == (4, 8, 2)


def test_a_refresh_that_takes_long_is_not_begun_twice() -> None:
    """Whoever needs a token meanwhile waits for it, with threads and with coroutines."""
    service, alone = Service(), Barrier(2)

    def slow(request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/oauth"):
            with suppress(BrokenBarrierError):  # nobody else comes here meanwhile
                alone.wait(0.1)
        return service(request)

    with TimelineClient(GRANT, httpx_args=args(slow), max_in_flight=4, batch=BatchLimits(max_events=1)) as timeline:
        assert timeline.send(numbered(4)).created == 4
    assert len(service.refreshes) == 1

    async def send() -> Report:
        async def patient(request: httpx.Request) -> httpx.Response:
            for _ in range(20):
                await asyncio.sleep(0)
            return service(request)

        options: dict[str, Any] = {"httpx_args": {"transport": httpx.MockTransport(patient)}, "max_in_flight": 4}
        async with AsyncTimelineClient(GRANT, batch=BatchLimits(max_events=1), **options) as timeline:
            return await timeline.send(numbered(4))

    service = Service()
    assert asyncio.run(send()).created == 4
    assert len(service.refreshes) == 1


@pytest.mark.parametrize("seconds", [0, -5, "NaN", "Infinity", "soon", None])
def test_a_life_that_is_no_number_of_seconds_is_refused(seconds: Any) -> None:
    """Such a token would be renewed for each request, or never."""
    answer = lambda _: httpx.Response(200, json={"access_token": "t", "expires_in": seconds})  # noqa: E731
    for service, report in both(lambda: Service(answer, answer)):
        assert (report.unsent, service.requests) == (4, [])


def test_no_permit_grows_old_while_a_token_is_fetched() -> None:
    """A request leaves when its permit is given, so that the next one is counted from there."""
    left: list[list[float]] = []

    def leaving(time: FakeTime, service: Service) -> Answer:
        left.append([])

        def answer(request: httpx.Request) -> httpx.Response:
            if request.url.path.startswith("/oauth"):
                time.now += 5
            else:
                left[-1].append(time.now)
            return service(request)

        return answer

    options: dict[str, Any] = {
        "max_in_flight": 1,
        "batch": BatchLimits(max_events=1),
        "rate_limit": RateLimit(requests=1),
    }
    time = FakeTime()
    transport = args(leaving(time, Service()))
    with TimelineClient(GRANT, httpx_args=transport, sleep=time.sleep, clock=time.clock, **options) as timeline:
        timeline.send(numbered(2))

    async def send() -> None:
        time = FakeTime()
        more = {"httpx_args": args(leaving(time, Service())), "sleep": time.async_sleep, "clock": time.clock}
        async with AsyncTimelineClient(GRANT, **options | more) as timeline:
            await timeline.send(numbered(2))

    asyncio.run(send())
    assert [second - first >= 10 for first, second in left] == [True, True]


def test_a_new_token_that_is_refused_too_stops_the_run() -> None:
    """Two requests and no more; the rest is Unsent with the service's words."""

    def refusing() -> Script:
        tokens = iter(range(99))

        def answer(request: httpx.Request) -> httpx.Response:
            is_refresh = request.url.path.startswith("/oauth")
            body = {"access_token": f"t{next(tokens)}", "expires_in": 1800}
            return httpx.Response(200, json=body) if is_refresh else EXPIRED(request)

        return Script(*[answer] * 99)

    for service, report in both(refusing):
        sent = [request for request in service.requests if not request.url.path.startswith("/oauth")]
        assert (report.unsent, report.requests, len(sent)) == (4, 2, 2)
        assert "EXPIRED_AUTHENTICATION" in str(report.failures[0].error)
        assert "c-1" in str(report.failures[-1].error)


def test_a_refused_refresh_stops_the_run_before_anything_is_sent() -> None:
    """Everything is Unsent; the error quotes the token endpoint and says what to do."""
    for service, report in both(lambda: Service(REVOKED, REVOKED)):
        assert (report.unsent, report.requests, service.requests) == (4, 0, [])
        assert isinstance(report.failures[0].error.__cause__, TokenRefreshError)
        for words in ("400 BAD_REFRESH_TOKEN", "missing or invalid", "correlationId c", "install the app again"):
            assert words in str(report.failures[0].error)


@pytest.mark.parametrize("body", [{}, {"access_token": "t"}, {"access_token": 5, "expires_in": 1}, [], "half a tok"])
def test_an_answer_without_a_token_is_a_refusal(body: Any) -> None:
    """It is not quoted, since half of it may be a token."""
    answer = lambda _: httpx.Response(200, content=json.dumps(body).encode())  # noqa: E731
    for _, report in both(lambda: Service(answer, answer)):
        assert report.unsent == 4
        assert "half a tok" not in str(report.failures[0].error)


@pytest.mark.parametrize("trouble", [status(429, {"message": "slow"}, Retry_After="7"), status(502)])
def test_passing_trouble_at_the_token_endpoint_is_waited_out(trouble: Answer) -> None:
    """As long as it asks for; no event is thought to be sent meanwhile."""
    for service, report in both(lambda: Service(trouble, trouble)):
        assert report.created == 4
        assert len(service.requests) == 4


def test_lasting_trouble_at_the_token_endpoint_leaves_the_events_unsent() -> None:
    """Not Unconfirmed: no request left with them."""
    for service, report in both(lambda: Service(*[status(503)] * 50)):
        assert (report.unsent, service.requests) == (4, [])
        assert isinstance(report.failures[0].error, AccessTokenError)


def test_a_token_endpoint_that_cannot_be_reached_leaves_the_events_unsent() -> None:
    """The error says that it is the token that is missing, and why."""
    for service, report in both(lambda: Service(*[broken(httpx.ConnectError)] * 50)):
        assert (report.unsent, service.requests) == (4, [])
        assert isinstance(report.failures[0].error, AccessTokenError)
        assert "the token endpoint gave no answer" in str(report.failures[0].error)


def test_tokens_that_have_run_out_leave_the_events_unsent() -> None:
    """As where a function takes them from an iterator; its end must not be taken for that of a coroutine."""
    for _, report in both(Script, token=iter(["t1"] * 0).__next__):
        assert report.unsent == 4
        assert "the function that returns it raised" in str(report.failures[0].error)


def test_a_coroutine_function_is_refused_as_listener() -> None:
    """Nobody would await it, and the new refresh token would be gone."""

    async def store(_: str) -> None: ...

    with pytest.raises(OptionError, match="on_refresh is a coroutine function"):
        OAuthRefresh("app", "secret", "refresh", on_refresh=store)


def test_a_new_refresh_token_is_used_from_then_on_and_told_to_who_stores_it() -> None:
    """The service may hand out another one with each answer."""
    stored: list[str] = []

    def store(token: str) -> None:
        stored.append(token)
        raise OSError("of the application; the events go on")

    answer = lambda _: httpx.Response(  # noqa: E731
        200, json={"access_token": "t", "expires_in": 1, "refresh_token": "refresh-token-new"}
    )
    script, time = Script(answer, created, answer, created), FakeTime()
    grant = OAuthRefresh("app", "secret-of-the-app", "refresh-token-old", on_refresh=store)
    with TimelineClient(grant, httpx_args=script.httpx_args, clock=time.clock) as timeline:
        assert timeline.send(numbered(1)).created == 1
        time.now = 5
        assert timeline.send(numbered(1)).created == 1

    assert stored == ["refresh-token-new"]
    assert parse_qs(script.requests[2].content.decode())["refresh_token"] == ["refresh-token-new"]


def test_a_function_is_asked_for_each_request() -> None:
    """So it decides alone how long a token is good."""
    tokens = iter(f"own-token-{n}" for n in range(99))
    seen = [
        [request.headers["Authorization"] for request in script.requests]
        for script, _ in both(Script, count=2, token=lambda: next(tokens))
    ]

    assert seen == [["Bearer own-token-0", "Bearer own-token-1"], ["Bearer own-token-2", "Bearer own-token-3"]]


def test_a_function_is_asked_again_when_its_token_is_refused() -> None:
    """Once; its second token is good here."""
    for script, report in both(lambda: Script(EXPIRED), token=lambda: "own-token"):
        assert (report.created, len(script.requests)) == (4, 5)


def test_a_coroutine_function_is_awaited() -> None:
    """By the asynchronous client; the other one says that it cannot."""

    async def token() -> str:
        await asyncio.sleep(0)
        return "own-token"

    async def send() -> Report:
        async with AsyncTimelineClient(token, httpx_args=Script().httpx_args) as timeline:
            return await timeline.send(numbered(1))

    assert asyncio.run(send()).created == 1
    with TimelineClient(token, httpx_args=Script().httpx_args) as timeline:
        [failure] = timeline.send(numbered(1)).failures
    assert "only AsyncTimelineClient can await" in str(failure.error)


def test_a_function_that_fails_is_asked_again_within_the_policy() -> None:
    """What it raises is named but not quoted, since it may hold what the function was working with."""

    def token() -> str:
        raise KeyError("the-password-of-the-vault")

    for script, report in both(Script, token=token):
        assert (report.unsent, script.requests) == (4, [])
        assert isinstance(report.failures[0].error, AccessTokenError)
        assert "raised KeyError" in str(report.failures[0].error)
        assert "password" not in str(report.failures[0].error)


def test_the_generated_client_has_the_same_token() -> None:
    """Its own functions are authenticated too, through the same source."""
    service = Service()
    with TimelineClient(GRANT, httpx_args=args(service)) as timeline:
        timeline.api.get_httpx_client().post("/anything", json={"inputs": []})

    assert service.requests[0].headers["Authorization"] == "Bearer t1"


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"], None),
        (["CLIENT_ID", "REFRESH_TOKEN"], "HUBSPOT_TIMELINE_CLIENT_SECRET must be set too"),
        ([], "put an OAuth access token into HUBSPOT_TIMELINE_TOKEN"),
    ],
)
def test_the_environment_may_hold_what_refreshes(
    monkeypatch: pytest.MonkeyPatch, names: list[str], words: str | None
) -> None:
    """All three of it, or the error says what is missing."""
    for name in ("TOKEN", "CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"):
        monkeypatch.delenv(f"HUBSPOT_TIMELINE_{name}", raising=False)
    for name in names:
        monkeypatch.setenv(f"HUBSPOT_TIMELINE_{name}", f"the-{name}")
    if words is None:
        TimelineClient.from_env().close()
    else:
        with pytest.raises(OptionError, match=words):
            TimelineClient.from_env()


@pytest.mark.parametrize("name", ["client_id", "client_secret", "refresh_token", "path"])
def test_a_grant_that_cannot_be_meant_is_refused_at_once(name: str) -> None:
    """The error names the option."""
    words = {"client_id": "a", "client_secret": "b", "refresh_token": "c"} | {name: " "}
    with pytest.raises(OptionError, match=name):
        OAuthRefresh(**words)  # type: ignore[arg-type]
