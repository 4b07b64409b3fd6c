"""The operations of a document."""

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from changes import naming
from changes.change import Touch
from changes.change_kinds import Use
from changes.pointers import Pointer

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@frozen
class Route:
    """One operation: its path and method, itself, and what its path says for all of its methods."""

    path: str
    method: str
    operation: dict[str, Any]
    item: dict[str, Any]

    @property
    def pointer(self) -> Pointer:
        """Where it stands."""
        return ("paths", self.path, self.method)

    @property
    def name(self) -> str:
        """Its operationId, or method and path where it has none."""
        name = self.operation.get("operationId")
        return name if isinstance(name, str) and name else f"{self.method} {self.path}"

    @property
    def touch(self) -> Touch:
        """The module that is generated from it."""
        return Touch(naming.function(self.name, self.operation.get("tags")))

    def roots(self) -> list[tuple[Use, Any]]:
        """Return its parts with the use they have."""
        return [
            (Use.REQUEST, self.item.get("parameters")),
            (Use.REQUEST, self.operation.get("parameters")),
            (Use.REQUEST, self.operation.get("requestBody")),
            (Use.ANSWER, self.operation.get("responses")),
        ]


def routes(document: Any) -> Iterator[Route]:
    """Yield the operations of a document, which may be malformed."""
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        for method in METHODS if isinstance(item, dict) else ():
            if isinstance(item.get(method), dict):
                yield Route(path, method, item[method], item)
