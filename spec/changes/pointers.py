"""JSON pointers: where in a document something stands."""

from typing import Any

Pointer = tuple[str, ...]


def text(pointer: Pointer) -> str:
    """Return a pointer as RFC 6901 writes it."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in pointer)


def of_reference(reference: object) -> Pointer | None:
    """Return where a reference inside the same document leads; None for any other."""
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return None
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in reference[2:].split("/"))


def found(document: Any, pointer: Pointer) -> Any:
    """Return what stands there; None for nothing."""
    for part in pointer:
        document = document.get(part) if isinstance(document, dict) else None
    return document


def resolved(document: Any, node: Any) -> Any:
    """Return what a node refers to, or the node itself where it refers to nothing that is there."""
    pointer = of_reference(node.get("$ref")) if isinstance(node, dict) else None
    return node if pointer is None else found(document, pointer) or node


def touches(one: Pointer, other: Pointer) -> bool:
    """Say whether one of two pointers leads to the other's place or into it."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
