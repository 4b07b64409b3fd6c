"""Which parts of a document are met in requests, which in answers, and through which operations."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from attrs import define, field

from changes.change_kinds import Use
from changes.pointers import Pointer, found, of_reference
from changes.routes import routes


@define
class Reach:
    """Where each part under `components` is used."""

    uses: dict[Pointer, set[Use]] = field(factory=lambda: defaultdict(set))
    operations: dict[Pointer, set[str]] = field(factory=lambda: defaultdict(set))


def reach(*documents: Any) -> Reach:
    """Return the use in any of the documents: what was a request before is one still for those who send it."""
    result = Reach()
    for document in documents:
        for route in routes(document):
            for use, root in route.roots():
                for pointer in _reached(document, root):
                    result.uses[pointer].add(use)
                    result.operations[pointer].add(route.name)
    return result


def _reached(document: Any, root: Any) -> set[Pointer]:
    seen: set[Pointer] = set()
    waiting = [root]
    while waiting:
        for pointer in set(_references(waiting.pop())) - seen:
            seen.add(pointer)
            waiting.append(found(document, pointer))
    return seen


def _references(node: Any) -> Iterator[Pointer]:
    if isinstance(node, dict):
        if pointer := of_reference(node.get("$ref")):
            yield pointer
        for below in node.values():
            yield from _references(below)
    if isinstance(node, list):
        for item in node:
            yield from _references(item)
