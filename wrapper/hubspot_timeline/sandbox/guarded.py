"""Values of events on their way into a template: they escape themselves, and count what is done with them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Self

from attrs import define

_MOST_TURNS = 500  # through the lists and objects of one event
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")  # all that ASCII has, which Markdown lets a backslash escape


class RenderingError(ValueError):
    """A template cannot be rendered for an event; the message says why."""


@define
class Budget:
    """What may still be done for one template."""

    characters: int
    turns: int = _MOST_TURNS

    def guard(self, value: Any) -> Any:
        """Return a value that escapes itself where it is printed, and counts against the budget where it is used."""
        match value:
            case str():
                return _Text(value, self)
            case Mapping():
                return _Object(value, self)
            case list():
                return _List(value, self)
        return value

    def spend(self, *, turns: int = 0, characters: int = 0) -> None:
        """Count. Raises RenderingError once there is nothing left."""
        self.turns -= turns
        self.characters -= characters
        if self.turns < 0:
            raise RenderingError(f"it goes through more than {_MOST_TURNS} entries")
        if self.characters < 0:
            raise RenderingError("its values are too much longer than a timeline shows")


class _Text(str):
    """Text that is printed as Markdown for itself."""

    __slots__ = ("_budget",)
    _budget: Budget

    def __new__(cls, text: str, budget: Budget) -> Self:
        """Return the text with its budget."""
        made = super().__new__(cls, text)
        made._budget = budget
        return made

    def __str__(self) -> str:
        """Return it with nothing in it that means something in Markdown; its line breaks become spaces."""
        self._budget.spend(characters=len(self))
        return _PUNCTUATION.sub(r"\\\1", " ".join(self.split()))


class _List(list[Any]):
    def __init__(self, values: list[Any], budget: Budget) -> None:
        super().__init__(values)
        self._budget = budget

    def __iter__(self) -> Iterator[Any]:
        for value in super().__iter__():
            self._budget.spend(turns=1)
            yield self._budget.guard(value)

    def __getitem__(self, index: Any) -> Any:
        return self._budget.guard(super().__getitem__(index))


class _Object(dict[str, Any]):
    def __init__(self, values: Mapping[str, Any], budget: Budget) -> None:
        super().__init__(values)
        self._budget = budget

    def items(self) -> Any:
        self._budget.spend(turns=len(self))
        return {self._budget.guard(key): self._budget.guard(value) for key, value in super().items()}.items()

    def __getitem__(self, key: str) -> Any:
        return self._budget.guard(super().__getitem__(key))

    def get(self, key: str, default: Any = None) -> Any:
        return self[key] if key in self else default  # noqa: SIM401 - that would call itself
