"""The access token of an account: whatever the mapping or function of the application returns or raises."""

import asyncio
import threading
from collections.abc import Awaitable
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from hubspot_timeline import AuthenticationError, BatchLimits, OAuthRefresh, RetryPolicy, TokenRefreshError
from tests.helpers.account_service import AccountService, events_of, token_of
from tests.helpers.both_pools import PoolRunner
from tests.helpers.fake_time import FakeTime
from tests.helpers.scripted_http import status

UNAUTHORIZED = status(401, {"message": "no", "category": "EXPIRED_AUTHENTICATION"})
RETRY = RetryPolicy(attempts=3, wait_total=1_000)


def failing(_: str) -> str:
    raise ZeroDivisionError("text-with-a-secret")


def exhausted(_: str) -> str:
    raise StopIteration


def unknown(account: str) -> str:
    raise KeyError(account)


async def coroutine(account: str) -> str:
    return token_of(account)


class CallableObject:
    async def __call__(self, account: str) -> str:
        """Return the access token of an account."""
        return token_of(account)


def returns_function(account: str) -> Any:
    return lambda: token_of(account)


def returns_awaitable(account: str) -> Awaitable[str]:
    return coroutine(account)


def send(pool: PoolRunner, service: AccountService, tokens: Any, **options: Any) -> Any:
    events = events_of(service.of, 3)
    return pool.run(service.respond, lambda p: p.send(events, account="portal"), tokens, retry=RETRY, **options)


@pytest.mark.parametrize("tokens", [token_of, coroutine, CallableObject(), returns_function, returns_awaitable])
def test_a_function_returns_the_access_token_of_an_account(pool: PoolRunner, tokens: Any) -> None:
    """Itself or as a coroutine; or another function, which is called before each request."""
    service = AccountService("a", "b")

    assert (send(pool, service, tokens).created, service.crossed) == (6, [])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (failing, "the function that returns it raised ZeroDivisionError in failing()"),
        (exhausted, "the function that returns it raised RuntimeError"),
        (unknown, "No access token for account 'b': there is none for this name"),
        (lambda _: 7, "No access token for account 'b': the access token is an int, not text"),
        (lambda _: "", "No access token for account 'b': the access token is empty"),
    ],
)
def test_an_account_without_an_access_token_stops_alone(pool: PoolRunner, value: Any, text: str) -> None:
    """Its events are Unsent with the reason, which quotes no exception of the application."""
    service = AccountService("a", "b", "c")
    report = send(pool, service, lambda account: value(account) if account == "b" else token_of(account))

    assert {name: (each.created, each.unsent) for name, each in report.accounts.items()} == {
        "a": (3, 0),
        "b": (0, 3),
        "c": (3, 0),
    }
    assert text in str(report.failures[0].error)
    assert "secret" not in str(report.failures[0].error)


def test_an_account_that_a_mapping_lacks_stops_alone(pool: PoolRunner) -> None:
    """As one that the function does not know."""
    service = AccountService("a", "b")
    report = send(pool, service, {"a": token_of("a")})

    assert (report.accounts["a"].created, report.accounts["b"].unsent) == (3, 3)
    assert isinstance(report.failures[0].error.__cause__, TokenRefreshError)


def test_a_plain_function_is_called_in_a_thread_and_once(pool: PoolRunner) -> None:
    """Since it may block; further requests use the same access token."""
    service, calls = AccountService("a", "b"), list[tuple[str, str]]()

    def tokens(account: str) -> str:
        calls.append((account, threading.current_thread().name))
        return token_of(account)

    pool.run_all(
        service.respond,
        *[lambda p, n=n: p.send(events_of("ab", n), account="portal") for n in range(1, 4)],
        tokens=tokens,
    )
    assert sorted(account for account, _ in calls) == ["a", "b"]
    assert not {name for _, name in calls} & {"MainThread", "hubspot-timeline-pool"}


@pytest.mark.parametrize("returns", ["another", "the same"])
def test_the_function_is_called_again_after_its_access_token_was_refused(pool: PoolRunner, returns: str) -> None:
    """For this account only; a second refusal stops the account."""
    service, calls = AccountService("a", "b"), list[str]()
    service.responses["a"] = [UNAUTHORIZED] * (1 if returns == "another" else 9)

    def tokens(account: str) -> str:
        calls.append(account)
        return f"{token_of(account)}.{len(calls)}" if returns == "another" else token_of(account)

    report = send(pool, service, tokens)

    assert sorted(calls) == ["a", "a", "b"]
    assert report.accounts["b"].created == 3
    assert (report.accounts["a"].created, report.accounts["a"].unsent) == ((3, 0) if returns == "another" else (0, 3))


