"""The account of each event: a field, an attribute or a function; one without is rejected, and no other event."""

from typing import Any

import pytest
from attrs import frozen

from hubspot_timeline import OptionError, event
from tests.helpers.account_service import AccountService, event_of, events_of
from tests.helpers.both_pools import PoolRunner


@frozen
class Row:
    """A row of a database."""

    portal: object
    number: int

    @property
    def fails(self) -> str:
        """Raise an error."""
        raise ZeroDivisionError


def made(row: Row) -> Any:
    return event(1, {"account": str(row.portal), "n": row.number}, id=f"{row.portal}/{row.number}", email="a@b.c")


@pytest.mark.parametrize("account", ["portal", lambda row: row.portal, lambda row: str(row.portal)])
def test_the_account_of_a_row(pool: PoolRunner, account: Any) -> None:
    """A number is the same account as its digits."""
    service, rows = AccountService("1", "2"), [Row(1 + n % 2, n) for n in range(6)]
    report = pool.run(service.respond, lambda p: p.send(rows, account=account, make=made), service.tokens)

    assert ({name: each.created for name, each in report.accounts.items()}, service.crossed) == ({"1": 3, "2": 3}, [])


def test_a_field_that_the_event_needs_stays_in_it(pool: PoolRunner) -> None:
    """Such as its email; another field only names the account."""
    service = AccountService("a@b.c")
    [outcome] = pool.run(
        service.respond,
        lambda p: p.stream(
            [{"eventTemplateId": "1", "id": "1", "email": "a@b.c", "tokens": {"account": "a@b.c"}}], account="email"
        ),
        service.tokens,
    )

    assert outcome.account == "a@b.c"
    assert service.of["a@b.c"].created["1"]["email"] == "a@b.c"


@pytest.mark.parametrize(
    ("portal", "text"),
    [
        (None, "has no account: portal is missing"),
        ("", "has no account: portal is empty"),
        (True, "has no account: portal is a bool; give text or a whole number"),
        (1.5, "has no account: portal is a float; give text or a whole number"),
        (b"a", "has no account: portal is a bytes; give text or a whole number"),
        ("\ud800", "has no account: portal contains a character that cannot be printed"),
        ("a\n", "has no account: portal contains a character that cannot be printed"),
    ],
)
def test_an_event_without_an_account_is_rejected(pool: PoolRunner, tmp_path: Any, portal: Any, text: str) -> None:
    """Alone, and it is counted for no account; also with a journal, whose entries hold the account."""
    service, events = AccountService("a", "b"), events_of("ab", 3)
    events[2] = {**events[2], "portal": portal}
    report = pool.run(
        service.respond, lambda p: p.send(events, account="portal", journal=tmp_path / "j"), service.tokens
    )

    assert (report.created, report.rejected, report.total) == (5, 1, 6)
    assert {name: each.total for name, each in report.accounts.items()} == {"a": 2, "b": 3}
    [failure] = report.failures
    assert (failure.position, failure.account, failure.source) == (2, None, events[2])
    assert str(failure.error).startswith(text)


def test_an_event_whose_account_cannot_be_read_is_rejected(pool: PoolRunner) -> None:
    """Whatever its property or the function raises."""
    service = AccountService("1")
    for account in ("fails", lambda row: 1 / 0):
        report = pool.run(
            service.respond,
            lambda p: p.send([Row(1, 1)], account=account, make=made),  # noqa: B023
            service.tokens,
        )
        assert (report.rejected, report.total, report.accounts) == (1, 1, {})


def test_an_event_that_cannot_be_made_belongs_to_its_account(pool: PoolRunner) -> None:
    """As does one that is invalid."""
    service = AccountService("a")

    def fail(_: Any) -> Any:
        raise ZeroDivisionError

    for options in ({"make": fail}, {}):
        [outcome] = pool.run(
            service.respond,
            lambda p: p.stream([{**event_of("a", 1), "email": 5}], account="portal", **options),  # noqa: B023
            service.tokens,
        )
        assert (outcome.account, type(outcome).__name__) == ("a", "Rejected")


@pytest.mark.parametrize("account", ["", None, 5, ["portal"]])
def test_an_option_that_names_no_account_is_refused(pool: PoolRunner, account: Any) -> None:
    """Before any event is read."""
    with pytest.raises(OptionError, match="give the name of a field, or a function that returns the account"):
        pool.run(AccountService("a").respond, lambda p: p.send(iter([]), account=account), {})


async def _coroutine(_: object) -> str:
    return "a"


def test_a_coroutine_function_is_refused(pool: PoolRunner) -> None:
    """It would never be awaited."""
    with pytest.raises(OptionError, match="account is a coroutine function"):
        pool.run(AccountService("a").respond, lambda p: p.send(iter([]), account=_coroutine), {})
