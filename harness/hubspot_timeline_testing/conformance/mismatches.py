"""A mismatch between a client and its document, and the search for one with generated values."""

from collections.abc import Callable, Iterator
from typing import Any

from attrs import frozen
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

_SLOW = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example)


class MismatchError(Exception):
    """A client does not behave as its document specifies."""


def expect(condition: bool, problem: str) -> None:
    """Raise MismatchError with the problem unless the condition is true."""
    if not condition:
        raise MismatchError(problem)


@frozen
class Mismatch:
    """Where a client differs from its document, such as `models.TimelineEvent.email`, and how."""

    location: str
    problem: str

    def __str__(self) -> str:
        return f"{self.location} {self.problem}"


def check_values(
    location: str, values: st.SearchStrategy[Any], check: Callable[[Any], None], max_examples: int
) -> Iterator[Mismatch]:
    """Yield a mismatch if `check` raises an error for one of the generated values."""

    @given(values)
    @settings(
        max_examples=max_examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=_SLOW,
    )
    def run(value: Any) -> None:
        check(value)

    try:
        run()
    except MismatchError as error:
        yield Mismatch(location, str(error))
    except Exception as error:  # noqa: BLE001 - any error of the client for a valid value is a mismatch
        yield Mismatch(location, f"fails: {type(error).__name__}: {error}")
