"""Lanes: how many events a run holds, whatever their order and size, and which batches it sends while it waits."""

from collections.abc import Iterator
from typing import Any

import pytest

from hubspot_timeline import BatchLimits
from hubspot_timeline.accounts.lanes import Lane, Lanes, PoolLimits
from hubspot_timeline.delivery.batches import Item
from hubspot_timeline.delivery.outcomes import MadeEvent
from hubspot_timeline.delivery.progress import RunCounters
from hubspot_timeline.delivery.retry import ErrorLimit
from tests.helpers.account_service import AccountService, event_of
from tests.helpers.both_pools import PoolRunner


async def ignore(*_: object) -> None:
    """Record nothing."""


def lanes(max_size: int = 100, max_bytes: int = 1_000, max_events: int = 3) -> Lanes:
    limits = PoolLimits(max_size, max_bytes, BatchLimits(max_events=max_events), 1, ErrorLimit())
    return Lanes(limits, lambda account: Lane(account, limits, RunCounters(), ignore))


def items(accounts: str, size: int = 1) -> list[Item]:
    return [Item(n, MadeEvent(None, None, account), f"{n}", b"x" * size) for n, account in enumerate(accounts)]


def ids(batches: Any) -> list[list[str]]:
    return [[item.id for item in batch] for batch in batches]


def test_the_events_of_each_account_fill_batches_of_their_own() -> None:
    """What is left is cut at the end."""
    tested = lanes()

    assert ids(tested.extend(items("abacbab"))) == [["0", "2", "5"], ["1", "4", "6"]]
    assert ids(iter(tested.rest, None)) == [["3"]]
    assert tested.events == 7


def test_the_account_that_waits_the_longest_is_sent_first_then_the_largest_batches() -> None:
    """Of accounts that have no batch under way."""
    tested = lanes(max_events=10)
    list(tested.extend(items("abbcccdddd")))
    tested.of("d").under_way = 1

    assert ids(tested.of_idle_accounts(2)) == [["0"], ["3", "4", "5"]]
    assert ids(iter(tested.rest, None)) == [["6", "7", "8", "9"], ["1", "2"]]


def test_no_more_events_are_read_than_fit() -> None:
    """By number and by bytes, as large as those before; at least one, since the reading waits only when it is full."""
    tested = lanes(max_size=10, max_events=8)
    assert tested.room == 8
    list(tested.extend(items("ababa")))
    assert tested.room == 5
    tested = lanes(max_bytes=1_000, max_events=100)
    assert tested.room == 10
    list(tested.extend(items("ab", 300)))
    assert (tested.room, tested.is_full) == (1, False)
    list(tested.extend(items("cd", 300)))
    assert (tested.room, tested.is_full) == (1, True)


@pytest.mark.parametrize(
    ("options", "text", "most"),
    [({"max_size": 7}, "x", 7), ({"max_bytes": 10_000}, "x" * 1_000, 12), ({"max_bytes": 1}, "x", 2)],
)
def test_a_run_holds_few_events(pool: PoolRunner, options: Any, text: str, most: int) -> None:
    """Those that were read and have no outcome yet; each of another account, so that no batch is ever full."""
    service = AccountService(*map(str, range(60)))
    held, read = list[int](), list[int]()

    def events() -> Iterator[Any]:
        for number in range(60):
            event = event_of(str(number), number)
            event["tokens"]["text"] = text
            read.append(number)
            yield event

    def check(progress: Any) -> None:
        held.append(len(read) - (progress.read - progress.in_flight))

    report = pool.run(
        service.respond, lambda p: p.send(events(), account="portal", on_progress=check), service.tokens, **options
    )

    assert report.created == 60
    assert max(held) <= most
