"""The access token of an account: whatever the mapping or function of the application returns or raises."""

import threading
from collections.abc import Awaitable
from typing import Any

import pytest

from hubspot_timeline import AuthenticationError, RetryPolicy, TokenRefreshError
from tests.helpers.account_service import AccountService, events_of, token_of
from tests.helpers.both_pools import PoolRunner
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
