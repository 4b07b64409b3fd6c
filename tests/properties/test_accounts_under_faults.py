"""Several accounts in one pool under faults, stops and resumptions: G1 to G3 for each, and nothing crosses accounts."""

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from hubspot_timeline import BatchLimits, Created, Outcome, RetryPolicy
from tests.helpers.account_service import AccountService, event_of, token_of
from tests.helpers.both_pools import AsyncPoolRunner, PoolRunner, SyncPoolRunner
from tests.helpers.examples import examples
from tests.helpers.model_service import TEMPORARY, Fault, Refusal
from tests.helpers.streams import take
from tests.helpers.true_outcomes import require_true

MEMORY = Path("/dev/shm")  # noqa: S108 - where a journal waits for no disk
ACCOUNTS = "abcde"

# What one account meets may stop it; the others go on.
STOPS = [Fault.DAILY_LIMIT, Fault.MIGRATING_FOR_HOURS, Fault.UNAUTHORIZED, Fault.MISSING_SCOPES, Fault.HTML_404]


class SourceError(Exception):
    """What the iterable of events raises."""


@frozen
class Case:
    """Events by their accounts, what the service does for each, and what the application does."""

    accounts: str
    faults: dict[str, list[Fault]]
    invalid: set[int]
    options: dict[str, Any]
    tokens: dict[str, str]  # what is wrong with the access token of an account
    is_function: bool

    def look_up(self, account: str) -> str:
        """Return an access token, as the function of the application."""
        match self.tokens.get(account):
            case "unknown":
                raise KeyError(account)
            case "raises":
                raise ZeroDivisionError
            case "raises StopIteration":
                raise StopIteration
        return token_of(account)

    def service(self, refusal: Refusal) -> AccountService:
        """Return the service."""
        service = AccountService(*ACCOUNTS, refusal=refusal)
        for account, model in service.of.items():
            model.faults = list(self.faults.get(account, ()))
            model.invalid = {f"{account}/{n}" for n in self.invalid}
        return service

    @property
    def events(self) -> list[Any]:
        """The events of the input."""
        return [event_of(account, number) for number, account in enumerate(self.accounts)]

    def run(self, pool: PoolRunner, service: AccountService, *calls: Callable[[Any], Any]) -> list[Any]:
        """Return the results of calls of one pool."""
        tokens = self.look_up if self.is_function else {name: token_of(name) for name in ACCOUNTS}
        return pool.run_all(service.respond, *calls, tokens=tokens, rate_limit=None, **self.options)

    def is_undisturbed(self, account: str) -> bool:
        """Return whether nothing goes wrong for an account."""
        return not self.faults.get(account) and not (self.is_function and account in self.tokens)


cases = st.builds(
    Case,
    st.text(ACCOUNTS, max_size=25),
    st.dictionaries(
        st.sampled_from(ACCOUNTS), st.lists(st.sampled_from([*TEMPORARY, *STOPS, *STOPS]), max_size=5), max_size=4
    ),
    st.sets(st.integers(0, 24), max_size=3),
    st.fixed_dictionaries(
        {
            "batch": st.builds(BatchLimits, st.integers(1, 4)),
            "retry": st.builds(lambda attempts: RetryPolicy(attempts=attempts, wait_total=10_000), st.integers(1, 4)),
            "max_size": st.integers(1, 12),
            "max_in_flight": st.integers(1, 3),
            "max_open_accounts": st.just(100) | st.integers(3, 4),
        }
    ),
    st.dictionaries(
        st.sampled_from(ACCOUNTS), st.sampled_from(["unknown", "raises", "raises StopIteration"]), max_size=2
    ),
    st.booleans(),
)

both = pytest.mark.parametrize("pool", [SyncPoolRunner(), AsyncPoolRunner()], ids=["sync", "async"])


def require_true_outcomes(outcomes: list[Outcome], service: AccountService, events: list[Any], **options: Any) -> None:
    """Compare outcomes with what the service has, and each with its own account only."""
    assert service.crossed == []
    assert max(Counter(outcome.position for outcome in outcomes).values(), default=1) == 1
    for outcome in outcomes:
        account = events[outcome.position]["portal"]
        assert outcome.source is events[outcome.position]
        assert outcome.account == account
        require_true(outcome, service.of[account], set(), "reject", **options)
    for account, model in service.of.items():
        assert {name.partition("/")[0] for name in model.created} <= {account}


