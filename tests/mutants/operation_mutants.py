"""Mutants of operations: paths, methods, names, parameters, bodies, status codes, security."""

from collections.abc import Iterator
from typing import Any

from hubspot_timeline_testing.openapi import resolve_reference
from tests.mutants.mutant import (
    Document,
    Edit,
    Mutant,
    Path,
    at,
    bodies_in,
    operations_in,
    parameters_in,
    put,
    remove,
    rename,
)

_OTHER_METHODS = {"post": "put", "get": "post", "put": "patch", "delete": "post"}
_BODY = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Links"}}}}
_PARAMETER = {"name": "more", "in": "query", "schema": {"type": "string"}}


def operation_mutants(document: Document) -> Iterator[Mutant]:
    """Yield every mutant of a path or an operation, and of the components that operations refer to."""
    for path in document["paths"]:
        yield from _path_mutants(path)
    for where in operations_in(document):
        operation = at(document, where)
        for mutants in (_method_mutants, _body_mutants):
            yield from mutants(where, operation)
        yield from _response_mutants(document, where, operation["responses"])
        yield from _security_mutants(where, operation, list(document["components"]["securitySchemes"]))
        parameters = [*operation.get("parameters", ()), _PARAMETER]
        yield Mutant(where, "one more parameter", put((*where, "parameters"), parameters))
    for body in bodies_in(document):
        yield Mutant(body, "application/xml", rename(body, "application/xml"))
    yield from _parameter_mutants(document)
    yield from _security_scheme_mutants(document)


def _path_mutants(path: str) -> Iterator[Mutant]:
    where, steps = ("paths", path), path.split("/")
    yield Mutant(where, "removed", remove(where))
    for number, step in enumerate(steps):
        if step and not step.startswith("{"):
            other = "/".join([*steps[:number], f"{step}-renamed", *steps[number + 1 :]])
            yield Mutant(where, f"{step}-renamed", rename(where, other))


def _method_mutants(where: Path, operation: dict[str, Any]) -> Iterator[Mutant]:
    other, name = _OTHER_METHODS[str(where[-1])], (*where, "operationId")
    yield Mutant(where, other, _swap_methods(where, other))
    yield Mutant(where, "removed", remove(where))
    yield Mutant(where, "operationId renamed", put(name, f"{operation['operationId']}_renamed"))
    yield Mutant(where, "another tag", put((*where, "tags"), ["others"]))


def _swap_methods(where: Path, other: str) -> Edit:
    """Return an edit that changes the method of an operation; an operation that has the method takes the former."""

    def edit(document: Document) -> None:
        item = at(document, where[:-1])
        operation, replaced = item.pop(where[-1]), item.pop(other, None)
        item.update({other: operation} | ({where[-1]: replaced} if replaced else {}))

    return edit


def _body_mutants(where: Path, operation: dict[str, Any]) -> Iterator[Mutant]:
    body = (*where, "requestBody")
    if "requestBody" in operation:
        yield Mutant(body, "removed", remove(body))
        yield Mutant(body, "optional", put((*body, "required"), False))
    else:
        yield Mutant(body, "added", put(body, _BODY))


def _response_mutants(document: Document, where: Path, responses: dict[str, Any]) -> Iterator[Mutant]:
    for status, response in responses.items():
        place = (*where, "responses", status)
        others = {"default": "400"} | ({status: str(int(status) + 2)} if status.isdecimal() else {})
        if not _is_redundant(document, responses, status):
            yield Mutant(place, "removed", remove(place))
            if others[status] not in responses:
                yield Mutant(place, others[status], rename(place, others[status]))
        if "content" in response:
            yield Mutant(place, "no body", remove((*place, "content")))


def _is_redundant(document: Document, responses: dict[str, Any], status: str) -> bool:
    """Return whether a range or `default` describes the same body, so that only readers need the status."""
    general = next((key for key in (f"{status[0]}XX", "default") if key in responses and key != status), None)
    return general is not None and _body(document, responses[general]) == _body(document, responses[status])


def _body(document: Document, response: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in response:
        response = resolve_reference(document, response["$ref"])
    return {name: media_type["schema"] for name, media_type in response.get("content", {}).items()}


def _security_mutants(where: Path, operation: dict[str, Any], schemes: list[str]) -> Iterator[Mutant]:
    own = operation["security"]
    unused: list[dict[str, Any]] = [{name: []} for name in schemes if {name: []} not in own]
    others: dict[str, Any] = {"none": [], "optional": [*own, {}]}
    for other in unused:
        others |= {f"{next(iter(other))} too": [*own, other], f"{next(iter(other))} instead": [other]}
    if len(own) > 1:
        others |= {f"no {next(iter(each))}": [other for other in own if other != each] for each in own}
    for label, security in others.items():
        yield Mutant((*where, "security"), label, put((*where, "security"), security))


def _parameter_mutants(document: Document) -> Iterator[Mutant]:
    named = [("components", "parameters", name) for name in document["components"]["parameters"]]
    inline = [where for where in parameters_in(document) if "$ref" not in at(document, where)]
    for where in (*named, *inline):
        own = at(document, where)
        yield Mutant(where, "renamed", put((*where, "name"), f"{own['name']}Renamed"))
        yield Mutant(where, "in header", put((*where, "in"), "header"))
        if own["in"] != "path":  # a path parameter is always required
            yield Mutant(where, "required", put((*where, "required"), not own["required"]))
    for where in parameters_in(document):
        yield Mutant(where, "removed", remove(where))


def _security_scheme_mutants(document: Document) -> Iterator[Mutant]:
    for name, scheme in document["components"]["securitySchemes"].items():
        where = ("components", "securitySchemes", name)
        yield Mutant(where, "removed", remove(where))
        for keyword, other in (("scheme", "basic"), ("in", "header"), ("name", "key")):
            if keyword in scheme:
                yield Mutant(where, f"{keyword} {other}", put((*where, keyword), other))
