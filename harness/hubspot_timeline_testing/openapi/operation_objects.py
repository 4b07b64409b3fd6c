"""The operations of an OpenAPI document, without references."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from hubspot_timeline_testing import openapi as shipped

_VERBS = ("get", "put", "post", "delete", "patch")


@frozen
class Body:
    """What a body is: its media type and its schema."""

    media_type: str
    schema: Mapping[str, Any]

    @property
    def model(self) -> str | None:
        """Return the name of its schema in the components, None where the schema stands in its place."""
        return self.schema["$ref"].rpartition("/")[2] if "$ref" in self.schema else None


@frozen
class Operation:
    """What a document says of one operation. `responses` has a body, or None, by status code or `default`."""

    id: str
    method: str
    path: str
    tags: tuple[str, ...]
    parameters: tuple[Mapping[str, Any], ...]
    request: Body | None
    is_body_required: bool
    responses: Mapping[str, Body | None]
    security: tuple[Mapping[str, Any], ...]


def operations_of(document: Mapping[str, Any] | None = None) -> dict[str, Operation]:
    """Return the operations of a document, as parsed, by operationId; of the shipped one if it is left out."""
    document = shipped.document() if document is None else document
    return {operation.id: operation for operation in _operations(document)}


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, item in document.get("paths", {}).items():
        for verb in _VERBS:
            if verb in item:
                yield _operation(document, path, verb, item)


def _operation(document: Mapping[str, Any], path: str, verb: str, item: Mapping[str, Any]) -> Operation:
    found = item[verb]
    request = _resolved(document, found.get("requestBody", {}))
    responses = {str(status): _body(_resolved(document, each)) for status, each in found["responses"].items()}
    parameters = (*item.get("parameters", ()), *found.get("parameters", ()))
    return Operation(
        id=found["operationId"],
        method=verb.upper(),
        path=path,
        tags=tuple(found.get("tags", ())),
        parameters=tuple(_resolved(document, each) for each in parameters),
        request=_body(request),
        is_body_required=bool(request.get("required")),
        responses=responses,
        security=tuple(found.get("security", document.get("security", ()))),
    )


def _resolved(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a reference within the document points to."""
    while "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def _body(node: Mapping[str, Any]) -> Body | None:
    for media_type, content in node.get("content", {}).items():
        return Body(media_type, content["schema"])
    return None
