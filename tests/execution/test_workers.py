"""A call has the threads that its requests need, up to its bound, and loses nothing where there are none."""

import threading
from collections.abc import Callable, Sequence
from threading import Barrier, Event, Thread

import pytest

from hubspot_timeline.execution.workers import Workers

NEVER = 1e6  # seconds


def workers(most: int, *, patience: float = NEVER) -> Workers[int]:
    return Workers(most, on_failure=lambda error: pytest.fail(str(error)), patience=patience)


def sums(crew: Workers[int], works: Sequence[Callable[[], int]]) -> list[int]:
    """Do all works, no more at once than the crew takes, and return their results."""
    results: list[int] = []
    for work in works:
        crew.begin(work)
        results += crew.collect(block=crew.is_full)
    while crew.under_way:
        results += crew.collect(block=True)
    assert list(crew.close()) == []
    return results


def test_work_that_is_done_at_once_takes_two_threads() -> None:
    """However many there may be: only one of them computes at a time."""
    at_work: set[int] = set()
    most = []

    def work() -> int:
        at_work.add(threading.get_ident())
        most.append(len(at_work))
        at_work.remove(threading.get_ident())
        return 1

    assert sum(sums(workers(8), [work] * 500)) == 500
    assert max(most) <= 2


@pytest.mark.parametrize("most", [1, 2, 3, 8, 64])
def test_work_that_waits_is_under_way_all_at_once(most: int) -> None:
    """Each piece waits for as many others as may be under way; with one thread fewer this would never end."""
    together = Barrier(most)

    assert len(sums(workers(most, patience=0.001), [together.wait] * 2 * most)) == 2 * most


def test_threads_are_added_though_nobody_looks() -> None:
    """Whoever began the work may be busy with something else, such as events that come slowly."""
    together = Barrier(5)
    crew = workers(8, patience=0.001)
    for _ in range(5):
        crew.begin(together.wait)

    crew.drain()
    assert len(list(crew.close())) == 5


def test_what_work_raises_is_raised_where_it_is_collected() -> None:
    """Also what ends a thread elsewhere; the work after it is done."""

    def ends() -> int:
        raise SystemExit("ended")

    crew = workers(2)
    crew.begin(ends)
    with pytest.raises(SystemExit, match="ended"):
        list(crew.collect(block=True))
    crew.begin(lambda: 1)
    assert list(crew.collect(block=True)) == [1]


def test_a_single_piece_of_work_at_a_time_takes_no_thread() -> None:
    """Whoever begins it does it, and hears at once of what ends it."""

    def ends() -> int:
        raise SystemExit("ended")

    crew = workers(1)
    with pytest.raises(SystemExit, match="ended"):
        crew.begin(ends)
    assert set(sums(crew, [threading.get_ident] * 3)) == {threading.get_ident()}


def test_what_was_not_collected_is_there_after_the_end() -> None:
    """Closing waits for what is under way."""
    gate = Event()
    crew = workers(2)
    crew.begin(lambda: int(gate.wait(30)))
    crew.begin(lambda: 2)
    gate.set()
    assert sorted(crew.close()) == [1, 2]


def test_another_thread_may_wait_for_all_that_is_under_way() -> None:
    """As close() does of a client that another thread sends with."""
    gate = Event()
    crew = workers(2)
    crew.begin(lambda: int(gate.wait(30)))
    waits = Thread(target=crew.drain)
    waits.start()
    assert waits.is_alive()
    gate.set()
    waits.join(30)
    assert not waits.is_alive()
    assert list(crew.close()) == [1]


def test_without_threads_the_work_is_done_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """By whoever begins it; the reason is told."""
    reasons: list[RuntimeError] = []
    crew: Workers[int] = Workers(4, on_failure=reasons.append)

    def refuse(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(Thread, "start", refuse)
    crew.begin(threading.get_ident)
    assert list(crew.collect(block=True)) == [threading.get_ident()]
    assert list(map(str, reasons)) == ["can't start new thread"]
