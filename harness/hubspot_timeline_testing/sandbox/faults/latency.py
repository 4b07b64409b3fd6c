"""The latency of requests: a number of seconds, or a random distribution as text, such as uniform:0.1:0.5."""

from collections.abc import Callable, Mapping, Sequence
from math import log
from random import Random
from typing import TypeAlias

from attrs import frozen

from hubspot_timeline_testing.sandbox.faults.parsing import short_repr, suggestion

LATENCY_FORMATS = "seconds (0.2), uniform:LOW:HIGH, exponential:MEAN, lognormal:MEDIAN:SIGMA"
"""The formats of a latency, for messages. SIGMA is that of the logarithm, without a unit; the others are seconds."""

_MAX_SECONDS = 86_400.0
_MAX_SIGMA = 10.0

Latency: TypeAlias = float | str
"""The seconds of each request, or the distribution that they are drawn from."""


@frozen
class _Shape:
    """A distribution: the names of its numbers, and the seconds for a source of random numbers and these numbers."""

    names: tuple[str, ...]
    draw: Callable[..., float]


_CONSTANT = _Shape(("SECONDS",), lambda _, seconds: seconds)
_SHAPES: Mapping[str, _Shape] = {
    "uniform": _Shape(("LOW", "HIGH"), lambda random, low, high: random.uniform(low, high)),
    "exponential": _Shape(("MEAN",), lambda random, mean: random.expovariate(1 / mean) if mean else 0.0),
    "lognormal": _Shape(("MEDIAN", "SIGMA"), lambda random, median, sigma: random.lognormvariate(log(median), sigma)),
}


def parse_latency(value: Latency) -> Latency:
    """Return a latency; seconds are a number, also if they were text. Raises ValueError with the known formats."""
    shape, numbers = _parsed(value)
    return numbers[0] if shape is _CONSTANT else value


def latency_draw(latency: Latency) -> Callable[[Random], float]:
    """Return a function that draws the seconds of one request, 0 or more. Raises ValueError as `parse_latency`."""
    shape, numbers = _parsed(latency)
    return lambda random: shape.draw(random, *numbers)


def _parsed(value: Latency) -> tuple[_Shape, list[float]]:
    name, *texts = value.split(":") if isinstance(value, str) and ":" in value else ("", value)
    shape = _SHAPES.get(name) if name else _CONSTANT
    numbers = _numbers(texts)
    if shape is None or numbers is None:
        raise _error(value, f"; {suggestion(value, _SHAPES)}known are {LATENCY_FORMATS}")
    if len(numbers) != len(shape.names):
        raise _error(value, f": {name} has {len(shape.names)} numbers, as in {':'.join([name, *shape.names])}")
    if not all(0 <= number <= _MAX_SECONDS for number in numbers):
        raise _error(value, f": its numbers must be from 0 to {_MAX_SECONDS:.0f}")
    if name == "uniform" and numbers[0] > numbers[1]:
        raise _error(value, ": LOW must not be more than HIGH")
    if name == "lognormal" and not (numbers[0] > 0 and numbers[1] <= _MAX_SIGMA):
        raise _error(value, f": MEDIAN must be more than 0, and SIGMA at most {_MAX_SIGMA:.0f}")
    return shape, numbers


def _numbers(texts: Sequence[float | str]) -> list[float] | None:
    try:
        return None if any(isinstance(text, bool) for text in texts) else [float(text) for text in texts]
    except (TypeError, ValueError, OverflowError):
        return None


def _error(value: Latency, reason: str) -> ValueError:
    return ValueError(f"{short_repr(value)} is not a latency{reason}")
