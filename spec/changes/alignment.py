"""Brings a document of the vendor into the form of ours, so that only differences of meaning are left."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from changes.references import Endpoint, endpoints, resolve

Pairs = list[tuple[Endpoint | None, Endpoint | None]]
_EMPTY: tuple[tuple[str, Any], ...] = (
    ("properties", {}),
    ("required", []),
    ("additionalProperties", True),
    ("additionalProperties", {}),
)


def pair_operations(ours: Any, theirs: Any) -> Pairs:
    """Return the operations of both documents in pairs by method and path; what only one has has no partner."""
    pairs: Pairs = []
    rest = list(endpoints(theirs))
    for mine in sorted(endpoints(ours), key=lambda each: each.path.count("{")):
        matching = (each for each in rest if each.method == mine.method and _matches(mine.path, _path(theirs, each)))
        partner = next(matching, None)
        pairs.append((mine, partner))
        if partner:
            rest.remove(partner)
    return [*pairs, *((None, each) for each in rest)]


def align(ours: Any, theirs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return both documents without components, theirs with our paths and names.

    Servers, security, tags and links are left out: they say how a document is organised, or are chosen by the reader.
    """
    aligned: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    for mine, other in pair_operations(ours, theirs):
        pair = [_operation(ours, mine) if mine else {}, _operation(theirs, other) if other else {}]
        if mine and other:
            _align_parameters(mine.path, _path(theirs, other), *pair)
            _align_responses(pair[0]["responses"], pair[1]["responses"])
        for paths, operation in zip(aligned, pair, strict=True):
            if operation:
                endpoint = mine or other
                assert endpoint  # noqa: S101 - for the type checkers: one of a pair is an operation
                name = {"operationId": mine.name} if mine else {}
                paths.setdefault(endpoint.path, {})[endpoint.method] = operation | name
    return {"paths": aligned[0]}, {"paths": aligned[1]}


def _path(document: Any, endpoint: Endpoint) -> str:
    """Return the path of an operation after that of the server, which may be a part of it."""
    servers = document.get("servers")
    server = servers[0] if isinstance(servers, list) and servers and isinstance(servers[0], dict) else {}
    return urlsplit(str(server.get("url", ""))).path.rstrip("/") + endpoint.path


def _matches(ours: str, theirs: str) -> bool:
    """Return whether a path is ours, which may have a parameter where theirs has a value, such as the version."""
    steps, others = ours.split("/"), theirs.split("/")
    pairs = zip(steps, others, strict=False)
    return len(steps) == len(others) and all(step == other or step.startswith("{") for step, other in pairs)


def _operation(document: Any, endpoint: Endpoint) -> dict[str, Any]:
    spec, shared = endpoint.spec, document["paths"][endpoint.path].get("parameters", [])
    kept = {key: value for key, value in spec.items() if key in {"deprecated", "requestBody", "x-correction"}}
    lists = {"responses": spec.get("responses", {}), "parameters": [*shared, *spec.get("parameters", [])]}
    operation: dict[str, Any] = _inline(document, kept | lists)
    for response in operation["responses"].values():
        response.pop("links", None)
    for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
        content = holder.get("content", {})
        if "*/*" in content:
            content.setdefault("application/json", content.pop("*/*"))
    for parameter in operation["parameters"]:
        for key in ("style", "explode"):  # the vendor writes the defaults
            parameter.pop(key, None)
    return operation


def _inline(document: Any, node: Any, inside: tuple[str, ...] = ()) -> Any:
    """Return a copy with references replaced by their targets, each of which has the reference as `x-component`."""
    if isinstance(node, list):
        return [_inline(document, item, inside) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        target = resolve(document, node)
        if target is node or reference in inside or not isinstance(target, dict):
            return dict(node)
        siblings = {key: value for key, value in node.items() if key != "$ref"}
        return _inline(document, {"x-component": reference, **target, **siblings}, (*inside, reference))
    empty = {key for key, value in _EMPTY if key in node and node[key] == value and type(node[key]) is type(value)}
    return {key: _inline(document, value, inside) for key, value in node.items() if key not in empty}


def _align_parameters(path: str, other_path: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Give their path parameters our names, and leave those of ours out for which their path has a value."""
    steps = zip(path.split("/"), other_path.split("/"), strict=True)
    names = {step[1:-1]: other[1:-1] if other.startswith("{") else "" for step, other in steps if step.startswith("{")}
    renamed = {other: name for name, other in names.items()}
    in_path = [each for each in theirs["parameters"] if each.get("in") == "path"]
    for parameter in in_path:
        parameter["name"] = renamed.get(parameter["name"], parameter["name"])
    fixed = {name for name, other in names.items() if not other}
    ours["parameters"] = [each for each in ours["parameters"] if each.get("name") not in fixed]


def _align_responses(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Give each the statuses of the other that its ranges or its `default` describe."""
    for one, other in ((ours, theirs), (theirs, ours)):
        one |= dict(_described(one, list(other)))


def _described(responses: dict[str, Any], keys: list[str]) -> Iterator[tuple[str, Any]]:
    for key in keys:
        general = next((each for each in (f"{key[0]}XX", "default") if each in responses), None)
        if key[0] in "45" and key not in responses and general:
            yield key, responses[general]
