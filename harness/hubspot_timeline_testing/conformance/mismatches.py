"""What is found where a client does not keep to its document."""

from collections.abc import Callable, Iterator
from typing import Any

from attrs import frozen
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

_SLOW = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example)


class UnkeptError(Exception):
    """A client does not do what its document says."""


def expect(is_kept: bool, problem: str) -> None:
    """Raise UnkeptError with the problem unless something holds."""
    if not is_kept:
        raise UnkeptError(problem)


@frozen
class Breach:
    """Where a client departs from its document, such as `models.TimelineEvent.email`, and how."""

    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.where} {self.problem}"


def breach_of(
    where: str, strategy: st.SearchStrategy[Any], check: Callable[[Any], None], max_examples: int
) -> Iterator[Breach]:
    """Yield a breach if `check` raises UnkeptError, or fails, for one of the values that are drawn."""

    @given(strategy)
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
    except UnkeptError as error:
        yield Breach(where, str(error))
    except Exception as error:  # noqa: BLE001 - whatever a client raises where it should not is what is looked for
        yield Breach(where, f"fails: {type(error).__name__}: {error}")
