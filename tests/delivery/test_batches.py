"""Batches: every event once and in order, within the limits of count and bytes (G7), and no id twice in a batch."""

from collections.abc import Iterable
from itertools import count, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline import BatchLimits, OptionError
from hubspot_timeline.delivery.batches import Batch, Batcher, Item


def cut(lists: Iterable[list[Item]], limits: BatchLimits, *, one_by_one: bool = False) -> list[Batch]:
    """Return the batches of events that are pushed in lists, or one by one."""
    batcher = Batcher(limits)
    if one_by_one:
        batches = [batch for items in lists for item in items if (batch := batcher.add(item))]
    else:
        batches = [batch for items in lists for batch in batcher.extend(items)]
    return batches + [batch for batch in [batcher.rest()] if batch]


def items_of(ids: Iterable[str], body: bytes = b"xxxx") -> list[Item]:
    """Return events with these ids; those in upper case may have been created by an earlier run."""
    return [Item(n, None, name, body, "v3" if name.isupper() else None) for n, name in enumerate(ids)]


VERSIONS = st.sampled_from([None, "v3", "2026-09"])


@given(
    events=st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from("abcdefghij"), VERSIONS),
        max_size=40,
    ),
    lengths=st.lists(st.integers(0, 6), max_size=8),
    max_events=st.integers(1, 9),
    max_bytes=st.integers(1, 40),
)
def test_batches_hold_every_event_in_order_and_within_the_limits(
    events: list[tuple[int, str, str | None]], lengths: list[int], max_events: int, max_bytes: int
) -> None:
    """However the events come in; only an event that is too large alone exceeds the limit of bytes."""
    items = [Item(n, None, name, b"x" * size, opened_by) for n, (size, name, opened_by) in enumerate(events)]
    limits, remaining = BatchLimits(max_events, max_bytes), iter(items)
    lists = [list(islice(remaining, length)) for length in lengths] + [list(remaining)]

    batches = cut(lists, limits)

    assert batches == cut(lists, limits, one_by_one=True)
    assert [item for batch in batches for item in batch] == items
    for batch in batches:
        assert 1 <= len(batch) <= max_events
        assert len(batch) == 1 or sum(len(item.body) for item in batch) + len(batch) - 1 <= max_bytes
        assert len({item.id for item in batch}) == len(batch)
        assert len({item.opened_by for item in batch}) == 1


@given(count=st.integers(0, 60), max_events=st.integers(1, 9))
def test_only_the_last_batch_is_not_full(count: int, max_events: int) -> None:
    """If bytes and ids do not require it; an id may come again in the next batch."""
    items = items_of(f"{n % max_events}" for n in range(count))

    assert all(len(batch) == max_events for batch in cut([items], BatchLimits(max_events), one_by_one=True)[:-1])


@pytest.mark.parametrize(
    ("lists", "max_bytes", "batches"),
    [
        (["abc", "de"], 4 * 5 - 1, ["abcd", "e"]),
        (["abc", "de"], 5 * 5 - 2, ["abcd", "e"]),
        (["abcdef"], 9, ["ab", "cd", "ef"]),
        (["abcd"], 8, ["a", "b", "c", "d"]),
        (["abacb"], 99, ["ab", "acb"]),
        (["a", "ba"], 99, ["ab", "a"]),
        (["a", "b", "a"], 99, ["ab", "a"]),
        (["a", "Bc"], 99, ["a", "B", "c"]),
        (["aB", "C"], 99, ["a", "BC"]),
    ],
)
@pytest.mark.parametrize("one_by_one", [True, False])
def test_a_batch_ends_where_it_must(lists: list[str], max_bytes: int, batches: list[str], one_by_one: bool) -> None:
    """At the last byte that fits, with the commas; before an id of the batch; between ambiguous events and others."""
    found = cut(map(items_of, lists), BatchLimits(max_bytes=max_bytes), one_by_one=one_by_one)

    assert ["".join(item.id for item in batch) for batch in found] == batches


class BatcherOfLists(Batcher):
    """A batcher that cannot add single events."""

    def add(self, item: Item) -> Batch | None:
        """Fail."""
        raise AssertionError(f"{item} was added by itself")


@pytest.mark.parametrize(
    "limits",
    [BatchLimits(max_events=4), BatchLimits(max_events=9), BatchLimits(max_bytes=4 * 5 - 1), BatchLimits(max_bytes=99)],
)
def test_a_list_that_fits_is_added_in_one_step(limits: BatchLimits) -> None:
    """Nearly all lists fit, and a step for each event would be slow."""
    items, batcher = items_of("abcd"), BatcherOfLists(limits)

    batches = [batch for part in (items[:1], items[1:3], items[3:]) for batch in batcher.extend(part)]

    assert batches + [batch for batch in [batcher.rest()] if batch] == [tuple(items)]


def test_as_many_events_are_read_as_fill_the_batch() -> None:
    """If they are as large as the last ones, each with its comma: by bytes, then by number, and at least one."""
    batcher, numbers = Batcher(BatchLimits(max_events=12, max_bytes=101)), count()

    rooms = [batcher.room]  # before the first, each might have a quarter of the bytes
    for sizes in ((9, 9, 10), (8, 8, 8), (3,), (30,)):
        assert not list(batcher.extend([Item(n := next(numbers), None, f"{n}", b"x" * size) for size in sizes]))
        rooms.append(batcher.room)

    assert rooms == [3, 7, 4, 5, 1]


@pytest.mark.parametrize("option", ["max_events", "max_bytes"])
def test_a_limit_below_one_is_an_error(option: str) -> None:
    """The error names the option."""
    with pytest.raises(OptionError, match=f"^{option} is 0"):
        BatchLimits(**{option: 0})


def test_the_default_limits_are_those_that_the_documentation_states() -> None:
    """The vendor documents no maximum."""
    assert BatchLimits() == BatchLimits(max_events=100, max_bytes=4_000_000)


def test_a_list_that_exceeds_the_number_of_events_is_cut() -> None:
    """The events that are there already count."""
    batcher = Batcher(BatchLimits(max_events=3))
    assert list(batcher.extend(items_of("ab"))) == []
    assert [len(batch) for batch in batcher.extend(items_of("cd"))] == [3]


def test_events_are_expected_to_be_large_at_first() -> None:
    """So that the first read does not exceed the bytes of a batch by much."""
    assert Batcher(BatchLimits(max_events=10, max_bytes=4)).room == 2
