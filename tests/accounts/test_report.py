"""The report of a pool: its counts are those of its accounts, also of events that an earlier run settled."""

from pathlib import Path
from typing import Any

from hubspot_timeline import BatchLimits
from tests.helpers.account_service import AccountService, event_of, events_of
from tests.helpers.both_pools import PoolRunner


def test_resumed_events_are_counted_for_their_account(pool: PoolRunner, tmp_path: Path) -> None:
    """Nothing is sent again."""
    service, options = AccountService("a", "b"), dict[str, Any](account="portal", journal=tmp_path / "run.journal")
    events = [*events_of("ab", 3), event_of("a", 9)]
    calls = [lambda p: p.send(events, **options)] * 2
    _, report = pool.run_all(service.respond, *calls, tokens=service.tokens)

    assert (report.created, report.resumed, report.requests) == (7, 7, 0)
    assert {name: (each.created, each.resumed) for name, each in report.accounts.items()} == {"a": (4, 4), "b": (3, 3)}
    assert len(service.requests) == 2


def test_the_report_keeps_so_many_failures(pool: PoolRunner) -> None:
    """Of the whole run, and of each account."""
    service = AccountService("a", "b", "c")
    report = pool.run(
        service.respond,
        lambda p: p.send(events_of("abc", 5), account="portal", max_failures=2),
        {},
        batch=BatchLimits(max_events=1),
    )

    assert (report.unsent, len(report.failures)) == (15, 2)
    assert {name: (each.unsent, len(each.failures)) for name, each in report.accounts.items()} == dict.fromkeys(
        "abc", (5, 2)
    )