def test_an_access_token_of_a_mapping_is_final(pool: PoolRunner) -> None:
    """Its refusal stops the account after one request."""
    service = AccountService("a", "b")
    service.responses["a"] = [UNAUTHORIZED] * 9
    report = send(pool, service, service.tokens)

    assert (report.accounts["a"].unsent, report.accounts["b"].created, service.requests_of("a")) == (3, 3, 1)
    assert isinstance(report.failures[0].error, AuthenticationError)


class TokenEndpoint:
    """Gives each account access tokens for its refresh token, which it replaces each time: an earlier one is invalid.

    `most` is how many refreshes were under way at once.
    """

    def __init__(self, service: AccountService) -> None:
        self._service = service
        self.valid = {account: f"{account}-refresh-0" for account in service.of}
        self.refreshes = dict.fromkeys(service.of, 0)
        self.most = self._now = 0

    async def respond(self, request: httpx.Request) -> httpx.Response:
        """Process one request, of a refresh or of events."""
        if not request.url.path.startswith("/oauth"):
            return self._service.respond(request)
        self._now += 1
        self.most = max(self.most, self._now)
        await asyncio.sleep(0)
        self._now -= 1
        refresh_token = parse_qs(request.content.decode())["refresh_token"][0]
        account = refresh_token.partition("-")[0]
        if refresh_token != self.valid[account]:
            return httpx.Response(400, json={"status": "BAD_REFRESH_TOKEN", "message": "invalid"})
        self.refreshes[account] += 1
        self.valid[account] = f"{account}-refresh-{self.refreshes[account]}"
        token = f"{token_of(account)}.{self.refreshes[account]}"
        body = {"access_token": token, "expires_in": 1800, "refresh_token": self.valid[account]}
        return httpx.Response(200, json=body)

    @property
    def credentials(self) -> dict[str, OAuthRefresh]:
        """The credentials of each account."""
        return {account: OAuthRefresh("app", "secret", self.valid[account]) for account in self._service.of}


def test_each_account_refreshes_its_own_access_token(pool: PoolRunner) -> None:
    """Once for all its requests, again when it expires, and with the refresh token that the service returned last."""
    service, time = AccountService("a", "b"), FakeTime()
    endpoint = TokenEndpoint(service)

    def expire(p: Any) -> Any:
        time.now += 1800
        return p.send(events_of("a", 1), account="portal")

    reports = pool.run_all(
        endpoint.respond,
        lambda p: p.send(events_of("ab", 4), account="portal"),
        expire,
        expire,
        tokens=endpoint.credentials,
        batch=BatchLimits(max_events=1),
        duplicates="ok",
        time=time,
    )

    assert [(report.created, report.total) for report in reports] == [(8, 8), (1, 1), (1, 1)]
    assert (endpoint.refreshes, service.crossed) == ({"a": 3, "b": 1}, [])


def test_an_account_that_is_opened_again_uses_its_last_refresh_token(pool: PoolRunner) -> None:
    """Since the service may have replaced that of the application."""
    service = AccountService("a", "b", "c")
    endpoint = TokenEndpoint(service)
    credentials = endpoint.credentials
    options: dict[str, Any] = {"max_open_accounts": 1, "rate_limit": None, "duplicates": "ok"}
    reports = pool.run_all(
        endpoint.respond,
        *[lambda p: p.send(events_of("abc", 1), account="portal")] * 3,
        tokens=credentials.__getitem__,
        **options,
    )

    assert [report.created for report in reports] == [3, 3, 3]
    assert sum(endpoint.refreshes.values()) > 6


def test_accounts_refresh_their_access_tokens_a_few_at_a_time(pool: PoolRunner) -> None:
    """Else a process with thousands of accounts would run out of open files."""
    service = AccountService(*map(str, range(300)))
    endpoint = TokenEndpoint(service)
    report = pool.run(
        endpoint.respond, lambda p: p.send(events_of(service.of, 1), account="portal"), endpoint.credentials
    )

    assert report.created == 300
    assert endpoint.most <= 64
