"""Positions within JSON, for error messages: lines and columns, paths, and the offset of an event."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from json import JSONDecoder
from typing import Any

_SEPARATORS = re.compile(r"[ \t\n\r,:]*")
_decode = JSONDecoder().raw_decode


def line_and_column(text: str, offset: int) -> str:
    """Return the line and the column of an offset in characters, both counted from 1."""
    line = text.count("\n", 0, offset) + 1
    column = offset - text.rfind("\n", 0, offset)
    return f"line {line}, column {column}"


def json_path(path: Sequence[str | int]) -> str:
    """Return the path of a value as text, such as $.inputs[3].id."""
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def event_offset(text: str, index: int) -> int:
    """Return the offset in characters of one of the `inputs` of a request: a JSON object with a list that long."""
    members = list(_members(text, text.index("{") + 1))
    names, values = members[::2], members[1::2]
    # Of a repeated name the last one counts, as for the JSON parser.
    inputs = [begin for (_, name), (begin, _) in zip(names, values, strict=True) if name == "inputs"][-1]
    begin, _ = next(islice(_members(text, inputs + 1), index, None))
    return begin


def _members(text: str, offset: int) -> Iterator[tuple[int, Any]]:
    """Yield offset and value of the items of an array, or of names and values of an object, from its inside on."""
    while text[begin := _skip(text, offset)] not in "]}":
        value, offset = _decode(text, begin)
        yield begin, value


def _skip(text: str, offset: int) -> int:
    """Return the offset after whitespace and separators; that these are in order has been validated before."""
    match = _SEPARATORS.match(text, offset)
    return match.end() if match else offset
