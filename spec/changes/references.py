"""JSON pointers, `$ref`, endpoints, and where each component of a document is used."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from changes.change_kinds import Use

Pointer = tuple[str, ...]
Usage = dict[Pointer, set[tuple[Use, str]]]
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def resolve(document: Any, node: Any) -> Any:
    """Return the target of a node's `$ref`, or the node itself if it has none."""
    target = document
    for part in _reference(node):
        target = target.get(part) if isinstance(target, dict) else None
    return node if target is document else target


def _reference(node: Any) -> Pointer:
    reference = node.get("$ref") if isinstance(node, dict) else None
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return ()
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in reference[2:].split("/"))


@frozen
class Endpoint:
    """An operation of the document; its name is the operationId, or its method and path if it has none."""

    name: str
    request: str
    path: str
    method: str
    spec: dict[str, Any]


def endpoints(document: Any) -> Iterator[Endpoint]:
    """Yield the operations of a document, which may be malformed."""
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        for method, spec in item.items() if isinstance(item, dict) else ():
            if method in METHODS and isinstance(spec, dict):
                request = f"{method.upper()} {path}"
                yield Endpoint(str(spec.get("operationId") or request), request, path, method, spec)


def component_usage(*documents: Any) -> Usage:
    """Return the uses of each component and by which operation, in any of the documents.

    The old document counts because callers of its client still send what it has in requests.
    """
    usage: Usage = defaultdict(set)
    for document in documents:
        for endpoint in endpoints(document):
            shared = document["paths"][endpoint.path].get("parameters")
            request = [shared, endpoint.spec.get("parameters"), endpoint.spec.get("requestBody")]
            for use, node in ((Use.REQUEST, request), (Use.RESPONSE, endpoint.spec.get("responses"))):
                reachable: set[Pointer] = set()
                _collect_references(document, node, reachable)
                for pointer in reachable:
                    usage[pointer].add((use, endpoint.name))
    return usage


def _collect_references(document: Any, node: Any, reachable: set[Pointer]) -> None:
    pointer = _reference(node)
    if pointer and pointer not in reachable:
        reachable.add(pointer)
        _collect_references(document, resolve(document, node), reachable)
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _collect_references(document, child, reachable)
