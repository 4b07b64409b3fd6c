"""Changes of operations: paths, methods, names, parameters, bodies, status codes, security."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.mutants.locations import Document, Mutant, Step, at, bodies_in, operations_in, parameters_in, pointer

_OTHER_VERBS = {"post": "put", "get": "post", "put": "patch", "delete": "post"}


def operation_mutants(document: Document) -> Iterator[Mutant]:
    """Yield every change of one place in an operation, or in what operations refer to."""
    for path in document["paths"]:
        yield from _of_path(path)
    for operation in operations_in(document):
        yield from _of_operation(operation, at(document, operation))
    for body in bodies_in(document):
        change = partial(_rename_key, body[-1], "application/xml")
        yield Mutant(f"{pointer(body)}: application/xml", "media type", body[:-1], change)
    yield from _of_parameters(document)
    yield from _of_security_schemes(document)


def _of_path(path: str) -> Iterator[Mutant]:
    where = ("paths",)
    yield Mutant(f"{pointer((*where, path))}: removed", "path", where, partial(_remove, path))
    steps = path.split("/")
    for number, step in enumerate(steps):
        if step and not step.startswith("{"):
            other = "/".join([*steps[:number], f"{step}-renamed", *steps[number + 1 :]])
            yield Mutant(f"{pointer((*where, path))}: {step}-renamed", "path", where, partial(_rename_key, path, other))


def _of_operation(path: tuple[Step, ...], operation: dict[str, Any]) -> Iterator[Mutant]:
    verb, where = str(path[-1]), pointer(path)
    other = _OTHER_VERBS[verb]
    yield Mutant(f"{where}: {other}", "method", path[:-1], partial(_swap_verb, verb, other))
    yield Mutant(f"{where}: removed", "method", path[:-1], partial(_remove, verb))
    change = partial(_set, "operationId", f"{operation['operationId']}_renamed")
    yield Mutant(f"{where}: operationId renamed", "operationId", path, change)
    yield Mutant(f"{where}: another tag", "tag", path, partial(_set, "tags", ["others"]))
    yield from _of_request(path, operation)
    yield from _of_answers(path, operation)
    yield from _of_security(path, operation)


def _of_request(path: tuple[Step, ...], operation: dict[str, Any]) -> Iterator[Mutant]:
    where = (*path, "requestBody")
    if "requestBody" in operation:
        yield Mutant(f"{pointer(where)}: removed", "body", path, partial(_remove, "requestBody"))
        yield Mutant(f"{pointer(where)}: optional", "body", where, partial(_set, "required", False))
    else:
        body = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Links"}}}}
        yield Mutant(f"{pointer(where)}: added", "body", path, partial(_set, "requestBody", body))


def _of_answers(path: tuple[Step, ...], operation: dict[str, Any]) -> Iterator[Mutant]:
    where = (*path, "responses")
    for status, answer in operation["responses"].items():
        yield Mutant(f"{pointer((*where, status))}: removed", "status", where, partial(_remove, status))
        other = "400" if status == "default" else str(int(status) + 2)
        if other not in operation["responses"]:
            change = partial(_rename_key, status, other)
            yield Mutant(f"{pointer((*where, status))}: {other}", "status", where, change)
        if "content" in answer:
            yield Mutant(f"{pointer((*where, status))}: no body", "body", (*where, status), partial(_remove, "content"))


def _of_security(path: tuple[Step, ...], operation: dict[str, Any]) -> Iterator[Mutant]:
    where, own = pointer((*path, "security")), operation["security"]
    yield Mutant(f"{where}: none", "security", path, partial(_set, "security", []))
    yield Mutant(f"{where}: optional", "security", path, partial(_set, "security", [*own, {}]))
    if len(own) == 1:
        key: dict[str, list[str]] = {"developerKey": []}
        yield Mutant(f"{where}: developerKey too", "security", path, partial(_set, "security", [*own, key]))
        yield Mutant(f"{where}: developerKey instead", "security", path, partial(_set, "security", [key]))
    for each in own if len(own) > 1 else ():
        less = [other for other in own if other != each]
        yield Mutant(f"{where}: no {next(iter(each))}", "security", path, partial(_set, "security", less))


def _of_parameters(document: Document) -> Iterator[Mutant]:
    named = [("components", "parameters", name) for name in document["components"]["parameters"]]
    inline = [path for path in parameters_in(document) if "$ref" not in at(document, path)]
    for path in (*named, *inline):
        where, own = pointer(path), at(document, path)
        yield Mutant(f"{where}: renamed", "parameter", path, partial(_set, "name", f"{own['name']}Renamed"))
        yield Mutant(f"{where}: in header", "parameter", path, partial(_set, "in", "header"))
        if own["in"] != "path":  # those of a path are required always
            yield Mutant(f"{where}: required", "parameter", path, partial(_set, "required", not own["required"]))
    for path in parameters_in(document):
        yield Mutant(f"{pointer(path)}: removed", "parameter", path[:-1], partial(_remove, path[-1]))
    for path in operations_in(document):
        more = {"name": "more", "in": "query", "schema": {"type": "string"}}
        yield Mutant(f"{pointer(path)}: one more parameter", "parameter", path, partial(_add_parameter, more))


def _of_security_schemes(document: Document) -> Iterator[Mutant]:
    holder = ("components", "securitySchemes")
    for name, scheme in at(document, holder).items():
        where = pointer((*holder, name))
        yield Mutant(f"{where}: removed", "security", holder, partial(_remove, name))
        for word, other in (("scheme", "basic"), ("in", "header"), ("name", "key")):
            if word in scheme:
                yield Mutant(f"{where}: {word} {other}", "security", (*holder, name), partial(_set, word, other))


def _set(word: str, value: Any, node: dict[str, Any]) -> None:
    node[word] = value


def _remove(word: Any, node: Any) -> None:
    del node[word]


def _rename_key(own: Any, other: str, node: dict[Any, Any]) -> None:
    items = list(node.items())
    node.clear()
    node.update({other if key == own else key: value for key, value in items})


def _swap_verb(verb: str, other: str, item: dict[str, Any]) -> None:
    """Give an operation another verb; one that has it already takes the first's."""
    item[verb], item[other] = item.get(other), item[verb]
    if item[verb] is None:
        del item[verb]


def _add_parameter(more: dict[str, Any], operation: dict[str, Any]) -> None:
    operation["parameters"] = [*operation.get("parameters", ()), more]
