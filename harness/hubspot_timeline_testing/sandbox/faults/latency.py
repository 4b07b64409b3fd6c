"""How long requests wait: for a number of seconds, or for what is drawn from a distribution."""

from collections.abc import Callable, Iterable, Mapping
from math import inf, log
from random import Random
from typing import TypeAlias

from attrs import field, frozen

from hubspot_timeline_testing.sandbox.faults.parsing import hint, shown

LATENCY_WORDS = "seconds (0.2), uniform:LOW:HIGH, exponential:MEAN, lognormal:MEDIAN:SIGMA"
"""The words for a latency, for people to read."""

_LONGEST = 86_400.0
_WIDEST = 10.0
_NAMES: Mapping[str, tuple[str, ...]] = {
    "uniform": ("LOW", "HIGH"),
    "exponential": ("MEAN",),
    "lognormal": ("MEDIAN", "SIGMA"),
}
_DRAWS: Mapping[str, Callable[..., float]] = {
    "uniform": lambda chance, low, high: chance.uniform(low, high),
    "exponential": lambda chance, mean: chance.expovariate(1 / mean) if mean else 0.0,
    "lognormal": lambda chance, median, sigma: chance.lognormvariate(log(median), sigma),
}


def _numbers(given: Iterable[float]) -> tuple[float, ...]:
    return tuple(given)


@frozen
class Distribution:
    """Seconds by chance: `shape` is uniform, exponential or lognormal, `numbers` are what it takes, in that order.

    uniform: LOW, HIGH; exponential: MEAN; lognormal: MEDIAN, SIGMA (of the logarithm, without a unit).
    As text it is the word for it, such as uniform:0.1:0.5. Raises ValueError for numbers that make no sense.
    """

    shape: str
    numbers: tuple[float, ...] = field(converter=_numbers)

    def __attrs_post_init__(self) -> None:
        complaint = _unknown(self.shape) or _wrong_count(self) or _out_of_range(self)
        if complaint:
            raise ValueError(f"{self} is no latency: {complaint}")

    def draw(self, chance: Random) -> float:
        """Return the seconds of one request, 0 or more."""
        return _DRAWS[self.shape](chance, *self.numbers)

    def __str__(self) -> str:
        return ":".join([self.shape, *map(str, self.numbers)])


Latency: TypeAlias = float | Distribution
"""The seconds of each request, or where they are drawn from."""


def read_latency(given: Latency | str) -> Latency:
    """Return the latency that is meant by a number, or by words. Raises ValueError, which says what there is."""
    if isinstance(given, Distribution):
        return given
    if isinstance(given, str) and ":" in given:
        shape, *numbers = given.split(":")
        return Distribution(shape, tuple(_number(number, given) for number in numbers))
    seconds = _number(given, given)
    if not 0 <= seconds < inf:
        raise ValueError(f"{shown(given)} is no latency; it must be 0 or more seconds, and finite")
    return seconds


def _number(text: object, given: object) -> float:
    try:
        if isinstance(text, str | int | float) and not isinstance(text, bool):
            return float(text)
    except (ValueError, OverflowError):
        pass
    likely = hint(given, _NAMES)
    raise ValueError(f"{shown(given)} is no latency; {likely}known are {LATENCY_WORDS}")


def _unknown(shape: str) -> str:
    return "" if shape in _NAMES else f"{hint(shape, _NAMES)}known are {LATENCY_WORDS}"


def _wrong_count(given: Distribution) -> str:
    names = _NAMES[given.shape]
    is_right = len(names) == len(given.numbers)
    return "" if is_right else f"{given.shape} takes {len(names)} numbers, as in {':'.join([given.shape, *names])}"


def _out_of_range(given: Distribution) -> str:
    first, last = given.numbers[0], given.numbers[-1]
    if not all(0 <= number <= _LONGEST for number in given.numbers):
        return f"its numbers must be from 0 to {_LONGEST:.0f}"
    if given.shape == "uniform" and first > last:
        return "LOW must not be more than HIGH"
    if given.shape == "lognormal" and not (first > 0 and last <= _WIDEST):
        return f"MEDIAN must be more than 0, and SIGMA at most {_WIDEST:.0f}"
    return ""
