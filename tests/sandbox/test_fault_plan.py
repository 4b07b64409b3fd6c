"""A plan gives the scripted faults first and then draws, the same for the same seed."""

from collections import Counter
from itertools import islice
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline_testing.sandbox import Fault, FaultPlan, SandboxSettings
from hubspot_timeline_testing.sandbox.faults.kinds import DRAWN, RequestFault


def first(plan: FaultPlan, count: int = 1000) -> list[RequestFault | None]:
    return list(islice(plan.faults(), count))


def test_by_default_there_are_no_faults() -> None:
    """Neither a plan nor a sandbox misbehaves unless it is told to."""
    assert SandboxSettings().faults == FaultPlan()
    assert FaultPlan().latency == 0
    assert set(first(FaultPlan())) == {None}


def test_the_script_comes_first() -> None:
    """The first requests meet what the script says, which may be nothing, and the rate holds from then on."""
    plan = FaultPlan(script=[Fault.LOCKED, None], rate=1, kinds=[Fault.EMPTY])
    assert first(plan, 4) == [Fault.LOCKED, None, Fault.EMPTY, Fault.EMPTY]


@given(seed=st.integers(), rate=st.floats(0, 1), kinds=st.lists(st.sampled_from(Fault), min_size=1))
def test_a_seed_draws_the_same_again(seed: int, rate: float, kinds: list[Fault]) -> None:
    """Equal plans, and one plan twice, give equal faults, of the kinds asked for."""
    plan = FaultPlan(rate=rate, kinds=kinds, seed=seed)
    drawn = first(plan, 50)
    assert drawn == first(plan, 50) == first(FaultPlan(rate=rate, kinds=kinds, seed=seed), 50)
    assert set(drawn) <= {None, *kinds}


def test_another_seed_draws_others() -> None:
    """The seed is what decides."""
    assert first(FaultPlan(rate=0.5, seed=1)) != first(FaultPlan(rate=0.5, seed=2))


def test_the_rate_is_the_share() -> None:
    """About as many requests meet a fault as the rate says, and without kinds each that needs no naming occurs."""
    drawn = Counter(first(FaultPlan(rate=0.3, seed=7)))
    assert 600 < drawn.pop(None) < 800
    assert set(drawn) == set(DRAWN)


def test_a_seed_means_what_it_always_meant() -> None:
    """Kinds that came later are drawn only where they are named, and latencies have a stream of their own."""
    plan = FaultPlan(rate=0.5, seed=7, latency="uniform:0:1")
    drawn = "locked http-502 wrong-ids http-502 - http-503 http-503 wrong-ids limited - - - html-success http-520-after"
    assert [str(fault or "-") for fault in first(plan, 14)] == drawn.split()


def test_names_will_do() -> None:
    """Kinds may be given by their names."""
    assert FaultPlan(kinds=["http-502"], script=["reset-after", None]) == FaultPlan(
        kinds=[Fault.HTTP_502], script=[Fault.RESET_AFTER, None]
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": -0.1},
        {"rate": 1.1},
        {"rate": nan},
        {"kinds": []},
        {"kinds": ["http-600"]},
        {"kinds": [True]},
        {"script": [99]},
        {"events": {"a*": "refused"}},
        {"script": ["none"]},
        {"latency": -1},
        {"latency": inf},
    ],
    ids=repr,
)
def test_a_plan_that_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    """A value out of its range, or a kind that nobody knows, is a ValueError at once."""
    with pytest.raises(ValueError, match=r"."):
        FaultPlan(**wrong)
