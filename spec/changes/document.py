"""YAML into plain data, with the line of each part."""

from typing import Any

import yaml
from attrs import frozen

from changes.errors import CannotCompareError
from changes.pointers import Pointer

# Written in C where PyYAML was built with it, ten times as fast; types name only the other.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@frozen
class Document:
    """A document as plain data; `lines` is where each part begins, counted from 1."""

    name: str
    data: dict[str, Any]
    lines: dict[Pointer, int]

    def line(self, pointer: Pointer) -> int:
        """Return the line of a part, or of what it would stand in."""
        while pointer and pointer not in self.lines:
            pointer = pointer[:-1]
        return self.lines.get(pointer, 1)


def read(name: str, content: bytes) -> Document:
    """Return the document; raise CannotCompareError, with file:line:column, where it is none."""
    try:
        return _read(name, content)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise CannotCompareError(f"{place}: is no YAML: {getattr(error, 'problem', None) or error}") from error
    except (ValueError, RecursionError) as error:
        raise CannotCompareError(f"{name}: cannot be read: {error}") from error


def _read(name: str, content: bytes) -> Document:
    loader = _Loader(content)
    try:
        node = loader.get_single_node()
        lines: dict[Pointer, int] = {}
        _mark(name, node, (), lines, set())
        data = loader.construct_document(node) if node else None
    finally:
        loader.dispose()
    if not isinstance(data, dict):
        raise CannotCompareError(f"{name}:1:1: is no mapping, so no OpenAPI document")
    return Document(name, _with_words_as_keys(data), lines)


def _mark(name: str, node: Any, pointer: Pointer, lines: dict[Pointer, int], inside: set[int]) -> None:
    if id(node) in inside:
        raise CannotCompareError(f"{_place(name, node)}: contains itself")
    inside.add(id(node))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = (*pointer, str(key.value))
            if below in lines and key.tag != "tag:yaml.org,2002:merge":
                raise CannotCompareError(f"{_place(name, key)}: {key.value} is there twice")
            lines[below] = key.start_mark.line + 1
            _mark(name, value, below, lines, inside)
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            lines[*pointer, str(number)] = item.start_mark.line + 1
            _mark(name, item, (*pointer, str(number)), lines, inside)
    inside.discard(id(node))


def _place(name: str, node: Any) -> str:
    return f"{name}:{node.start_mark.line + 1}:{node.start_mark.column + 1}"


def _with_words_as_keys(value: Any) -> Any:
    """Return the same as JSON would have it: 200 and "200" are one key."""
    if isinstance(value, dict):
        return {str(key): _with_words_as_keys(below) for key, below in value.items()}
    return [_with_words_as_keys(item) for item in value] if isinstance(value, list) else value
