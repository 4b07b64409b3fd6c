"""Values of events inside a template: normal in conditions and loops, printed as markers; with limits on their cost."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_MAX_PRINTED = 50_000  # characters of values
_MAX_LOOP_COST = 2_000_000  # iterations of loops, times the length of the template
_MAX_VALUES = 20_000
_MAX_NUMBER = 1e300  # larger numbers are text, since they do not fit into a float


class TemplateError(ValueError):
    """A template that cannot be rendered; the message is for its author."""


class RenderingBudget:
    """The values that one rendering has printed so far, and its cost. `iteration_cost`: of one iteration of a loop."""

    def __init__(self, iteration_cost: int) -> None:
        self.printed: list[str] = []
        self._iteration_cost = iteration_cost
        self._loop_cost = 0
        self._length = 0
        self._values = 0

    def count(self) -> None:
        """Count a value, whether it is printed or not."""
        self._values += 1
        if self._values > _MAX_VALUES:
            raise TemplateError(f"its event has more than {_MAX_VALUES:,} values")

    def print(self, text: str) -> str:
        """Keep the text of a value and return its marker."""
        self._length += len(text) + 1
        if self._length > _MAX_PRINTED:
            raise TemplateError(f"it prints more than {_MAX_PRINTED:,} characters of values")
        self.printed.append(text)
        return f"\ue000{len(self.printed) - 1}\ue001"

    def loop(self, iterations: int) -> None:
        """Count a loop that is about to start."""
        self._loop_cost += iterations * (self._iteration_cost + 100)
        if self._loop_cost > _MAX_LOOP_COST:
            raise TemplateError("its loops take too long")


class _Text(str):
    """A string that prints as a marker."""

    budget: RenderingBudget

    def __str__(self) -> str:
        return self.budget.print(super().__str__())


class _Number(float):
    """A number that prints as a marker."""

    budget: RenderingBudget
    text: str

    def __str__(self) -> str:
        return self.budget.print(self.text)

    def is_integer(self) -> bool:
        return False  # else it would be printed as another number, not as this one


class _List(list[Any]):
    budget: RenderingBudget

    def __iter__(self) -> Iterator[Any]:
        self.budget.loop(len(self))
        return super().__iter__()


class _Dict(dict[Any, Any]):
    budget: RenderingBudget

    def items(self) -> Any:
        self.budget.loop(len(self))
        return super().items()


def wrapped(value: Any, budget: RenderingBudget) -> Any:
    """Return a value for the use in a template. Raises TemplateError if it contains too many values."""
    match value:
        case bool() | None:
            return value
        case str():
            return _with_budget(_Text(value), budget)
        case int() | float() if abs(value) < _MAX_NUMBER:
            number = _with_budget(_Number(value), budget)
            number.text = str(value)
            return number
        case Mapping():
            pairs = ((wrapped(str(name), budget), wrapped(item, budget)) for name, item in value.items())
            return _with_budget(_Dict(pairs), budget)
        case Iterable():
            return _with_budget(_List([wrapped(item, budget) for item in value]), budget)
    return wrapped(str(value), budget)


def _with_budget(value: Any, budget: RenderingBudget) -> Any:
    budget.count()
    value.budget = budget
    return value