@both
@given(case=cases, refusal=st.sampled_from(Refusal))
@settings(max_examples=examples(60, 2_000))
def test_every_account_has_true_outcomes_of_its_own(pool: PoolRunner, case: Case, refusal: Refusal) -> None:
    """One for each event; an account that nothing goes wrong for is not disturbed by what stops the others."""
    service, events, outcomes = case.service(refusal), case.events, list[Outcome]()
    [report] = case.run(pool, service, lambda p: p.send(iter(events), account="portal", on_outcome=outcomes.append))

    require_true_outcomes(outcomes, service, events)
    assert sorted(outcome.position for outcome in outcomes) == list(range(len(events)))
    for name in ("created", "rejected", "unconfirmed", "unsent", "requests", "retried"):
        assert sum(getattr(each, name) for each in report.accounts.values()) == getattr(report, name)
    assert {name: each.total for name, each in report.accounts.items()} == Counter(case.accounts)
    for outcome in outcomes:
        if case.is_undisturbed(outcome.account or "") and outcome.id not in service.of[outcome.account or ""].invalid:
            assert isinstance(outcome, Created)


@both
@given(case=cases, ends=st.lists(st.integers(1, 12), max_size=3))
@settings(max_examples=examples(40, 1_000))
def test_a_journal_is_resumed_for_each_account(pool: PoolRunner, case: Case, ends: list[int]) -> None:
    """However early the runs before ended; no event that is settled is sent again, and none is created twice."""
    service, events, settled = case.service(Refusal.NAMED), case.events, set[str | None]()
    outcomes = list[Outcome]()
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        options: Any = {"account": "portal", "journal": Path(folder, "run.journal")}
        for end in [*ends, None]:
            sent = len(service.requests)
            if end is None:
                [outcomes] = case.run(pool, service, lambda p: p.stream(iter(events), **options))
            else:
                [outcomes] = case.run(pool, service, lambda p: take(p.stream(iter(events), **options), end))  # noqa: B023
            require_true_outcomes(outcomes, service, events, is_resumed=True)
            assert not settled & {event["id"] for _, batch in service.requests[sent:] for event in batch}
            settled |= {outcome.id for outcome in outcomes if isinstance(outcome, Created)}
    assert sorted(outcome.position for outcome in outcomes) == list(range(len(events)))


def stop(pool: Any) -> None:
    """Stop the pool."""
    pool.stop("enough")


def fail(_: Any) -> None:
    """End a call by an exception of the application."""
    raise SourceError


def interrupt(_: Any) -> None:
    """End a call by Ctrl-C."""
    raise KeyboardInterrupt


@frozen
class End:
    """How a call ends early: after so many events were read, or outcomes reported."""

    act: Callable[[Any], None]
    is_reading: bool
    at: int

    def reached(self, count: int, pool: Any, *, is_reading: bool) -> None:
        """End the call if it is time."""
        if self.is_reading == is_reading and count == self.at:
            self.act(pool)


@both
@given(case=cases, end=st.builds(End, st.sampled_from([stop, fail, interrupt]), st.booleans(), st.integers(0, 20)))
@settings(max_examples=examples(60, 1_000))
def test_a_call_may_end_early(pool: PoolRunner, case: Case, end: End) -> None:
    """What it reported is true; every event that was read has an outcome, unless a callback or Ctrl-C ended it."""
    service, events, outcomes, read = case.service(Refusal.NAMED), case.events, list[Outcome](), list[Any]()

    def call(p: Any) -> Any:
        def source() -> Any:
            for event in events:
                end.reached(len(read), p, is_reading=True)
                read.append(event)
                yield event

        def on_outcome(outcome: Outcome) -> None:
            outcomes.append(outcome)
            end.reached(len(outcomes), p, is_reading=False)

        return p.send(source(), account="portal", on_outcome=on_outcome)

    try:
        [report] = case.run(pool, service, call)
    except (SourceError, KeyboardInterrupt) as error:
        report = vars(error)["report"]
        is_complete = end.act is fail and end.is_reading
    else:
        is_complete = True

    require_true_outcomes(outcomes, service, events)
    assert sum(each.total for each in report.accounts.values()) == report.total
    if is_complete:
        assert len(outcomes) == len(read) == report.total


@given(case=cases, after=st.integers(1, 30), is_twice=st.booleans())
@settings(max_examples=examples(40, 1_000))
def test_a_cancelled_call_leaves_a_journal_that_is_resumed(case: Case, after: int, is_twice: bool) -> None:
    """At whatever step of the event loop it is cancelled, also twice; nothing is created twice."""
    service, events = case.service(Refusal.NAMED), case.events
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        options: Any = {"account": "portal", "journal": Path(folder, "run.journal")}

        async def cancelled(p: Any) -> None:
            task = asyncio.ensure_future(p.send(iter(events), **options))
            for _ in range(after):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.sleep(0)
            if is_twice:
                task.cancel()
            await asyncio.wait([task])

        case.run(AsyncPoolRunner(), service, cancelled)
        [outcomes] = case.run(AsyncPoolRunner(), service, lambda p: p.stream(iter(events), **options))

    require_true_outcomes(outcomes, service, events, is_resumed=True)
    assert sorted(outcome.position for outcome in outcomes) == list(range(len(events)))
