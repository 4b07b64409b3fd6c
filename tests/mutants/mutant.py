"""A mutant: a copy of the document with one change; and the edits that mutants are made of."""

import json
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from attrs import frozen

Document: TypeAlias = dict[str, Any]
Path: TypeAlias = tuple[str | int, ...]
Edit: TypeAlias = Callable[[Document], None]


@frozen
class Mutant:
    """A change of one part of a document, such as `#/paths/…: removed`."""

    path: Path
    label: str
    edit: Edit

    @property
    def name(self) -> str:
        """Return the changed part as a JSON pointer, and the change."""
        pointer = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in self.path)
        return f"#{pointer}: {self.label}"

    def of(self, document: Document) -> Document:
        """Return a changed copy of a document."""
        copy: Document = json.loads(json.dumps(document))  # several times as fast as deepcopy
        self.edit(copy)
        return copy


def at(node: Any, path: Path) -> Any:
    """Return the part of a document at a path."""
    for step in path:
        node = node[step]
    return node


def put(path: Path, value: Any) -> Edit:
    """Return an edit that sets the value at a path."""
    return lambda document: at(document, path[:-1]).__setitem__(path[-1], value)


def remove(path: Path) -> Edit:
    """Return an edit that removes what is at a path."""
    return lambda document: at(document, path[:-1]).__delitem__(path[-1])


def rename(path: Path, key: str) -> Edit:
    """Return an edit that replaces the last key of a path; the order of the keys stays."""

    def edit(document: Document) -> None:
        node = at(document, path[:-1])
        items = [(key if each == path[-1] else each, value) for each, value in node.items()]
        node.clear()
        node.update(items)

    return edit


def operations_in(document: Document) -> Iterator[Path]:
    """Yield the path of each operation."""
    for path, item in document["paths"].items():
        yield from (("paths", path, method) for method in item if method != "parameters")


def bodies_in(document: Document) -> Iterator[Path]:
    """Yield the path of each media type in requests and responses."""
    holders: list[Path] = [("components", "responses", name) for name in document["components"]["responses"]]
    for path in operations_in(document):
        operation = at(document, path)
        holders += [(*path, "requestBody")] if "requestBody" in operation else []
        holders += [(*path, "responses", status) for status in operation["responses"]]
    for holder in holders:
        yield from ((*holder, "content", media_type) for media_type in at(document, holder).get("content", {}))


def parameters_in(document: Document) -> Iterator[Path]:
    """Yield the path of each parameter of a path or an operation, including references."""
    holders: list[Path] = [("paths", path) for path in document["paths"]]
    for holder in [*holders, *operations_in(document)]:
        count = len(at(document, holder).get("parameters", ()))
        yield from ((*holder, "parameters", number) for number in range(count))
