"""Where in the document something stands, as a JSON pointer."""

from collections.abc import Iterable
from typing import Any

from hubspot_timeline.document import document, operations


def operation_pointer(operation: str) -> str:
    """Return the pointer to an operation."""
    method, path = operations()[operation]
    return _pointer("paths", path, method.lower())


def answer_pointer(operation: str, status: int) -> str:
    """Return the pointer to the answer that the document has for a status: that of its own, else the default."""
    method, path = operations()[operation]
    answers = document()["paths"][path][method.lower()]["responses"]
    return _pointer("paths", path, method.lower(), "responses", str(status) if str(status) in answers else "default")


def schema_pointer(operation: str, status: int, steps: Iterable[str | int]) -> str:
    """Return the pointer to what a body breaks, given the steps from the schema of the answer to it.

    A step `$ref` leads to what it names. Where the steps lead nowhere, it is the pointer to the answer.
    """
    pointer = answer_pointer(operation, status)
    node, pointer = _follow(_at(pointer), pointer)
    media_types = node.get("content", {})
    for name in ("application/json", *media_types):
        if name in media_types:
            node, pointer = media_types[name]["schema"], pointer + _pointer("content", name, "schema")[1:]
            break
    return _walk(node, pointer, steps)


def _walk(node: Any, pointer: str, steps: Iterable[str | int]) -> str:
    for step in steps:
        node, pointer = _follow(node, pointer)
        if step == "$ref":
            continue
        try:
            node = node[step]
        except (LookupError, TypeError):
            return pointer
        pointer += _pointer(step)[1:]
    return pointer


def _follow(node: Any, pointer: str) -> tuple[Any, str]:
    while isinstance(node, dict) and "$ref" in node:
        pointer = node["$ref"]
        node = _at(pointer)
    return node, pointer


def _at(pointer: str) -> Any:
    node: Any = document()
    for step in pointer.split("/")[1:]:
        node = node[step.replace("~1", "/").replace("~0", "~")]
    return node


def _pointer(*steps: str | int) -> str:
    return "#" + "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
