"""The latency of requests: a number of seconds, or a random distribution."""

from collections.abc import Callable, Iterable, Mapping
from math import inf, log
from random import Random
from typing import TypeAlias

from attrs import field, frozen

from hubspot_timeline_testing.sandbox.faults.parsing import short_repr, suggestion

LATENCY_FORMATS = "seconds (0.2), uniform:LOW:HIGH, exponential:MEAN, lognormal:MEDIAN:SIGMA"
"""The formats of a latency, for messages."""

_MAX_SECONDS = 86_400.0
_MAX_SIGMA = 10.0
_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "uniform": ("LOW", "HIGH"),
    "exponential": ("MEAN",),
    "lognormal": ("MEDIAN", "SIGMA"),
}
_DRAWS: Mapping[str, Callable[..., float]] = {
    "uniform": lambda random, low, high: random.uniform(low, high),
    "exponential": lambda random, mean: random.expovariate(1 / mean) if mean else 0.0,
    "lognormal": lambda random, median, sigma: random.lognormvariate(log(median), sigma),
}


def _numbers(numbers: Iterable[float]) -> tuple[float, ...]:
    return tuple(numbers)


@frozen
class Distribution:
    """Random seconds: `shape` is uniform, exponential or lognormal, `numbers` are its parameters.

    uniform: LOW, HIGH; exponential: MEAN; lognormal: MEDIAN, SIGMA (of the logarithm, without a unit).
    As text it is the word in plans, such as uniform:0.1:0.5. Raises ValueError for invalid parameters.
    """

    shape: str
    numbers: tuple[float, ...] = field(converter=_numbers)

    def __attrs_post_init__(self) -> None:
        error = _parameter_error(self.shape, self.numbers)
        if error:
            raise ValueError(f"{self} is not a latency: {error}")

    def draw(self, random: Random) -> float:
        """Return the seconds of one request, 0 or more."""
        return _DRAWS[self.shape](random, *self.numbers)

    def __str__(self) -> str:
        return ":".join([self.shape, *map(str, self.numbers)])


Latency: TypeAlias = float | Distribution
"""The seconds of each request, or the distribution that they are drawn from."""


def parse_latency(value: Latency | str) -> Latency:
    """Return the latency for a number, or for text. Raises ValueError with the known formats."""
    if isinstance(value, Distribution):
        return value
    if isinstance(value, str) and ":" in value:
        shape, *numbers = value.split(":")
        return Distribution(shape, tuple(_number(number, value) for number in numbers))
    seconds = _number(value, value)
    if not 0 <= seconds < inf:
        raise ValueError(f"{short_repr(value)} is not a latency; it must be 0 or more seconds, and finite")
    return seconds


def _number(text: object, value: object) -> float:
    try:
        if isinstance(text, str | int | float) and not isinstance(text, bool):
            return float(text)
    except (ValueError, OverflowError):
        pass
    likely = suggestion(value, _PARAMETERS)
    raise ValueError(f"{short_repr(value)} is not a latency; {likely}known are {LATENCY_FORMATS}")


def _parameter_error(shape: str, numbers: tuple[float, ...]) -> str:
    if shape not in _PARAMETERS:
        return f"{suggestion(shape, _PARAMETERS)}known are {LATENCY_FORMATS}"
    names = _PARAMETERS[shape]
    if len(names) != len(numbers):
        return f"{shape} has {len(names)} numbers, as in {':'.join([shape, *names])}"
    if not all(0 <= number <= _MAX_SECONDS for number in numbers):
        return f"its numbers must be from 0 to {_MAX_SECONDS:.0f}"
    if shape == "uniform" and numbers[0] > numbers[1]:
        return "LOW must not be more than HIGH"
    if shape == "lognormal" and not (numbers[0] > 0 and numbers[1] <= _MAX_SIGMA):
        return f"MEDIAN must be more than 0, and SIGMA at most {_MAX_SIGMA:.0f}"
    return ""
