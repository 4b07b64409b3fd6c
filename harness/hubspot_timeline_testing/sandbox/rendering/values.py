"""Values of users inside a template: they behave as themselves in conditions and loops, and print as markers."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_MAX_SHOWN = 50_000  # characters of values
_MAX_WORK = 2_000_000  # turns of loops, times the length of the template
_MAX_VALUES = 20_000
_MAX_NUMBER = 1e300  # what is larger is a text, since no float can stand for it


class TemplateError(ValueError):
    """A template that cannot be shown; the message says why in words for its author."""


class Ledger:
    """What one rendering has shown so far, and what it has cost."""

    def __init__(self, turn: int) -> None:
        self.shown: list[str] = []
        self._turn = turn
        self._work = 0
        self._length = 0
        self._values = 0

    def count(self) -> None:
        """Account for a value, shown or not."""
        self._values += 1
        if self._values > _MAX_VALUES:
            raise TemplateError(f"its event has more than {_MAX_VALUES:,} values")

    def show(self, text: str) -> str:
        """Keep the text and return its marker."""
        self._length += len(text) + 1
        if self._length > _MAX_SHOWN:
            raise TemplateError(f"it shows more than {_MAX_SHOWN:,} characters of values")
        self.shown.append(text)
        return f"\ue000{len(self.shown) - 1}\ue001"

    def loop(self, turns: int) -> None:
        """Account for a loop that is about to begin."""
        self._work += turns * (self._turn + 100)
        if self._work > _MAX_WORK:
            raise TemplateError("its loops take too long")


class _Text(str):
    """A text of the user's: behaves as itself in conditions, and prints as a marker."""

    ledger: Ledger

    def __str__(self) -> str:
        return self.ledger.show(super().__str__())


class _Number(float):
    """A number of the user's, alike."""

    ledger: Ledger
    text: str

    def __str__(self) -> str:
        return self.ledger.show(self.text)

    def is_integer(self) -> bool:
        return False  # or it would be printed as another number, not as this one


class _List(list[Any]):
    ledger: Ledger

    def __iter__(self) -> Iterator[Any]:
        self.ledger.loop(len(self))
        return super().__iter__()


class _Names(dict[Any, Any]):
    ledger: Ledger

    def items(self) -> Any:
        self.ledger.loop(len(self))
        return super().items()


def wrapped(value: Any, ledger: Ledger) -> Any:
    """Return the value as a template may use it. Raises TemplateError if there are too many inside."""
    match value:
        case bool() | None:
            return value
        case str():
            return _owned(_Text(value), ledger)
        case int() | float() if abs(value) < _MAX_NUMBER:
            number = _owned(_Number(value), ledger)
            number.text = str(value)
            return number
        case Mapping():
            pairs = ((wrapped(str(name), ledger), wrapped(held, ledger)) for name, held in value.items())
            return _owned(_Names(pairs), ledger)
        case Iterable():
            return _owned(_List([wrapped(held, ledger) for held in value]), ledger)
    return wrapped(str(value), ledger)


def _owned(value: Any, ledger: Ledger) -> Any:
    ledger.count()
    value.ledger = ledger
    return value
