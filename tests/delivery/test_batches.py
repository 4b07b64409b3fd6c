"""Batches hold every event once, in order, within their limits."""

from itertools import count, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline import BatchLimits, OptionError
from hubspot_timeline.delivery.batches import Batch, Batcher, Item

sizes = st.lists(st.integers(1, 60), max_size=60)


def cut(items: list[Item], limits: BatchLimits) -> list[Batch]:
    batcher = Batcher(limits)
    batches = [batch for item in items if (batch := batcher.add(item))]
    return batches + ([rest] if (rest := batcher.rest()) else [])


def cut_in_lists(items: list[Item], limits: BatchLimits, lengths: list[int]) -> list[Batch]:
    batcher, left = Batcher(limits), iter(items)
    lists = [list(islice(left, length)) for length in lengths] + [list(left)]
    batches = [batch for some in lists for batch in batcher.extend(some)]
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


@given(
    events=st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abcdefghij"), st.booleans()), max_size=20),
    lengths=st.lists(st.integers(0, 6), max_size=8),
    max_events=st.integers(1, 6),
    max_bytes=st.integers(1, 40),
)
def test_events_that_come_in_lists_are_cut_as_if_they_came_one_by_one(
    events: list[tuple[int, str, bool]], lengths: list[int], max_events: int, max_bytes: int
) -> None:
    """Whatever their sizes and ids, and whether an earlier run may have created them."""
    items = [Item(n, None, name, b"x" * size, ambiguous) for n, (size, name, ambiguous) in enumerate(events)]
    limits = BatchLimits(max_events, max_bytes)

    assert cut_in_lists(items, limits, lengths) == cut(items, limits)


@given(ambiguous=st.lists(st.booleans(), max_size=20))
def test_events_that_may_be_there_already_meet_only_their_like(ambiguous: list[bool]) -> None:
    """A refusal of theirs means something else."""
    items = [Item(n, None, f"{n}", b"x", is_ambiguous) for n, is_ambiguous in enumerate(ambiguous)]

    for batch in cut(items, BatchLimits()):
        assert len({item.is_ambiguous for item in batch}) == 1


class OneStep(Batcher):
    """A batcher that cannot take events one by one."""

    def add(self, item: Item) -> Batch | None:
        """Refuse."""
        raise AssertionError(f"{item} was taken by itself")


@pytest.mark.parametrize(
    "limits",
    [BatchLimits(max_events=4), BatchLimits(max_events=9), BatchLimits(max_bytes=4 * 5 - 1), BatchLimits(max_bytes=99)],
)
def test_a_list_that_fits_is_taken_in_one_step(limits: BatchLimits) -> None:
    """Nearly all do, and each step for a single event would be paid by every event: up to the last one that fits."""
    items = [Item(n, None, f"{n}", b"xxxx") for n in range(4)]
    batcher = OneStep(limits)

    batches = [batch for some in (items[:1], items[1:3], items[3:]) for batch in batcher.extend(some)]

    assert batches + [rest for rest in [batcher.rest()] if rest] == [tuple(items)]


@pytest.mark.parametrize(
    ("lists", "max_bytes", "batches"),
    [
        (["abc", "de"], 4 * 5 - 1, ["abcd", "e"]),
        (["abc", "de"], 5 * 5 - 2, ["abcd", "e"]),
        (["aba"], 99, ["ab", "a"]),
        (["a", "ba"], 99, ["ab", "a"]),
        (["a", "b", "a"], 99, ["ab", "a"]),
        (["a", "Bc"], 99, ["a", "B", "c"]),
        (["aB", "C"], 99, ["a", "BC"]),
    ],
)
def test_a_list_that_does_not_fit_is_cut_where_it_must_be(lists: list[str], max_bytes: int, batches: list[str]) -> None:
    """By bytes, up to the last one; before an id that is in the batch; between events that may be there and others."""
    batcher = Batcher(BatchLimits(max_bytes=max_bytes))
    found = [
        batch
        for some in lists
        for batch in batcher.extend([Item(0, None, name, b"xxxx", name.isupper()) for name in some])
    ]
    found += [rest for rest in [batcher.rest()] if rest]

    assert ["".join(item.id for item in batch) for batch in found] == batches


@pytest.mark.parametrize(("max_bytes", "room"), [(7, 3), (1_000, 3), (4_000_000, 3)])
def test_as_long_as_no_event_was_seen_few_are_asked_for(max_bytes: int, room: int) -> None:
    """They might be as large as a quarter of the limit."""
    assert Batcher(BatchLimits(max_bytes=max_bytes)).room == room


def test_as_many_events_are_asked_for_as_fill_the_batch() -> None:
    """If they are as large as the last ones were, each with its comma: by bytes, then by number, then at least one."""
    batcher, numbers = Batcher(BatchLimits(max_events=12, max_bytes=101)), count()

    rooms = []
    for sizes in ((9, 9, 10), (8, 8, 8), (3,), (30,)):
        assert not list(batcher.extend([Item(n := next(numbers), None, f"{n}", b"x" * size) for size in sizes]))
        rooms.append(batcher.room)

    assert rooms == [7, 4, 5, 1]


def test_equal_ids_never_meet() -> None:
    """An answer that names an id could mean either of two events that share it."""
    items = [Item(n, None, name, b"x") for n, name in enumerate("abacb")]

    assert ["".join(item.id for item in batch) for batch in cut(items, BatchLimits())] == ["ab", "ac" + "b"]


def test_bytes_are_used_to_the_full() -> None:
    """Two events of 4 bytes and the comma between them fit into 9 bytes, and not into 8; batch by batch."""
    items = [Item(n, None, f"{n}", b"xxxx") for n in range(6)]

    assert [len(batch) for batch in cut(items, BatchLimits(max_bytes=9))] == [2, 2, 2]
    assert [len(batch) for batch in cut(items, BatchLimits(max_bytes=8))] == [1] * 6


@pytest.mark.parametrize("options", [{"max_events": 0}, {"max_bytes": 0}])
def test_limits_below_one_are_refused(options: dict[str, int]) -> None:
    """The error names the option."""
    with pytest.raises(OptionError, match=f"^{next(iter(options))} is 0"):
        BatchLimits(**options)


def test_a_batch_holds_a_hundred_events_and_four_megabytes_by_default() -> None:
    """The vendor documents no maximum; whoever relies on these would notice others."""
    assert BatchLimits() == BatchLimits(max_events=100, max_bytes=4_000_000)
