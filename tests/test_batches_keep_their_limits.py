"""Batches hold every event once, in order, within their limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline import BatchLimits, OptionError
from hubspot_timeline.batching import Batch, Batcher, Item

sizes = st.lists(st.integers(1, 60), max_size=60)


def cut(items: list[Item], limits: BatchLimits) -> list[Batch]:
    batcher = Batcher(limits)
    batches = [batch for item in items if (batch := batcher.add(item))]
    return batches + ([rest] if (rest := batcher.rest()) else [])


@given(sizes=sizes, max_events=st.integers(1, 9), max_bytes=st.integers(1, 120), names=st.integers(1, 60))
def test_nothing_is_lost_or_reordered_and_limits_hold(
    sizes: list[int], max_events: int, max_bytes: int, names: int
) -> None:
    """Only an event that is too large by itself makes a batch over the limit, alone; equal ids never meet."""
    items = [Item(n, None, f"{n % names}", b"x" * size) for n, size in enumerate(sizes)]

    batches = cut(items, BatchLimits(max_events, max_bytes))

    assert [item for batch in batches for item in batch] == items
    for batch in batches:
        assert 1 <= len(batch) <= max_events
        assert len(batch) == 1 or sum(len(item.body) for item in batch) + len(batch) - 1 <= max_bytes
        assert len({item.id for item in batch}) == len(batch)


@given(sizes=sizes, max_events=st.integers(1, 9))
def test_batches_are_as_full_as_they_can_be(sizes: list[int], max_events: int) -> None:
    """Without a reason in bytes or ids, only the last batch is short; an id may come again in the next batch."""
    items = [Item(n, None, f"{n % max_events}", b"x" * size) for n, size in enumerate(sizes)]

    assert all(len(batch) == max_events for batch in cut(items, BatchLimits(max_events))[:-1])


def test_equal_ids_never_meet() -> None:
    """An answer that names an id could mean either of two events that share it."""
    items = [Item(n, None, name, b"x") for n, name in enumerate("abacb")]

    assert ["".join(item.id for item in batch) for batch in cut(items, BatchLimits())] == ["ab", "ac" + "b"]


def test_bytes_are_used_to_the_full() -> None:
    """Two events of 4 bytes and the comma between them fit into 9 bytes, and not into 8."""
    items = [Item(n, None, f"{n}", b"xxxx") for n in range(2)]

    assert len(cut(items, BatchLimits(max_bytes=9))) == 1
    assert len(cut(items, BatchLimits(max_bytes=8))) == 2


@pytest.mark.parametrize("options", [{"max_events": 0}, {"max_bytes": 0}])
def test_limits_below_one_are_refused(options: dict[str, int]) -> None:
    """The error names the option."""
    with pytest.raises(OptionError, match=next(iter(options))):
        BatchLimits(**options)
