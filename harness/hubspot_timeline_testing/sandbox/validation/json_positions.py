"""Where in a request something stands; only looked for once something is wrong with it."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from json import JSONDecoder
from typing import Any

from attrs import frozen

_SEPARATORS = re.compile(r"[ \t\n\r,:]*")
_decode = JSONDecoder().raw_decode


def place(text: str, offset: int) -> str:
    """Return an offset in characters as line and column, both counted from 1."""
    line = text.count("\n", 0, offset) + 1
    column = offset - text.rfind("\n", 0, offset)
    return f"line {line}, column {column}"


def event_offset(text: str, index: int) -> int:
    """Return where an event begins in a request: the offset in characters of the item at `index` of its inputs.

    The text must be a JSON object with a list `inputs` that long.
    """
    members = list(_members(text, text.index("{") + 1))
    names, values = members[::2], members[1::2]
    # Where a name occurs twice the last one counts, as for the reader of the JSON.
    inputs = [value.offset for name, value in zip(names, values, strict=True) if name.value == "inputs"][-1]
    return next(islice(_members(text, inputs + 1), index, None)).offset


@frozen
class _Member:
    offset: int
    value: Any


def _members(text: str, offset: int) -> Iterator[_Member]:
    """Yield the items of the array, or the names and values of the object, whose inside begins at the offset."""
    while text[begin := _skip(text, offset)] not in "]}":
        value, offset = _decode(text, begin)
        yield _Member(begin, value)


def _skip(text: str, offset: int) -> int:
    """Return the offset of what follows whitespace and separators; that these are in order is known already."""
    found = _SEPARATORS.match(text, offset)
    return found.end() if found else offset


def json_path(path: Sequence[str | int]) -> str:
    """Return the way to a value within another, such as $.inputs[3].id."""
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
