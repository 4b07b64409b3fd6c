"""A latency is a number of seconds or a distribution, drawn with the plan's seed and clear about wrong words."""

from itertools import islice
from math import exp, log
from statistics import fmean, median, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline_testing.sandbox import FaultPlan, SandboxSettings
from hubspot_timeline_testing.sandbox.app import create_app
from hubspot_timeline_testing.sandbox.faults.latency import Distribution, read_latency
from hubspot_timeline_testing.sandbox.storage.store import Store
from tests.helpers.fake_time import FakeTime
from tests.helpers.sandbox_calls import Sandbox, event

_NUMBERS = st.floats(0.001, 1_000)
DISTRIBUTIONS = st.one_of(
    st.tuples(_NUMBERS, _NUMBERS).map(lambda ends: Distribution("uniform", (min(ends), max(ends)))),
    _NUMBERS.map(lambda mean: Distribution("exponential", (mean,))),
    st.builds(lambda middle, sigma: Distribution("lognormal", (middle, sigma)), _NUMBERS, st.floats(0, 10)),
)


def drawn(words: str, seed: int = 7, count: int = 4000) -> list[float]:
    return list(islice(FaultPlan(latency=words, seed=seed).waits(), count))


def test_a_number_is_always_the_same() -> None:
    """Seconds, as a number or as text, are what each request waits."""
    assert drawn("0.2", count=3) == [0.2] * 3
    assert FaultPlan(latency="0.2") == FaultPlan(latency=0.2)


def test_uniform_fills_its_range() -> None:
    """All draws lie between LOW and HIGH, as often in one half as in the other."""
    found = drawn("uniform:0.1:0.5")
    assert 0.1 <= min(found) < 0.11
    assert 0.49 < max(found) <= 0.5
    assert fmean(found) == pytest.approx(0.3, abs=0.01)


def test_exponential_has_its_mean() -> None:
    """The mean is the number, and half of the draws are below 0.69 of it."""
    found = drawn("exponential:0.2")
    assert fmean(found) == pytest.approx(0.2, rel=0.1)
    assert median(found) == pytest.approx(0.2 * log(2), rel=0.1)
    assert set(drawn("exponential:0")) == {0.0}


def test_lognormal_has_its_median_and_width() -> None:
    """Half of the draws are below MEDIAN, and SIGMA is the deviation of their logarithms."""
    found = drawn("lognormal:0.2:0.5")
    assert median(found) == pytest.approx(0.2, rel=0.1)
    assert stdev(map(log, found)) == pytest.approx(0.5, rel=0.1)
    assert max(found) > 0.2 * exp(1)


@given(shape=DISTRIBUTIONS, seed=st.integers())
def test_a_seed_draws_the_same_latencies_again(shape: Distribution, seed: int) -> None:
    """Equal plans wait equally long, never less than 0, and a distribution survives as its word."""
    plan = FaultPlan(latency=shape, seed=seed)
    waits = list(islice(plan.waits(), 20))
    assert waits == list(islice(plan.waits(), 20))
    assert min(waits) >= 0
    assert read_latency(str(shape)) == shape


def test_another_seed_draws_other_latencies() -> None:
    """The seed is what decides."""
    assert drawn("exponential:1", seed=1) != drawn("exponential:1", seed=2)


def test_each_request_waits_for_its_draw() -> None:
    """The sandbox waits what the plan says, request by request."""
    time = FakeTime()
    plan = FaultPlan(latency="uniform:1:2", seed=3)
    with Store() as store:
        settings = SandboxSettings(faults=plan)
        sandbox = Sandbox(create_app(store, settings=settings, sleep=time.async_sleep), store)
        for name in ("a", "b", "c"):
            sandbox.post(event(name))
    assert time.waits == list(islice(plan.waits(), 3))
    assert len(set(time.waits)) == 3


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ("soon", "'soon' is no latency; known are"),
        ("uniforme:1:2", "did you mean uniform"),
        ("uniform:1", "uniform takes 2 numbers, as in uniform:LOW:HIGH"),
        ("uniform:2:1", "LOW must not be more than HIGH"),
        ("uniform:a:b", "'uniform:a:b' is no latency"),
        ("exponential:-1", "its numbers must be from 0 to 86400"),
        ("exponential:nan", "its numbers must be from 0 to 86400"),
        ("lognormal:0:1", "MEDIAN must be more than 0"),
        ("lognormal:1:11", "SIGMA at most 10"),
        ("-1", "it must be 0 or more seconds"),
        ("inf", "it must be 0 or more seconds"),
        ("", "'' is no latency"),
    ],
)
def test_a_latency_that_cannot_be_meant_is_refused(wrong: str, complaint: str) -> None:
    """What was found and what is allowed stand in the error."""
    with pytest.raises(ValueError, match=r"is no latency") as caught:
        FaultPlan(latency=wrong)
    assert complaint in str(caught.value)
