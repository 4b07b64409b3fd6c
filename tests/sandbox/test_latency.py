"""A latency is a number of seconds or a distribution, drawn with the seed of the plan."""

from itertools import islice
from math import exp, log
from statistics import fmean, median, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline_testing.sandbox import FaultPlan, SandboxSettings
from hubspot_timeline_testing.sandbox.faults.injector import draw_latencies
from hubspot_timeline_testing.sandbox.faults.latency import parse_latency
from tests.helpers.sandbox_calls import event, opened

_NUMBERS = st.floats(0.001, 1_000)
DISTRIBUTIONS = st.one_of(
    st.tuples(_NUMBERS, _NUMBERS).map(lambda ends: f"uniform:{min(ends)}:{max(ends)}"),
    _NUMBERS.map(lambda mean: f"exponential:{mean}"),
    st.builds(lambda middle, sigma: f"lognormal:{middle}:{sigma}", _NUMBERS, st.floats(0, 10)),
)


def drawn(latency: str, seed: int = 7, count: int = 4000) -> list[float]:
    return list(islice(draw_latencies(FaultPlan(latency=latency, seed=seed)), count))


def test_a_number_is_constant() -> None:
    """As a number or as text."""
    assert drawn("0.2", count=3) == [0.2] * 3
    assert FaultPlan(latency="0.2") == FaultPlan(latency=0.2)


def test_uniform_fills_its_range() -> None:
    """From LOW to HIGH, with the mean in the middle."""
    seconds = drawn("uniform:0.1:0.5")
    assert 0.1 <= min(seconds) < 0.11
    assert 0.49 < max(seconds) <= 0.5
    assert fmean(seconds) == pytest.approx(0.3, abs=0.01)


def test_exponential_has_its_mean() -> None:
    """Half of the draws are below 0.69 of it."""
    seconds = drawn("exponential:0.2")
    assert fmean(seconds) == pytest.approx(0.2, rel=0.1)
    assert median(seconds) == pytest.approx(0.2 * log(2), rel=0.1)
    assert set(drawn("exponential:0")) == {0.0}


def test_lognormal_has_its_median_and_sigma() -> None:
    """SIGMA is the standard deviation of the logarithms."""
    seconds = drawn("lognormal:0.2:0.5")
    assert median(seconds) == pytest.approx(0.2, rel=0.1)
    assert stdev(map(log, seconds)) == pytest.approx(0.5, rel=0.1)
    assert max(seconds) > 0.2 * exp(1)


@given(shape=DISTRIBUTIONS, seed=st.integers())
def test_a_seed_draws_the_same_latencies(shape: str, seed: int) -> None:
    """They are never negative, and another seed draws others."""
    plan = FaultPlan(latency=shape, seed=seed)
    latencies = list(islice(draw_latencies(plan), 20))
    assert latencies == list(islice(draw_latencies(plan), 20))
    assert min(latencies) >= 0
    assert parse_latency(shape) == shape
    assert drawn("exponential:1", seed, 20) != drawn("exponential:1", seed + 1, 20)


def test_each_request_waits_for_its_own_draw() -> None:
    """In the order of the plan."""
    plan = FaultPlan(latency="uniform:1:2", seed=3)
    with opened(SandboxSettings(faults=plan)) as sandbox:
        for name in "abc":
            sandbox.post(event(name))
    assert sandbox.time.waits == list(islice(draw_latencies(plan), 3))
    assert len(set(sandbox.time.waits)) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("soon", "'soon' is not a latency; known are"), ("uniforme:1:2", "did you mean uniform"),
        ("uniform:1", "uniform has 2 numbers, as in uniform:LOW:HIGH"),
        ("uniform:2:1", "LOW must not be more than HIGH"), ("uniform:a:b", "'uniform:a:b' is not a latency"),
        ("exponential:-1", "its numbers must be from 0 to 86400"),
        ("exponential:nan", "its numbers must be from 0 to 86400"), ("lognormal:0:1", "MEDIAN must be more than 0"),
        ("lognormal:1:11", "SIGMA at most 10"), ("-1", "its numbers must be from 0 to 86400"),
        ("inf", "its numbers must be from 0 to 86400"), ("", "'' is not a latency"),
    ],
)  # fmt: skip
def test_an_invalid_latency_is_rejected(text: str, message: str) -> None:
    """The error has the value and what is allowed."""
    with pytest.raises(ValueError, match="is not a latency") as caught:
        FaultPlan(latency=text)
    assert message in str(caught.value)
