"""Places of a document that a contract has, each with a copy of the document in which to change it."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, TypeAlias

from attrs import frozen

Document: TypeAlias = dict[str, Any]
Step: TypeAlias = "str | int"
Change: TypeAlias = Callable[[Any], None]


@frozen
class Mutant:
    """A change in one place. `name` is the place as a JSON pointer and what is done, such as `#/paths/…: removed`."""

    name: str
    kind: str
    path: tuple[Step, ...]
    change: Change

    def of(self, document: Document) -> Document:
        """Return a changed copy of a document."""
        copy = deepcopy(document)
        self.change(at(copy, self.path))
        return copy


def at(node: Any, path: tuple[Step, ...]) -> Any:
    """Return what is at a path."""
    for step in path:
        node = node[step]
    return node


def pointer(path: tuple[Step, ...]) -> str:
    """Return a path as a JSON pointer."""
    return "#" + "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def schemas_in(document: Document) -> Iterator[tuple[Step, ...]]:
    """Yield the path of each schema: those of the components, of bodies and of parameters, and all within them."""
    for name in document["components"]["schemas"]:
        yield from _within(document, ("components", "schemas", name))
    for name in document["components"]["parameters"]:
        yield ("components", "parameters", name, "schema")
    for path in bodies_in(document):
        yield (*path, "schema")
    for path in parameters_in(document):
        if "schema" in at(document, path):
            yield (*path, "schema")


def _within(document: Document, path: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    schema = at(document, path)
    yield path
    for name in schema.get("properties", {}):
        yield from _within(document, (*path, "properties", name))
    for word in ("items", "additionalProperties"):
        if isinstance(schema.get(word), dict):
            yield from _within(document, (*path, word))


def operations_in(document: Document) -> Iterator[tuple[Step, ...]]:
    """Yield the path of each operation."""
    for path, item in document["paths"].items():
        for verb in item:
            if verb != "parameters":
                yield ("paths", path, verb)


def bodies_in(document: Document) -> Iterator[tuple[Step, ...]]:
    """Yield the path of each body, with its media type, of requests and answers."""
    for path in operations_in(document):
        operation = at(document, path)
        holders = [(*path, "requestBody")] if "requestBody" in operation else []
        holders += [(*path, "responses", status) for status in operation["responses"]]
        for holder in holders:
            yield from ((*holder, "content", media_type) for media_type in at(document, holder).get("content", {}))
    for name in document["components"]["responses"]:
        holder = ("components", "responses", name)
        yield from ((*holder, "content", media_type) for media_type in at(document, holder)["content"])


def parameters_in(document: Document) -> Iterator[tuple[Step, ...]]:
    """Yield the path of each parameter that stands at a path or an operation, references among them."""
    for path, item in document["paths"].items():
        yield from (("paths", path, "parameters", number) for number in range(len(item.get("parameters", ()))))
    for path in operations_in(document):
        yield from ((*path, "parameters", number) for number in range(len(at(document, path).get("parameters", ()))))
